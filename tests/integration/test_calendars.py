"""Proofs of the custody log's head by calendars: pending, led to a block, and what is found wrong in them."""

from __future__ import annotations

import hashlib
import random

import pytest
from evidence_bags import rewritten, written
from ots_calendar import BLOCK, block, calendar, end, promise, proof
from test_preserving import uploaded

from seawall import errors
from seawall.evidence import calendars, layout, verify
from seawall.model.custody import CustodyType
from seawall.model.decision import Basis as CaseBasis
from seawall.model.preservation import Basis
from seawall.model.signal import Signal, SignalType
from seawall.outbound import guarded
from seawall.store import NewReference, Store
from seawall.store.custody import CustodyFilter
from seawall.store.heads import PENDING
from seawall.workflows import fixity
from seawall.workflows.dossier import AboutKind
from seawall.workflows.exporting import Wanted
from seawall.workflows.library import Seawall

MESSAGE = b"a head of a log"
DIGEST = hashlib.sha256(MESSAGE).digest()
ADDRESS = "https://calendar.example.org"


@pytest.fixture
def served():
    with calendar() as made:
        yield made


@pytest.fixture(params=["sqlite"])
def settings(request, served, new_settings):
    hosts = served.address.removeprefix("http://")
    return new_settings(request.param, fetch_hosts=hosts, timestamp_calendars=f" {served.address}/ ,")


@pytest.fixture
def web(settings):
    return guarded.opened(settings)


@pytest.fixture
def library(settings):
    with Seawall(settings) as made:
        made.bank_create("K")
        signal = Signal(SignalType.PDQ, 1, b"1" * 32, 90)
        made.known = made._store.add_reference("K", NewReference(None, "image", (signal,), "1", "l")).id
        yield made


def stamps(library):
    """Outcome and detail of each event that tells of a stamp."""
    found = library.preserving.custody.events(CustodyFilter(type=CustodyType.SIGNATURE), limit=1000)
    return [(one.says("outcome"), one.says("detail")) for one in found]


def test_a_promise_is_pending_until_the_calendar_names_a_block(library, served):
    head = library.preserving.stamp()
    message = head.published.encode()
    [token] = library.preserving.heads.tokens(head.size)
    assert token.error == PENDING
    [found] = calendars.ends(token.token, message)
    assert (found.calendar, found.block) == (served.address, None)
    name = served.address.removeprefix("http://")
    said = {"size": head.size, "authority": name, "error": None}
    assert stamps(library) == [("success", {**said, "pending": True, "block": None})]

    assert library.preserving.upgrade() == 0
    assert len(stamps(library)) == 1
    served.confirmed = True
    assert library.preserving.upgrade() == 1
    assert stamps(library)[1:] == [("success", {**said, "pending": False, "block": BLOCK})]
    [token] = library.preserving.heads.tokens(head.size)
    assert token.error is None
    [found] = calendars.ends(token.token, message)
    assert (found.calendar, found.block) == (None, BLOCK)

    asked = served.asked
    assert library.preserving.upgrade() == 0
    assert served.asked == asked, "what leads to a block is not asked for again"
    assert list(library.preserving.custody.faults()) == []


def test_the_nightly_round_asks_again(library, served):
    class Steps:
        def run(self, _, do):
            return do()

    library.preserving.stamp()
    served.confirmed = True
    assert fixity.handle(library, None, Steps())["confirmed"] == 1


def test_nobody_is_asked_unless_set(served, new_settings):
    hosts = served.address.removeprefix("http://")
    with Seawall(new_settings("sqlite", fetch_hosts=hosts)) as library:
        library.preserving.stamp()
        assert library.preserving.upgrade() == 0
    assert served.asked == 0


BAD = {
    "empty": b"",
    "garbage": b"<html>no calendar</html>",
    "cut": b"\xf0\x10short",
    "endless": b"\x08" * (1 << 20),
    "growing": b"\xf0\xff\x1f" + b"x" * 4095 + promise(ADDRESS),
    "forks": (b"\xff\x08" * 300) + promise(ADDRESS) * 301,
    "behind": promise(ADDRESS) + b"\x00",
    "operation": b"\x03" + promise(ADDRESS),
    "address": promise("https://user@example.org/?a=\n"),
    "nothing": end("0102030405060708", b"what is this"),
    "root": b"\xf0\x01x" + block(5),
    "number": end("0588960d73d71901", b"\xff" * 9 + b"\x01"),
    "more": end("0588960d73d71901", b"\x05\x05"),
}


