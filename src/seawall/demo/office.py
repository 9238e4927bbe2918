"""The demo's inbox and its administration: what came in by law, and what an administrator sets up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from seawall import errors
from seawall.demo.reviewed import LISTED
from seawall.model.access import Scope
from seawall.model.event import EventType
from seawall.model.notice import Channel, LinkKind, Message, Notice
from seawall.model.notice_fields import NoticeKind
from seawall.model.threat import Dossier, Fact, Question
from seawall.workflows import webhooks
from seawall.workflows.library import Seawall
from seawall.workflows.order_files import Came

_LIST: Final = "reference,type,value\ndemo-1,pdq," + "0f0f1e3ca5c35a69" * 4 + "\n"
_ORDER: Final = """SECTION A
Issuing Member State: BE
Addressee: The demo's platform
Reference number: DEMO/2026/17
SECTION B
URL: https://posts.example/p-104
[x] (c) Recruits
Further reasons: It shows a harbour that is drawn.
SECTION E
Issuing authority: Harbour Authority of the Demo
"""
_PARTNER: Final = "partners"
_KEY_DAYS: Final = 90


def filled(library: Seawall, out: Path, ids: Mapping[str, str]) -> dict[str, str]:
    """Orders, notices, a webhook, a list that is followed, a key and a job; their ids by name."""
    ines = library.acting_as("ines")
    order = _inbox(ines, ids)
    library.queue.set_due(ids["graphic"], datetime.now(UTC) + timedelta(minutes=40))
    return {
        "notice": order.id,
        "clock": order.clocks[0].id,
        "file": _order_file(ines, out),
        "threat": _threat(ines, ids),
        **_administration(library.acting_as("ada"), out, ids),
    }


def _inbox(library: Seawall, ids: Mapping[str, str]) -> Notice:
    """One order of each standing, and what people sent; the order whose hour runs."""
    order = library.notices.receive(_message(NoticeKind.ORDER, 20, "Removal of the ferry's footage"))
    library.notices.link(order.id, LinkKind.CASE, ids["graphic"], "It names the post.")
    library.notices.link(order.id, LinkKind.INCIDENT, ids["incident"], "It is about the ferry.")
    held = library.notices.receive(_message(NoticeKind.ORDER, 35, "Removal of a clip", urls=(), posts=()))
    library.clocks.suspend(held.clocks[0].id, "unclear", reason="It names no place.")
    late = library.notices.receive(_message(NoticeKind.ORDER, 75, "Removal of a still"))
    library.notices.take_up(late.id, "The post is looked for.")
    notice = library.notices.receive(_message(NoticeKind.NOTICE, 300, "A ferry, again", sender="A neighbour"))
    library.notices.link(notice.id, LinkKind.CASE, ids["case"], "The same post.")
    library.notices.receive(_message(NoticeKind.TRUSTED_FLAGGER, 2000, "Two posts of one account"))
    done = library.notices.receive(_message(NoticeKind.COMPLAINT, 4000, "My drawing was removed"))
    library.notices.answer(done.id, "It was looked at again and stays removed.")
    return library.notices.get(order.id)


def _order_file(library: Seawall, out: Path) -> str:
    """An order that came as a file, and is still to be confirmed."""
    path = out / "uploads" / "order.txt"
    with errors.writing(path):
        path.write_text(_ORDER, encoding="utf-8")
    came = Came(datetime.now(UTC) - timedelta(minutes=5), "Europe/Brussels", name=path.name)
    return library.order_files.take(path, came).id


def _threat(library: Seawall, ids: Mapping[str, str]) -> str:
    facts = (
        Fact(Question.WHAT, "A drawn ferry is said to sink tomorrow.", "a caption of the demo"),
        Fact(Question.WHERE, "A harbour that does not exist.", "the same caption"),
    )
    dossier = Dossier(facts, "Nobody: this is a demo", items=(ids["item"],))
    return library.threats.report(dossier).id


def _message(kind: NoticeKind, minutes_ago: int, subject: str, **said: object) -> Message:
    received_at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    about: dict[str, object] = {
        "sender": "Harbour Authority of the Demo",
        "contact": "desk@harbour.example",
        "reference": f"DEMO/{minutes_ago}",
        "urls": ("https://posts.example/p-102",),
        "posts": ("p-102",),
        "grounds": "It shows the harbour.",
    }
    return Message(
        kind=kind,
        received_at=received_at,
        zone="Europe/Brussels",
        channel=Channel.EMAIL,
        subject=subject,
        **{**about, **said},  # type: ignore[arg-type]  # each is of its field's type
    )


def _administration(library: Seawall, out: Path, ids: Mapping[str, str]) -> dict[str, str]:
    types = [EventType.MATCH_CREATED, EventType.DECISION_MADE]
    hook = webhooks.create(library, "https://platform.example/seawall", types, "ada").webhook
    delivery = library.webhooks.test(hook.id)
    webhooks.change(library, hook.id, active=False)  # nothing of a demo leaves this machine
    expires_at = datetime.now(UTC) + timedelta(days=_KEY_DAYS)
    library.access.create_key("upload-path", "upload path", [Scope.CHECK], expires_at)
    path = out / "uploads" / "list.csv"
    with errors.writing(path):
        path.write_text(_LIST, encoding="utf-8")
    library.exchanges.add(_PARTNER, "list", LISTED, {"path": str(path)})
    library.exchanges.fetch(_PARTNER)
    job = library.retromatch_later(ids["reference"])
    return {"webhook": hook.id, "delivery": delivery.id, "exchange": _PARTNER, "job": job}
