"""Incidents given to others: put together as far as their marking lets out, in the form that is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from seawall.exchange import misp, stix
from seawall.model.sharing import Recipient, Shared, Tlp
from seawall.reports import share
from seawall.reports.share import Known, Seen
from seawall.store.store import Store

if TYPE_CHECKING:
    from seawall.workflows.copies import Copies
    from seawall.workflows.incidents import Incidents

_PAGE: Final = 100

#: What an incident is written as for other programs.
FORMATS: Final[Mapping[str, Callable[[Shared], dict[str, object]]]] = {
    "stix": stix.bundle,
    "misp": misp.event,
}


class Sharing:
    """Exports of one data folder."""

    def __init__(self, store: Store, incidents: Incidents, copies: Copies) -> None:
        self._store = store
        self._incidents = incidents
        self._copies = copies

    def shared(self, incident_id: str, tlp: Tlp, recipient: Recipient | None = None) -> Shared:
        """An incident as far as a recipient may see it; without one, for whom the marking is made.

        Raises IncidentNotFound, NotForRecipient, NoCitation.
        """
        view = self._incidents.view(incident_id)
        picture = self._copies.of(incident_id)
        details = self._copies.details(incident_id, picture.known.copies)
        seen = [Seen(one.copy, tuple(part.reference for part in one.parts)) for one in details]
        known = list(self._references(incident_id))
        return share.shared(view, tlp, recipient, known, seen, complete=picture.known.complete)

    def export(self, incident_id: str, form: str, tlp: Tlp, recipient: Recipient | None = None) -> str:
        """The same in one of `FORMATS`, as JSON."""
        return json.dumps(FORMATS[form](self.shared(incident_id, tlp, recipient)), indent=1) + "\n"

    def _references(self, incident_id: str) -> Iterator[Known]:
        after = 0
        while found := self._copies.references(incident_id, after=after, limit=_PAGE):
            for seq, one in found:
                signals = self._store.signals_of(seq, share.ALGORITHMS)
                yield Known(one, signals, tuple(self._store.exchanges.opinions(one.id)))
            after = found[-1][0]
