"""Lists of others: fetched from stub servers that answer as the real ones do, kept in step, and answered."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from serving import client, key, served

from seawall import config, errors
from seawall.model.bank import ReferenceState
from seawall.model.exchange import Sending, Stance
from seawall.workflows.library import Seawall


def pdq(name: str) -> str:
    """A hash of the form that PDQ's have: half of its bits are set."""
    half = hashlib.sha256(name.encode()).digest()[:16]
    return (half + bytes(255 - byte for byte in half)).hex()


class Stub:
    """A server that answers as a function says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict, bytes]] = []
        self.answer = lambda method, path, query, headers, body: (404, b"{}")


@contextmanager
def stub() -> Iterator[tuple[Stub, str]]:
    made = Stub()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            made.asked.append((self.command, parts.path, query, body))
            status, data = made.answer(self.command, parts.path, query, self.headers, body)
            data = data if isinstance(data, bytes) else json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = handle_any  # noqa: N815 - as the base class calls them

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield made, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def library(tmp_path):
    settings = config.load(tmp_path / "data", {"SEAWALL_FETCH_HOSTS": "127.0.0.1", "SEAWALL_SECRET_KEY": "s"})
    with Seawall(settings) as opened:
        opened.bank_create("LIST")
        yield opened


class Tat:
    """Tech Against Terrorism's list: pages by checkpoint, one login a run."""

    def __init__(self) -> None:
        self.records: list[object] = []
        self.page = 3
        self.broken: set[int] = set()  #: ids whose page is no list

    def __call__(self, method, path, query, headers, body):
        if path == "/token-auth/tcap/":
            sent = parse_qs(body.decode())
            good = sent["username"] == ["ada"] and sent["password"] == ["secret"]
            return (200, {"token": "t0k"}) if good else (401, {"error": "no"})
        assert headers["Authorization"] == "Bearer t0k"
        after = int(query.get("after", "0,0").rpartition(",")[2] or 0)
        rest = [one for one in self.records if self.number(one) > after]
        found = rest[: min(self.page, int(query["limit"]))]
        if any(self.number(one) in self.broken for one in found):
            return 200, b'{"results": [{"hash_dig'
        last = f"1700000000,{self.number(found[-1])}" if found else ""
        more = "limit=3&offset=3" if len(rest) > len(found) else None
        return 200, {"count": 9, "next": more, "previous": None, "checkpoint": last, "results": found}

    def number(self, record: object) -> int:
        return record["id"] if isinstance(record, dict) else 4


def tat(number: int, algorithm: str = "PDQ", value: str | None = None, **more: object) -> dict:
    return {
        "id": number,
        "hash_digest": value or pdq(str(number)),
        "algorithm": algorithm,
        "ideology": "far-right",
        "file_type": "jpg",
        "deleted": False,
        "updated_on": 1700000000.0,
        "created_on": "2026-01-01",
        **more,
    }


def names(library: Seawall, bank: str = "LIST") -> dict[str, object]:
    return {one.name: one for one in library.references(bank)}


def follow_tat(library: Seawall, address: str) -> None:
    told = {"user": "ada", "password": "secret", "url": address}
    library.exchanges.add("tat", "tech-against-terrorism", "LIST", told)


def test_a_list_comes_page_by_page_with_what_its_source_says(library):
    source = Tat()
    md5 = hashlib.md5(b"clip").hexdigest()
    source.records = [
        tat(1),
        tat(2, "MD5", md5, file_type="mp4"),
        tat(3, "SHA512", "ab" * 64),
        tat(5, value="zz"),
        tat(6),
    ]
    with stub() as (server, address):
        server.answer = source
        follow_tat(library, address)
        run = library.exchanges.fetch("tat")
        assert sum(path == "/token-auth/tcap/" for _, path, _, _ in server.asked) == 1
    assert (run.tally.added, run.tally.bad, run.error) == (3, 1, None)
    held = names(library)
    assert set(held) == {"tat-1", "tat-2", "tat-6"}
    assert held["tat-2"].kind == "video"
    assert held["tat-1"].labels == ("ideology:far-right",)
    assert [one.key for one in run.bad] == ["5"]
    assert library.exchanges.get("tat").checkpoint == {"after": "1700000000,6"}


