"""What originals say of themselves is on record as what it is, and reading it can hurt nothing."""

from __future__ import annotations

import hashlib
import json
import random
import socket
import sys
import threading
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import manifests
import pytest
from serving import key, served
from test_preserving import _file, done, events, listed

from seawall import config, errors
from seawall.client import Client
from seawall.evidence import layout, verify
from seawall.model.access import Scope
from seawall.model.custody import CustodyType, Outcome
from seawall.model.decision import Basis as CaseBasis
from seawall.model.preservation import Basis
from seawall.model.provenance import MAX_STORE_BYTES, Found
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.preservations import By
from seawall.workflows import provenances
from seawall.workflows.dossier import AboutKind
from seawall.workflows.exporting import Wanted
from seawall.workflows.library import Seawall

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import ledger_readings  # isort: skip - its folder is named above
from platforms import removal  # isort: skip - likewise

READER = f"c2pa-python {metadata.version('c2pa-python')}"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    yield from new_library(tmp_path_factory.mktemp("data"))


@pytest.fixture
def alone(tmp_path):
    """One that a test may leave in a state that others could not use."""
    yield from new_library(tmp_path / "alone")


def new_library(data):
    values = {one.name: one.default for one in config.SETTINGS}
    with Seawall(config.Settings({**values, "data": str(data), "workers": 1})) as made:
        made.bank_create("K")
        ledger = made._store.incidents.open("A", ledger_readings.document(), actor="ann")
        made.incidents.protect(ledger.id, "Erika Beispiel", "a child")
        signal = Signal(SignalType.PDQ, 1, b"1" * 32, 90)
        new = NewReference(None, "image", (signal,), "1", "l", incident=ledger.id)
        made.known = made._store.add_reference("K", new).id
        yield made


def kept(library, tmp_path, data):
    return library.preserving.take_in(_file(tmp_path, data), Basis.ARCHIVE)


def told(library, known):
    """What the log says of the reading."""
    [one] = [one for one in events(library, object=known.sha256) if one.type is CustodyType.EXTRACTION]
    return one.says("outcome"), one.says("detail")


def test_a_manifest_is_on_record_with_who_read_it_and_what_holds(library, tmp_path):
    data = manifests.signed(title="Über")
    known = kept(library, tmp_path, data)
    said = known.provenance
    assert (said.found, said.validation, said.reader) == (Found.PRESENT, "valid", READER)
    assert said.failures == ("signingCredential.untrusted",), "no list of signers is trusted"
    store = library.preserving.manifests(known.id)
    assert hashlib.sha256(store.encode()).hexdigest() == said.store_sha256
    [manifest] = json.loads(store)["manifests"].values()
    assert manifest["title"] == "Über"
    assert told(library, known) == (
        "success",
        {
            "what": "C2PA manifest store",
            "found": "present",
            "reader": READER,
            "validation": "valid",
            "store_sha256": said.store_sha256,
            "why": None,
        },
    )
    pieces = library.preserving.vault.pieces(
        known.locked_sha256, library.preserving.key(library._store.preservations.sealed_key(known.id))
    )
    assert b"".join(pieces) == data, "nothing is signed anew"


def test_what_was_changed_after_it_was_signed_does_not_hold(library, tmp_path):
    data = bytearray(manifests.signed())
    data[-10] ^= 1
    known = kept(library, tmp_path, bytes(data))
    assert (known.provenance.found, known.provenance.validation) == (Found.PRESENT, "invalid")
    assert "assertion.dataHash.mismatch" in known.provenance.failures
    assert told(library, known)[0] == "success", "that it does not hold is what was to be found out"


def test_no_manifest_is_no_failure(library, tmp_path):
    known = kept(library, tmp_path, manifests.picture("PNG"))
    assert (known.provenance.found, known.provenance.failures) == (Found.ABSENT, ())
    assert library.preserving.manifests(known.id) is None
    assert told(library, known)[0] == "success"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a text " * 100, "NotSupported"),
        (manifests.signed().replace(b"jumb", b"jumc", 1), "Verify"),
        (manifests.picture()[:300], "Other"),
        (b"", "empty_file"),
    ],
    ids=["form", "store", "cut", "empty"],
)
def test_what_cannot_be_read_is_preserved_and_the_fault_is_a_fact(library, tmp_path, data, why):
    known = kept(library, tmp_path, data)
    assert (known.provenance.found, known.bytes) == (Found.UNREAD, len(data))
    assert known.provenance.why.startswith(why)
    outcome, detail = told(library, known)
    assert (outcome, detail["why"]) == ("failure", known.provenance.why)