REFUSED = (errors.BadEvidence, errors.FetchFailed)


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_nonsense_is_refused(web, served, body):
    good = calendars.asked(web, served.address, MESSAGE)
    served.body = body
    with pytest.raises(REFUSED):
        calendars.asked(web, served.address, MESSAGE)
    try:  # what ends in no block yet is no fault there
        assert calendars.upgraded(web, served.address, good, MESSAGE) is None
    except REFUSED:
        return
    assert body == BAD["nothing"]


def test_a_calendar_that_answers_nonsense_stops_nothing(library, served):
    head = library.preserving.stamp()
    before = library.preserving.heads.tokens(head.size)
    served.body = BAD["endless"]
    assert library.preserving.upgrade() == 0
    assert library.preserving.heads.tokens(head.size) == before
    second = library.preserving.stamp()
    [token] = library.preserving.heads.tokens(second.size)
    assert token.token is None
    assert token.error.startswith("fetch_failed")
    assert [outcome for outcome, _ in stamps(library)] == ["success", "failure", "failure"]
    served.body, served.confirmed = None, True
    assert library.preserving.upgrade() == 1


def test_a_calendar_that_is_down_is_left_alone_after_some_tries(library, served):
    for _ in range(5):
        library.preserving.stamp()
    served.status = 503
    served.body = b""
    asked = served.asked
    assert library.preserving.upgrade() == 0
    assert served.asked - asked == 3
    assert [outcome for outcome, _ in stamps(library)][5:] == ["failure"] * 3


