"""Frames of contents under decision as they leave: with mosaics over faces, and in no other way."""

from __future__ import annotations

from collections.abc import Sequence

from seawall import config, errors, media
from seawall.model import faces
from seawall.model.decision import Item
from seawall.model.viewing import Rules
from seawall.objects import Objects
from seawall.store.store import Store
from seawall.workflows.under_review import UnderReview, unmatched
from seawall.workflows.working import Form, Left, Maker, preferring


class Leaving:
    """The frames of one data folder's contents as they leave."""

    def __init__(
        self,
        store: Store,
        objects: Objects,
        sandbox: media.Sandbox,
        settings: config.Settings,
        rules: Rules,
    ) -> None:
        self._store = store
        self._maker = Maker(store.working, objects, sandbox, settings.data)
        self._setting = faces.chosen(settings.text("faces"))
        self._under = UnderReview(store, objects, rules)

    def frames(self, items: Sequence[Item], *, opened: bool) -> list[Left]:
        """A content's storyboard as it may leave, in colour.

        items: all on this content. opened: somebody takes it upon them to leave faces open, on record.

        Raises MediaNotKept, NothingToShow, and the MediaError of a file that cannot be read.
        """
        item, matched = items[0], self._under.matched(items[0])
        sha256 = self._under.kept(item)
        if self._store.referrals.holds(sha256):
            raise errors.NothingToShow(reason="it was referred to a hotline")
        labels = [
            label
            for one in items
            for label in (*self._under.labels(self._under.matched(one)), *one.context.labels)
        ]
        over = faces.over(labels, self._setting, opened=opened)
        copy = self._maker.make(Form.STORYBOARD, sha256, preferring(unmatched(item, matched)))
        return [
            self._maker.leaving(self._maker.part(copy, number), sha256, over)
            for number in range(len(copy.parts))
        ]
