"""Submissions on their way to a stub of the transparency database: held, sent in batches, never twice."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from serving import client, key, served
from test_exchanges import stub

from seawall import config, errors
from seawall.model.access import Scope
from seawall.model.decision import Origin
from seawall.model.submission import SubmissionState
from seawall.reports import transparency
from seawall.workflows import tasks
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import Kind

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
from makes import Make
from platforms import Platform, carried_out, removal


class Database:
    """Answers as the transparency database's own page says."""

    def __init__(self) -> None:
        self.stored: dict[str, dict] = {}
        self.calls: list[tuple[str, str, int]] = []
        self.say: list[tuple[int, object]] = []  #: what it says next, instead of what it would
        self.lose = 0  #: answers that are lost after what was sent is stored
        self.wrong: set[str] = set()  #: facts that it does not take

    def __call__(self, method, path, query, headers, body):
        if headers["Authorization"] != "Bearer t0k":
            return 401, {"message": "Unauthenticated."}
        content = json.loads(body) if body else {}
        sent = content.get("statements", [content] if content else [])
        self.calls.append((method, path.rpartition("/v1")[2].split("/p-")[0], len(sent)))
        if self.say:
            return self.say.pop(0)
        if method == "GET":
            named = path.rpartition("/")[2]
            there = named in self.stored
            return (302, {"message": "found", "puid": named}) if there else (404, {"message": "not found"})
        return self.store(sent, batch="statements" in content)

    def store(self, sent, *, batch):
        assert 1 <= len(sent) <= 100
        faults = {}
        for number, one in enumerate(sent):
            if transparency.faults(one) or one["decision_facts"] in self.wrong:
                faults[number] = {"decision_facts": ["not so"]}
            if one["puid"] in self.stored:
                faults[number] = {"puid": ["The identifier given is not unique within this platform."]}
        if faults:
            named = {f"statement_{number}": told for number, told in faults.items()}
            return 422, {"message": "no", "errors": named if batch else faults[0]}
        self.stored |= {one["puid"]: one for one in sent}
        if self.lose:
            self.lose -= 1
            return 500, {"message": "lost"}
        answers = [{**one, "id": 7, "uuid": f"u-{one['puid']}"} for one in sent]
        return 201, {"statements": answers} if batch else answers[0]


@pytest.fixture
def there():
    with stub() as (served_by, address):
        served_by.answer = Database()
        yield served_by.answer, address


@pytest.fixture
def library(tmp_path, there):
    settings = config.load(
        tmp_path / "data",
        {
            "SEAWALL_FETCH_HOSTS": "127.0.0.1",
            "SEAWALL_TRANSPARENCY_URL": f"{there[1]}/api/v1/",
            "SEAWALL_TRANSPARENCY_TOKEN": "t0k",
        },
    )
    with Seawall(settings) as opened:
        yield opened


@pytest.fixture
def platform(library):
    return Platform(library._store, Make())


def decide(library, platform, count=1, **change):
    items = [platform.item(post=f"post-{platform.number}", uploader="harbour_master") for _ in range(count)]
    made = library._store.decisions.make(removal(*items, **change), user="ann", actor="ann")
    return carried_out(library._store, made)


def states(library):
    return {state: count for state, count in library.transparency.counts().items() if count}


def run(library):
    return tasks.HANDLERS[Kind.TRANSPARENCY](library, None, None)


def test_nothing_is_made_or_sent_where_it_is_off(tmp_path, there):
    with Seawall(config.load(tmp_path / "other", {})) as library:
        decide(library, Platform(library._store, Make()))
        assert run(library) == {"on": False}
        assert states(library) == {}
    assert there[0].calls == []


def test_a_decision_that_goes_out_is_stated_once(library, platform, there):
    made = decide(library, platform, 3)
    decide(library, platform, origin=Origin.ORDER)
    assert run(library) == {"made": 3, "held": 0, "sent": 3, "refused": 0}
    assert run(library) == {"made": 0, "held": 0, "sent": 0, "refused": 0}
    assert there[0].calls == [("POST", "/statements", 3)]
    assert set(there[0].stored) == {transparency.puid(made.id, one) for one in made.ruling.items}
    [first, *_] = [one for _, one in library.transparency.page(SubmissionState.SENT)]
    assert first.answer == {"id": 7, "uuid": f"u-{first.puid}"}


def test_a_batch_has_a_hundred_at_most(library, platform, there):
    decide(library, platform, 130)
    assert run(library)["sent"] == 130
    assert [count for _, _, count in there[0].calls] == [100, 30]


