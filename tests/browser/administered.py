"""An installation with something on every page of the administration, and words that try to be markup."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2

from seawall.model.access import Role, Scope
from seawall.model.bank import ReferenceState
from seawall.model.decision import Choice, Purpose, View
from seawall.model.event import EventType
from seawall.model.exchange import Stance
from seawall.model.job import JobError, JobState
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.policy import Rule, Rulebook, Step, When
from seawall.model.seen import Context
from seawall.model.signal import SignalType
from seawall.store.jobs import Turn
from seawall.store.recording import NewCheck
from seawall.workflows import webhooks
from seawall.workflows.uploads import About

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
import scenery
from platforms import carried_out, removal

#: Told by the browser where it is run: the policy of the page reports it on the console, which fails a test.
MARKUP = "\"'><script>document.title='run'</script><img src=x onerror=alert(1)>{{7*7}}"
HASH = "f8f8f0cce0f4a84f" * 4


def still(folder: Path, seed: int = 1, name: str = "harbour.png") -> Path:
    """A picture of nothing, as a file."""
    path = folder / name
    cv2.imwrite(str(path), scenery.picture(seed))
    return path


def filled(library, folder: Path) -> dict[str, str]:
    """Something of everything; ids by name."""
    if "ann" not in {one.name for one in library.access.users()}:
        library.access.create_user("ann", Role.ADMIN)
    acting = library.acting_as("ann")
    acting.bank_create("KNOWN", labels=["crisis", MARKUP])
    acting.bank_create("HARMLESS", negative=True)
    labels = ("crisis", MARKUP)
    about = About(f"harbour {MARKUP}.png", f"upload {MARKUP}", labels, f"A wall {MARKUP}")
    picture = acting.reference_add("KNOWN", still(folder), about).reference
    hashes = [{"type": "pdq", "value": HASH, "quality": 100}]
    listed = acting.reference_add_hashes("KNOWN", hashes, About("listed.png", "a list")).id
    acting.reference_set_state(listed, ReferenceState.DISPUTED, f"doubted {MARKUP}")
    acting.policies.verify(picture, grounds=f"seen {MARKUP}", user="ann")
    acting.exchanges.opine(library.reference(picture), Stance.POSITIVE, labels, MARKUP)
    matched(library, picture)
    decided(library)
    ids = {"picture": picture, "listed": listed}
    ids["webhook"] = webhooks.create(
        library, f"https://hook.example/?{'x' * 40}<script>", [EventType.MATCH_CREATED], "ann"
    ).webhook.id
    ids["delivery"] = library.webhooks.test(ids["webhook"]).id
    library.access.create_key("ann", "upload path", [Scope.CHECK], datetime.now(UTC) + timedelta(days=30))
    library.access.create_user("bob@example.org", Role.REVIEWER)
    policy(acting)
    path = folder / "list.csv"
    path.write_text("reference,type,value\n")
    acting.exchanges.add("partner", "local-file", "KNOWN", {"path": str(path)})
    ids["job"] = parked(library)
    return ids


def matched(library, reference: str) -> None:
    """An upload in which a reference was found, with an outcome and an item."""
    segment = Segment(SignalType.VIDEO, 12.0, 24.8, 0.0, 12.8, 1.25, ("mirror",), 0.96)
    match = Match(reference, 0.97, Recommendation.STRONG, 0.41, 1.0, {"video": 0.96}, (segment,))
    sha256 = hashlib.sha256(b"upload").hexdigest()
    context = Context(f"user {MARKUP}", f"post {MARKUP}", f"https://platform.example/{MARKUP}")
    new = NewCheck(sha256, sha256, None, "video", 31.2, None, (("KNOWN", match),), "ann", context)
    [record] = library.seen.record_all([new])
    library.policies.settle([one.id for one in record.matches])


def decided(library) -> None:
    """A decision that a second person did not agree with, and one that has had effect."""
    [item] = [one for _, one in library.cases.items()]
    unclear = removal(item, purpose=Purpose.UNCLEAR)
    first = library._store.decisions.make(unclear, user="ann", actor="ann")
    library._store.decisions.second(first.id, choice=Choice.NO_ACTION, note=MARKUP, user="bob", actor="bob")
    made = library._store.decisions.make(removal(item, views=(View.METADATA,)), user="ann", actor="ann")
    carried_out(library._store, made)


def policy(acting) -> None:
    """A draft and a version in force."""
    act = Rule(
        "full copies", Step.ACT, When(Recommendation.STRONG, coverage_query=0.9, labels_any=("crisis",))
    )
    told = Rule(f"rest {MARKUP}"[:60], Step.NOTIFY, When(), review=True)
    acting.policies.draft("KNOWN", Rulebook((act, told)), f"first {MARKUP}")
    acting.policies.sign("KNOWN", 1, "full copies", statement=f"mine {MARKUP}", user="ann")
    acting.policies.dry_run("KNOWN", 1)
    acting.policies.make_live("KNOWN", 1, reason="tried")
    acting.policies.draft("KNOWN", Rulebook((told,)), "less")


def parked(library) -> str:
    """A job that was given up."""
    job = library.tasks.put("check", {"sha256": "0" * 64})
    turn = Turn(job, 1)
    library.jobs.begin(turn)
    library.jobs.give_up(turn, JobState.PARKED, JobError("disk_full", f"no room {MARKUP}"), told=False)
    return job