def test_a_manifest_elsewhere_is_named_and_not_fetched(library, tmp_path):
    with listener() as (address, came):
        known = kept(library, tmp_path, manifests.signed(address=address, embedded=False))
        assert (known.provenance.found, known.provenance.address) == (Found.REMOTE, address)
        both = kept(library, tmp_path, manifests.signed(address=address))
        assert both.provenance.found is Found.PRESENT
    assert came == []


def test_without_the_reader_that_it_is_absent_is_on_record(library, tmp_path, monkeypatch):
    def absent(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(provenances.metadata, "version", absent)
    known = kept(library, tmp_path, manifests.signed())
    assert (known.provenance.found, known.provenance.reader) == (Found.UNREAD, None)
    assert "seawall[c2pa]" in known.provenance.why
    assert told(library, known)[0] == Outcome.SKIPPED


def test_a_reader_that_dies_stops_nothing(alone, tmp_path, monkeypatch):
    monkeypatch.setattr(provenances, "_TASK", "seawall.media.nowhere:in_sandbox")
    known = kept(alone, tmp_path, manifests.signed())
    assert known.provenance.why.startswith("sandbox_unavailable")
    assert told(alone, known)[0] == Outcome.FAILURE


def test_no_damage_is_more_than_a_fact(library, tmp_path):
    data, drawn = manifests.signed(), random.Random(7)
    for number in range(24):
        changed = bytearray(data)
        for _ in range(1 + number % 4):
            changed[drawn.randrange(len(data))] ^= 1 << drawn.randrange(8)
        changed = changed[: drawn.randrange(len(data))] if number % 8 == 7 else changed
        path = _file(tmp_path, bytes(changed))
        library.objects.put(path, path.name)
        said = library.preserving._provenances.of(path.name).provenance
        assert said.why is not None or said.found is not Found.UNREAD
        assert said.validation in {None, "valid", "invalid"}, "what is padding nothing covers"


def test_a_store_that_is_too_long_is_known_by_its_digest(library, tmp_path):
    long = {"label": "org.tests.long", "data": {"words": "x" * (MAX_STORE_BYTES + 1)}}
    known = kept(library, tmp_path, manifests.signed(assertions=(long,)))
    assert (known.provenance.found, known.provenance.validation) == (Found.PRESENT, "valid")
    assert "more than" in known.provenance.why
    assert len(known.provenance.store_sha256) == 64
    assert library.preserving.manifests(known.id) is None


def test_it_is_read_once_and_goes_with_the_last_record(alone, tmp_path):
    data = manifests.signed()
    first = alone.preserving.take_in(_file(tmp_path, data), Basis.REMOVED_TERRORIST_CONTENT)
    second = alone.preserving.preserve(first.sha256, Basis.AUTHORITY, reference="12 K 3/26")
    assert (first.id != second.id, second.provenance) == (True, first.provenance)
    told(alone, second)
    preservations = alone._store.preservations
    for one, left in ((first, True), (second, False)):
        with alone._store._database.write() as connection:
            preservations.removed(connection, [one.id], By("ann", "t"))
        end = preservations.get(one.id).expires_at
        preservations._now = lambda end=end: end
        assert alone.fixity.expire() == 1
        assert preservations.get(one.id).provenance is None
        assert (preservations.store_of(first.sha256) is not None) is left, "the other record needs it"


def test_a_bag_has_it_with_names_covered(library, tmp_path):
    data = manifests.signed(title="<b>Erika Beispiel")
    sha256 = hashlib.sha256(data).hexdigest()
    library.viewing.keep(_file(tmp_path, data), sha256)
    item = listed(library, sha256, post="p")
    done(library, library.cases.decide(removal(item, not_preserved=None), user="ann", undo_s=0))
    case = library.cases.open(CaseBasis.CHOSEN, "x", [item.id]).id
    wanted = Wanted(AboutKind.CASE, case, Basis.AUTHORITY, "Court of North", "order 12 K 3")
    made = library.exporting.export(wanted, tmp_path / "bag", user="ann")
    assert verify.verify(made.place, key=library.preserving.verifier()).faults == []
    path = made.place / f"{layout.PROVENANCE_FOLDER}{sha256}.json"
    said = json.loads(path.read_text())
    assert (said["found"], said["validation"], said["reader"]) == ("present", "valid", READER)
    [manifest] = said["store"]["manifests"].values()
    assert manifest["title"].startswith("<b>")
    assert not any(b"Beispiel" in one.read_bytes() for one in made.place.rglob("*") if one.is_file())
    [record] = json.loads((made.place / layout.RECORD).read_text())["preservations"]
    assert record["provenance"] == {name: said[name] for name in record["provenance"]}
    page = (made.place / layout.CASE_FILE).read_text()
    for words in (READER, "signingCredential.untrusted", "No manifest means nothing"):
        assert words in page
    path.write_bytes(path.read_bytes().replace(b'"valid"', b'"trusted"'))
    assert verify.verify(made.place).faults


def test_the_command_shows_it_and_claims_no_more(seawall_cli, tmp_path):
    files = [_file(tmp_path, manifests.signed()), _file(tmp_path, manifests.picture())]
    made = seawall_cli("evidence", "preserve", *files, "--basis", "archive", "--post", "p-1", "--json")
    one, other = (record["id"] for record in made.document["preservations"])
    shown = seawall_cli("evidence", "show", one).out
    for words in (
        "p-1",
        "a manifest, valid, read by c2pa-python",
        "does not hold: signingCredential.untrusted",
    ):
        assert words in shown
    assert "its signer was not judged" in shown
    assert "no manifest, which means nothing" in seawall_cli("evidence", "show", other).out
    document = seawall_cli("evidence", "show", one, "--json").document
    assert document["store"]["validation_state"] == "Valid"
    assert document["preservation"]["provenance"]["found"] == "present"


def test_a_program_is_told_by_the_service(library, tmp_path):
    made = kept(library, tmp_path, manifests.signed(title="as it was"))
    with served(library) as address:
        with Client(address, key(library)) as caller:
            shown = caller.evidence.get(made.id)
            assert (shown.provenance.found, shown.provenance.validation) == ("present", "valid")
            whole = caller.evidence.manifests(made.id)
            assert (whole.sha256, whole.provenance) == (made.sha256, shown.provenance)
            [manifest] = whole.store["manifests"].values()
            assert manifest["title"] == "as it was"
        with Client(address, key(library, Scope.READ)) as reader:
            assert reader.evidence.get(made.id).provenance == shown.provenance
            with pytest.raises(errors.NotAllowed):
                reader.evidence.manifests(made.id)


def digested(store):
    """A store with its digest."""
    return {"found": "present", "store": store, "store_sha256": hashlib.sha256(store.encode()).hexdigest()}


GOOD = digested("{}")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"found": "trusted"},
        {**GOOD, "store": b"{}"},
        {**GOOD, "store": "{"},
        {**GOOD, "store": '{"a": 1}'},
        {**GOOD, "store_sha256": None},
        {**GOOD, "store_sha256": "A" * 64},
        {**GOOD, "failures": ["x"] * 51},
        {**GOOD, "failures": [1]},
        {**GOOD, "why": "x" * 501},
        {**GOOD, "address": ["x"]},
        digested("[" * 70 + "]" * 70),
        digested("[" * 100_000),
        digested(f'"{"x" * MAX_STORE_BYTES}"'),
        {**GOOD, "why": 1},
    ],
)
def test_nothing_of_an_answer_is_believed(answer):
    with pytest.raises((ValueError, RecursionError)):
        provenances.parsed(answer, None, READER)


def test_an_answer_has_only_letters_that_can_be_printed():
    made = provenances.parsed({**GOOD, "why": "a\x1b[31mb\u202ec"}, None, READER)
    assert (made.provenance.why, made.store) == ("a?[31mb?c", "{}")


@contextmanager
def listener():
    """An address at which nobody should call, and who did."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def wait() -> None:
            while not over.is_set():
                try:
                    connection, who = server.accept()
                except TimeoutError:
                    continue
                came.append(who)
                connection.close()

        thread = threading.Thread(target=wait)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa", came
        finally:
            over.set()
            thread.join()