def test_any_bytes_are_a_proof_or_refused():
    chance = random.Random(1)
    good = proof(MESSAGE, b"\xff\xf0\x04abcd\x08" + promise(ADDRESS) + b"\xf1\x02xy\x08" + block(BLOCK))
    assert [one.block for one in calendars.ends(good, MESSAGE)] == [None, BLOCK]
    for _ in range(3000):
        changed = bytearray(good)
        changed[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        try:
            found = calendars.ends(bytes(changed), MESSAGE)
        except errors.BadEvidence:
            continue
        # What is no fault of form leads elsewhere, which the block's header shows.
        assert [(one.reached, one.written) for one in found] != [
            (one.reached, one.written) for one in calendars.ends(good, MESSAGE)
        ]
    for size in range(len(good)):
        with pytest.raises(errors.BadEvidence):
            calendars.ends(good[:size], MESSAGE)


def test_what_the_reference_library_writes_is_read_as_it_reads_it():
    stamped = pytest.importorskip("opentimestamps.core.timestamp")
    ops = pytest.importorskip("opentimestamps.core.op")
    notary = pytest.importorskip("opentimestamps.core.notary")
    serialize = pytest.importorskip("opentimestamps.core.serialize")
    chance = random.Random(2)

    def operation():
        kind = chance.choice((ops.OpSHA256, ops.OpAppend, ops.OpPrepend))
        return kind() if kind is ops.OpSHA256 else kind(chance.randbytes(chance.randint(1, 200)))

    for _ in range(300):
        tree = stamped.Timestamp(DIGEST)
        nodes = [tree]
        for _ in range(chance.randint(1, 30)):
            nodes.append(chance.choice(nodes[-3:]).ops.add(operation()))
        for one in nodes:
            if not one.ops or chance.random() < 0.1:
                one.attestations.add(
                    notary.PendingAttestation(f"https://c{chance.randrange(99)}.example.org")
                )
            if len(one.msg) == 32 and chance.random() < 0.3:
                one.attestations.add(notary.BitcoinBlockHeaderAttestation(chance.randrange(1 << 31)))
        context = serialize.BytesSerializationContext()
        stamped.DetachedTimestampFile(ops.OpSHA256(), tree).serialize(context)
        theirs = [
            (reached, getattr(one, "uri", None), getattr(one, "height", None))
            for reached, one in tree.all_attestations()
        ]
        found = calendars.ends(context.getbytes(), MESSAGE)
        assert sorted(((one.reached, one.calendar, one.block) for one in found), key=repr) == sorted(
            theirs, key=repr
        )


def test_the_reference_library_reads_what_is_kept(library, served):
    stamped = pytest.importorskip("opentimestamps.core.timestamp")
    serialize = pytest.importorskip("opentimestamps.core.serialize")
    head = library.preserving.stamp()
    served.confirmed = True
    for _ in range(2):
        [token] = library.preserving.heads.tokens(head.size)
        theirs = stamped.DetachedTimestampFile.deserialize(serialize.BytesDeserializationContext(token.token))
        [ours] = calendars.ends(token.token, head.published.encode())
        [(reached, _)] = theirs.timestamp.all_attestations()
        assert reached == ours.reached
        assert theirs.file_digest == hashlib.sha256(head.published.encode()).digest()
        library.preserving.upgrade()


@pytest.fixture
def bag(tmp_path):
    path = b"\xf0\x04abcd\x08"

    def tokens(head):
        return {
            "0.ots": proof(head, path + promise(ADDRESS)),
            "1.ots": proof(head, path + block(BLOCK)),
        }

    with Store.open(tmp_path / "store") as store:
        yield written(store, tmp_path / "bag", tokens)


def test_verify_says_of_a_proof_what_it_saw_and_what_it_did_not(bag):
    report = verify.verify(bag)
    assert report.holds
    assert report.checked["proofs of calendars that start from the head"] == 2
    assert "timestamps" not in report.checked
    head = hashlib.sha256((bag / layout.HEAD).read_bytes()).digest()
    root = hashlib.sha256(head + b"abcd").digest()[::-1].hex()
    assert (
        f"timestamps/1.ots claims block {BLOCK} of Bitcoin: compare its Merkle root, which must be {root}"
        in report.limits
    )
    assert any(one.startswith(f"timestamps/0.ots is pending: {ADDRESS} ") for one in report.limits)
    assert not any("nobody but the service" in one for one in report.limits)


def test_a_promise_alone_attests_nothing(bag):
    (bag / layout.TOKENS_FOLDER / "1.ots").unlink()
    rewritten(bag)
    report = verify.verify(bag)
    assert report.holds
    assert any("nobody but the service" in one for one in report.limits)


def test_a_proof_that_was_tampered_with_is_found(bag):
    place = bag / layout.TOKENS_FOLDER / "1.ots"
    good = place.read_bytes()
    said = [one for one in verify.verify(bag).limits if one.startswith("timestamps/1.ots")]
    for changed in (
        proof(b"another head", good[-30:]),
        good[:-1],
        good + b"\x00",
        good.replace(b"\x08\x00", b"\x09\x00"),
    ):
        place.write_bytes(changed)
        rewritten(bag)
        [fault] = verify.verify(bag).faults
        assert fault.startswith("timestamps/1.ots: ")
    place.write_bytes(good.replace(b"abcd", b"abce"))
    assert any("timestamps/1.ots is not what" in one for one in verify.verify(bag).faults)
    # Who writes the manifests anew leads it to another root, which is no block's.
    rewritten(bag)
    assert [one for one in verify.verify(bag).limits if one.startswith("timestamps/1.ots")] != said


@pytest.mark.parametrize("settings", ["sqlite", "postgres"], indirect=True)
def test_a_bag_brings_the_newest_head_that_leads_to_a_block(library, served, tmp_path):
    item = uploaded(library, tmp_path)
    library.preserving.take_in(tmp_path / "upload", Basis.ARCHIVE)
    earlier = library.preserving.stamp()
    served.confirmed = True
    assert library.preserving.upgrade() == 1
    served.confirmed = False
    assert library.preserving.stamp().size > earlier.size
    case = library.cases.open(CaseBasis.CHOSEN, "x", [item.id]).id
    wanted = Wanted(AboutKind.CASE, case, Basis.AUTHORITY, "Court", "order", None, None)
    bag = library.exporting.export(wanted, tmp_path / "bag", user="ann").place

    report = verify.verify(bag, key=library.preserving.verifier())
    assert report.faults == []
    assert report.checked["earlier head from which the log goes on"] == 1
    assert report.checked["proofs of calendars that start from the head"] == 2
    said = [one.split(":")[0] for one in report.limits if ".ots" in one]
    assert said == [
        "timestamps/0.ots is pending",
        f"earlier/timestamps/0.ots claims block {BLOCK} of Bitcoin",
    ]
    assert any(f"from {earlier.size} on" in one for one in report.limits)

    for path, change in (
        (layout.EARLIER_HEAD, lambda text: text.replace("\n", "\n1", 1)),
        (layout.CONSISTENCY, lambda text: text.replace("0", "1")),
        (layout.CONSISTENCY, lambda text: "{}"),
        (layout.CONSISTENCY, lambda text: "[1]"),
    ):
        good = (bag / path).read_text()
        (bag / path).write_text(change(good))
        rewritten(bag)
        [fault] = verify.verify(bag).faults
        assert "earlier head" in fault
        (bag / path).write_text(good)