def test_one_that_is_refused_stops_no_other_and_can_be_mended(library, platform, there):
    there[0].wrong.add("wrong")
    for facts in ("right", "wrong", "right too"):
        decide(library, platform, facts=facts)
    assert run(library) == {"made": 3, "held": 0, "sent": 2, "refused": 1}
    [(_, refused)] = library.transparency.page(SubmissionState.REFUSED)
    assert refused.answer == {"errors": {"decision_facts": ["not so"]}}
    library.transparency.release(refused.id, {"decision_facts": "mended"}, "it said so")
    assert run(library)["sent"] == 1
    assert states(library) == {"sent": 3}
    assert len(there[0].stored) == 3


def test_a_batch_that_is_refused_without_saying_which_is_asked_of_one_by_one(library, platform, there):
    for _ in range(3):
        decide(library, platform)
    there[0].say.append((422, {"message": "no"}))
    assert run(library)["sent"] == 3
    assert [path for _, path, _ in there[0].calls] == [
        "/statements",
        "/statement",
        "/statement",
        "/statement",
    ]


def test_what_was_stored_though_its_answer_was_lost_is_not_sent_again(library, platform, there):
    decide(library, platform, 2)
    there[0].lose = 1
    with pytest.raises(errors.TransparencyUnreachable, match="500"):
        run(library)
    assert states(library) == {"pending": 2}
    assert run(library)["sent"] == 2
    posts = [call for call in there[0].calls if call[0] == "POST"]
    assert posts == [("POST", "/statements", 2)]


def test_a_process_that_died_while_it_sent_leaves_what_is_asked_for_first(library, platform, there):
    decide(library, platform, 2)
    library.transparency.make()
    taken = library._store.submissions.take(100, 0.0)
    there[0].stored[taken[0].puid] = dict(taken[0].payload)  # one arrived, the other did not
    assert library.transparency.send().sent == 2
    assert [call[:2] for call in there[0].calls][-1] == ("POST", "/statement")
    assert len(there[0].stored) == 2


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (503, errors.TransparencyUnreachable),
        (429, errors.TransparencyUnreachable),
        (401, errors.TransparencyRefused),
        (404, errors.TransparencyRefused),
    ],
)
def test_a_database_that_does_not_answer_loses_nothing(library, platform, there, status, error):
    decide(library, platform)
    there[0].say.append((status, {"message": "no"}))
    with pytest.raises(error, match=str(status)):
        run(library)
    assert issubclass(error, errors.OutsideError) is (error is errors.TransparencyUnreachable)
    assert run(library)["sent"] == 1


@pytest.mark.parametrize(
    "facts",
    [
        "Put up by harbour_master.",
        "See post-0 of it.",
        "Write to ann@example.org",
        "By @harbour, +49 30 1234567",
    ],
)
def test_personal_data_is_held_and_never_leaves(library, platform, there, facts):
    decide(library, platform, facts=facts)
    assert run(library) == {"made": 1, "held": 1, "sent": 0, "refused": 0}
    assert there[0].calls == []
    [(_, held)] = library.transparency.page(SubmissionState.HELD)
    assert {one.field for one in held.findings} == {"decision_facts"}
    with pytest.raises(errors.SubmissionHeld):
        library.transparency.release(held.id, {}, "it is fine")
    with pytest.raises(errors.SubmissionHeld):
        library.transparency.release(held.id, {"illegal_content_explanation": "ask @bob"}, "it is fine")
    with pytest.raises(errors.BadRequest):
        library.transparency.release(held.id, {"puid": "x"}, "it is fine")
    library.transparency.release(held.id, {"decision_facts": "A full copy."}, "taken out")
    assert run(library)["sent"] == 1
    assert facts not in json.dumps(there[0].stored)


def test_the_api_lists_and_releases(library, platform):
    decide(library, platform, facts="by @harbour")
    run(library)
    with served(library) as address:
        reading = client(address, key(library, Scope.READ))
        [held] = reading.get("/v1/submissions", params={"state": "held"}).json()["items"]
        assert (held["state"], held["findings"][0]["kind"]) == ("held", "handle")
        assert reading.get(f"/v1/submissions/{held['id']}").json() == held
        body = {"words": {"decision_facts": "A full copy."}, "reason": "taken out"}
        assert reading.post(f"/v1/submissions/{held['id']}/release", json=body).status_code == 403
        with client(address, key(library)) as calling:
            said = calling.post(f"/v1/submissions/{held['id']}/release", json={"words": {}, "reason": "r"})
            assert (said.status_code, said.json()["code"]) == (422, "submission_held")
            freed = calling.post(f"/v1/submissions/{held['id']}/release", json=body).json()
        assert freed["state"] == "pending"
        reading.close()
