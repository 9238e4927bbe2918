"""What those who decide work with: cases and clocks, orders, what is preserved, and who is told of what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from seawall import config
from seawall.objects import Objects
from seawall.outbound.web import Web
from seawall.sealing import Sealer
from seawall.store.store import Store
from seawall.workflows import clocks, transparency, yearly
from seawall.workflows.cases import Cases
from seawall.workflows.clocks import Clocks
from seawall.workflows.desk import Desks
from seawall.workflows.exporting import Exporting
from seawall.workflows.fixity import Fixity
from seawall.workflows.hotline import Hotline
from seawall.workflows.notices import Notices
from seawall.workflows.order_files import OrderFiles
from seawall.workflows.orders import Orders
from seawall.workflows.preserving import Preserving
from seawall.workflows.queue import Queue
from seawall.workflows.statements import Statements
from seawall.workflows.threats import Threats
from seawall.workflows.transparency import Transparency
from seawall.workflows.yearly import Yearly


class Office:
    """Those parts of a library, made in the order in which they need each other."""

    cases: Cases
    queue: Queue
    desks: Desks
    clocks: Clocks
    notices: Notices
    preserving: Preserving
    fixity: Fixity
    exporting: Exporting
    orders: Orders
    order_files: OrderFiles
    statements: Statements
    threats: Threats
    hotline: Hotline
    transparency: Transparency
    yearly: Yearly

    def _open_office(
        self,
        store: Store,
        objects: Objects,
        settings: config.Settings,
        actor: str,
        sealer: Callable[[], Sealer],
        web: Web,
    ) -> None:
        """sealer: opened when it is needed."""
        self.preserving = Preserving(store, objects, settings, actor, sealer, lambda: web)
        kept = self.preserving.is_kept
        self.fixity = Fixity(self.preserving, store.preservations)
        self.exporting = Exporting(store, self.preserving, settings.data)
        self.cases = Cases(store, actor, settings.number("undo_s"), kept)
        self.queue = Queue(store, self.cases, actor, kept, clocks.night(settings))
        self.desks = Desks(store, kept)
        self.clocks = Clocks(store, actor, clocks.zone(settings), clocks.wording(settings))
        self.notices = Notices(store, actor, self.clocks)
        self.orders = Orders(store, settings, self.cases, self.clocks, actor)
        self.order_files = OrderFiles(store, settings, actor, self.notices)
        self.statements = Statements(store)
        self.threats = Threats(store, settings, actor)
        self.hotline = Hotline(store, objects, settings, actor)
        self.transparency = Transparency(store, actor, settings, web, lambda: transparency.mapped(settings))
        name, words = settings.text("provider_name"), yearly.wording(settings)
        self.yearly = Yearly(store, name, clocks.zone(settings), words)

    def _office_of(self, other: Self, actor: str) -> None:
        """Here are the parts of another library, in which somebody else is recorded."""
        self.cases = other.cases.acting_as(actor)
        self.queue = other.queue.acting_as(actor, self.cases)
        self.clocks = other.clocks.acting_as(actor)
        self.notices = other.notices.acting_as(actor)
        self.preserving = other.preserving.acting_as(actor)
        self.exporting = other.exporting.acting_as(self.preserving)
        self.orders = other.orders.acting_as(actor, self.cases, self.clocks)
        self.order_files = other.order_files.acting_as(actor, self.notices)
        self.threats = other.threats.acting_as(actor)
        self.hotline = other.hotline.acting_as(actor)
        self.transparency = other.transparency.acting_as(actor)
