"""Suspected child sexual abuse material: it leaves by the hotline, and nothing of it is shown again."""

from __future__ import annotations

import copy
from typing import Self

from seawall import config, errors
from seawall.model.referral import Referral
from seawall.objects import Objects
from seawall.store.store import Store
from seawall.workflows.words import said


class Hotline:
    """The referrals of one data folder."""

    def __init__(self, store: Store, objects: Objects, settings: config.Settings, actor: str) -> None:
        self._store = store
        self._objects = objects
        self._actor = actor
        #: where referrals go; empty where none is set
        self.name = settings.text("hotline")

    def acting_as(self, actor: str) -> Self:
        """The same referrals, in which another one is recorded as having made them."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        return other

    def refer(self, item_id: str, reason: str, *, receipt: str | None = None) -> Referral:
        """Record that a content was referred, and take it out of review, with all that was kept of it.

        receipt: the hotline's own reference.
        Raises HotlineMissing, RecordNotFound, RecordConflict, BadRequest.
        """
        if not self.name:
            raise errors.HotlineMissing
        return self._store.referrals.refer(
            item_id,
            self.name,
            receipt=None if receipt is None else said("receipt", receipt),
            actor=self._actor,
            reason=said("reason", reason),
            remove=self._objects.remove,
        )

    def get(self, referral_id: str) -> Referral:
        """Raises RecordNotFound."""
        return self._store.referrals.get(referral_id)

    def page(self, *, after: int = 0, limit: int = 100) -> list[tuple[int, Referral]]:
        """A page of referrals in the order in which they were made, each with its number."""
        return self._store.referrals.page(after=after, limit=limit)