def test_a_tombstone_takes_a_hash_out_and_a_later_run_goes_on_where_the_last_stopped(library):
    source = Tat()
    source.records = [tat(1), tat(2)]
    with stub() as (server, address):
        server.answer = source
        follow_tat(library, address)
        library.exchanges.fetch("tat")
        source.records = [*source.records, {**tat(3)}]
        gone = library.reference(names(library)["tat-1"].id)
        # The list gives a changed record its place anew, at its end.
        source.number = lambda record: record.get("place", record["id"])
        source.records = [tat(2), tat(3), tat(1, deleted=True, place=9)]
        run = library.exchanges.fetch("tat")
        again = library.exchanges.fetch("tat")
    assert (run.tally.added, run.tally.deleted) == (1, 1)
    assert set(names(library)) == {"tat-2", "tat-3"}
    with pytest.raises(errors.ReferenceNotFound):
        library.reference(gone.id)
    assert (again.tally.added, again.tally.deleted, again.tally.changed) == (0, 0, 0)


def test_a_malformed_page_or_record_does_not_stop_the_rest(library):
    source = Tat()
    source.records = [tat(1), "nonsense", tat(5), tat(6), tat(7)]
    source.broken = {6}
    with stub() as (server, address):
        server.answer = source
        follow_tat(library, address)
        run = library.exchanges.fetch("tat")
    assert set(names(library)) == {"tat-1", "tat-5", "tat-7"}
    assert run.tally.bad == 2
    assert run.error is None


def test_a_source_that_answers_with_nonsense_alone_is_left_for_later(library):
    with stub() as (server, address):
        server.answer = lambda method, path, query, headers, body: (200, b"<html>maintenance</html>")
        told = {"token": "app|token", "group": "771", "url": f"{address}/v19.0"}
        library.exchanges.add("te", "threatexchange", "LIST", told)
        with pytest.raises(errors.ExchangeUnreachable, match="20 of its pages"):
            library.exchanges.fetch("te")
    assert library.exchanges.runs("te")[0].tally.bad == 20


def test_an_update_that_cannot_be_read_is_passed_over(library):
    graph = Graph()
    graph.updates = [update(number, descriptor(10 + number, 21)) for number in (1, 2, 4, 5)]

    def answer(method, path, query, headers, body):
        status, data = graph(method, path, query, headers, body)
        return (status, b"{") if any(one["id"] == "4" for one in data["data"]) else (status, data)

    with stub() as (server, address):
        server.answer = answer
        told = {"token": "app|token", "group": "771", "url": f"{address}/v19.0"}
        library.exchanges.add("te", "threatexchange", "LIST", told)
        library.exchanges.fetch("te")
    assert set(names(library)) == {f"threatexchange-{number}" for number in (1, 2, 5)}


def test_a_source_that_fails_half_way_keeps_what_came_and_goes_on_there(library):
    source = Tat()
    source.records = [tat(number) for number in range(1, 9)]
    failing = [False]

    def answer(method, path, query, headers, body):
        if failing[0] and query.get("after", "").endswith(",6"):
            return 503, b"busy"
        return source(method, path, query, headers, body)

    with stub() as (server, address):
        server.answer = answer
        follow_tat(library, address)
        failing[0] = True
        with pytest.raises(errors.ExchangeUnreachable, match="503"):
            library.exchanges.fetch("tat")
        assert len(names(library)) == 6
        assert library.exchanges.runs("tat")[0].error["code"] == "exchange_unreachable"
        failing[0] = False
        run = library.exchanges.fetch("tat")
    assert (run.tally.added, len(names(library))) == (2, 8)


def test_wrong_credentials_are_refused_and_right_ones_are_sealed(library, tmp_path):
    with stub() as (server, address):
        server.answer = Tat()
        told = {"user": "ada", "password": "wr0ngpass", "url": address}
        library.exchanges.add("tat", "tech-against-terrorism", "LIST", told)
        with pytest.raises(errors.ExchangeRefused, match="401"):
            library.exchanges.fetch("tat")
    stored = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("seawall.sqlite*"))
    assert b"wr0ngpass" not in stored
    assert b"tech-against-terrorism" in stored


class Graph:
    """ThreatExchange's updates, with a cursor, and reactions."""

    def __init__(self) -> None:
        self.updates: list[dict] = []
        self.reactions: list[tuple[str, str]] = []

    def __call__(self, method, path, query, headers, body):
        assert headers["Authorization"] == "Bearer app|token"
        if method == "POST":
            self.reactions.append((path, parse_qs(body.decode())["reactions"][0]))
            return 200, {"success": True}
        assert path == "/v19.0/771/threat_updates"
        since, start = int(query.get("start_time", 0)), int(query.get("after", 0))
        rest = [one for one in self.updates if one["last_updated"] >= since]
        found, more = rest[start : start + 2], len(rest) > start + 2
        paging = {"cursors": {"after": str(start + 2)}, **({"next": "https://next"} if more else {})}
        return 200, {"data": found, "paging": paging}


def update(number: int, *descriptors: dict, kind: str = "HASH_PDQ", **more: object) -> dict:
    return {
        "id": str(number),
        "indicator": pdq(f"te{number}"),
        "type": kind,
        "last_updated": 1000 + number,
        "should_delete": False,
        "descriptors": {"data": list(descriptors)},
        **more,
    }


def descriptor(number: int, owner: int, status: str = "MALICIOUS", **more: object) -> dict:
    tags = {"data": [{"text": "group:example"}, {"text": "media_priority_s2"}]}
    return {"id": str(number), "owner": {"id": str(owner)}, "status": status, "tags": tags, **more}


def test_opinions_of_members_come_with_the_hashes_and_a_doubt_keeps_them_from_acting(library):
    graph = Graph()
    doubt = [{"key": "DISAGREE_WITH_TAGS", "value": "31,32"}]
    graph.updates = [
        update(1, descriptor(11, 21)),
        update(2, descriptor(12, 21), descriptor(13, 22, "NON_MALICIOUS")),
        update(3, descriptor(14, 21, reactions=doubt)),
        update(4),
        update(5, descriptor(15, 21), should_delete=True),
    ]
    with stub() as (server, address):
        server.answer = graph
        told = {"token": "app|token", "group": "771", "url": f"{address}/v19.0"}
        library.exchanges.add("te", "threatexchange", "LIST", told)
        library.exchanges.fetch("te")
        held = names(library)
        assert {name: one.state for name, one in held.items()} == {
            "threatexchange-1": ReferenceState.ACTIVE,
            "threatexchange-2": ReferenceState.DISPUTED,
            "threatexchange-3": ReferenceState.DISPUTED,
        }
        assert held["threatexchange-1"].labels == ("group:example", "media_priority_s2")
        stances = {
            one.opinion.owner: one.opinion.stance
            for one in library.exchanges.opinions(held["threatexchange-3"].id)
        }
        assert stances == {"21": Stance.POSITIVE, "31": Stance.NEGATIVE, "32": Stance.NEGATIVE}

        # The doubt is taken back; a person's own dispute would stay.
        library.reference_set_state(held["threatexchange-1"].id, ReferenceState.DISPUTED, "seen in the news")
        graph.updates[1] = update(2, descriptor(12, 21), last_updated=2002)
        graph.updates[0] = update(1, descriptor(11, 21, "MALICIOUS"), descriptor(16, 23), last_updated=2001)
        library.exchanges.fetch("te")
        states = {name: one.state for name, one in names(library).items()}
        assert states["threatexchange-2"] is ReferenceState.ACTIVE
        assert states["threatexchange-1"] is ReferenceState.DISPUTED


def test_our_opinion_disputes_here_and_goes_out_once(library):
    graph = Graph()
    graph.updates = [update(1, descriptor(11, 21), descriptor(12, 22))]
    with stub() as (server, address):
        server.answer = graph
        told = {"token": "app|token", "group": "771", "url": f"{address}/v19.0"}
        library.exchanges.add("te", "threatexchange", "LIST", told)
        library.exchanges.fetch("te")
        reference = names(library)["threatexchange-1"]
        held = library.exchanges.opine(reference, Stance.NEGATIVE, note="a news report")
        assert held.sending is Sending.WAITING
        assert library.reference(reference.id).state is ReferenceState.DISPUTED
        assert library.exchanges.send_opinions("te") == 1
        assert library.exchanges.send_opinions("te") == 0
        assert graph.reactions == [("/v19.0/11", "DISAGREE_WITH_TAGS"), ("/v19.0/12", "DISAGREE_WITH_TAGS")]
        assert library.exchanges.opinions(reference.id)[0].sending is Sending.SENT
    assert [task.payload for task in library.tasks.waiting(10) if task.kind == "exchange"] == [
        {"exchange": "te", "opinions": True}
    ]


def test_a_file_of_python_threatexchange_is_read_and_read_again(library, tmp_path):
    path = tmp_path / "hashes.txt"
    path.write_text(f"pdq {pdq('a')}\nvideo_md5 {hashlib.md5(b'x').hexdigest()}\nnonsense\n\npdq 123\n")
    library.exchanges.add("file", "local-file", "LIST", {"path": str(path)})
    run = library.exchanges.fetch("file")
    assert (run.tally.added, run.tally.bad) == (2, 2)
    path.write_text(f"{path.read_text()}pdq {pdq('b')}\n")
    assert library.exchanges.fetch("file").tally.added == 1
    assert library.exchanges.fetch("file").tally.unchanged == 4


def test_a_list_at_an_address_takes_rows_back(library):
    rows = ["type,value,offset_ms,reference_id,label,deleted"]
    rows += [f"pdq,{pdq(f'v{at}')},{at * 1000},clip,war;drill," for at in range(5)]
    rows += [f"pdq,{pdq('still')},,still,,"]
    with stub() as (server, address):
        server.answer = lambda method, path, query, headers, body: (200, "\n".join(rows).encode())
        library.exchanges.add("csv", "list", "LIST", {"url": f"{address}/list.csv", "token": "x"})
        assert library.exchanges.fetch("csv").tally.added == 2
        assert names(library)["clip"].kind == "video"
        assert names(library)["clip"].labels == ("drill", "war")
        rows[-1] = rows[-1][:-1] + ",yes"
        assert library.exchanges.fetch("csv").tally.deleted == 1
    assert set(names(library)) == {"clip"}


def test_what_a_person_withdrew_stays_so(library, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(f"pdq {pdq('a')}\n")
    library.exchanges.add("file", "local-file", "LIST", {"path": str(path)})
    library.exchanges.fetch("file")
    (reference,) = library.references("LIST")
    library.reference_set_state(reference.id, ReferenceState.WITHDRAWN, "not ours to judge")
    library.exchanges.change("file", from_start=True)
    library.exchanges.fetch("file")
    (kept,) = library.references("LIST", include_withdrawn=True)
    assert kept.state is ReferenceState.WITHDRAWN


def test_two_runs_at_once_take_a_page_over_once(library):
    source = Tat()
    source.records = [tat(1), tat(2)]
    inner = []

    def answer(method, path, query, headers, body):
        if path.startswith("/api") and not inner:
            inner.append(True)
            inner.append(library.exchanges.fetch("tat"))
        return source(method, path, query, headers, body)

    with stub() as (server, address):
        server.answer = answer
        follow_tat(library, address)
        outer = library.exchanges.fetch("tat")
    assert inner[1].tally.added == 2
    assert (outer.tally.added, outer.error) == (0, None)


@pytest.mark.parametrize(
    ("adapter", "told", "reason"),
    [
        ("nothing", {}, "there are list"),
        ("threatexchange", {"token": "x"}, "needs the field 'group'"),
        ("list", {"path": "a", "url": "b"}, "either a path or an address"),
        ("list", {"paht": "a"}, "no field 'paht'"),
    ],
)
def test_what_an_adapter_is_told_wrongly_is_said(library, adapter, told, reason):
    with pytest.raises(errors.BadExchange, match=reason):
        library.exchanges.add("x", adapter, "LIST", told)
    assert library.exchanges.every() == []


def test_exchanges_and_opinions_over_http(library, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(f"pdq {pdq('a')}\n")
    with served(library) as address, client(address, key(library)) as caller:
        new = {"name": "file", "adapter": "local-file", "bank": "LIST", "fields": {"path": str(path)}}
        assert caller.post("/v1/exchanges", json=new).status_code == 201
        assert caller.post("/v1/exchanges", json=new).json()["code"] == "exchange_exists"
        assert caller.post("/v1/exchanges/file/fetch").status_code == 202
        library.exchanges.fetch("file")
        assert caller.get("/v1/exchanges/file/runs").json()["items"][0]["added"] == 1
        (reference,) = library.references("LIST")
        opinions = f"/v1/references/{reference.id}/opinions"
        assert caller.post(opinions, json={"stance": "negative"}).json()["mine"] is True
        assert caller.get(opinions).json()["opinions"][0]["stance"] == "negative"
        assert caller.get(f"/v1/references/{reference.id}").json()["state"] == "disputed"
        assert caller.patch("/v1/exchanges/file", json={"enabled": False}).json()["enabled"] is False
        assert caller.delete("/v1/exchanges/file").status_code == 204
        assert caller.get("/v1/exchanges/file").json()["code"] == "exchange_not_found"
        adapters = {one["name"] for one in caller.get("/v1/exchanges/adapters").json()["adapters"]}
        assert "threatexchange" in adapters


def test_a_vpdq_hash_of_a_list_is_a_video(library, tmp_path):
    frames = [f"{pdq(f'f{at}')},100,{at}.000" for at in range(4)]
    path = tmp_path / "list.txt"
    path.write_text(f'vpdq {json.dumps(frames)}\nvpdq ["x,1,2"]\n')
    library.exchanges.add("file", "local-file", "LIST", {"path": str(path)})
    run = library.exchanges.fetch("file")
    assert (run.tally.added, run.tally.bad) == (1, 1)
    (reference,) = library.references("LIST")
    assert reference.kind == "video"
