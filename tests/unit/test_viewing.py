"""What a person is shown: no more than the floor, the lease and a reason allow, and all of it on record."""

from __future__ import annotations

import dataclasses
import io
import itertools
import sys
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from seawall import config, errors
from seawall.media import covers
from seawall.model.exposure import Shown
from seawall.model.match import Region
from seawall.model.seen import Context
from seawall.model.viewing import Because, Cover, Graphic, Medium, Reason
from seawall.store.access import AuditFilter
from seawall.workflows import uploads
from seawall.workflows.exposure import Exposure
from seawall.workflows.library import Seawall
from seawall.workflows.viewing import Asked, Viewing
from seawall.workflows.working import Form

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
import reviewing
from platforms import dismissal

WHY = Because(Reason.CONTEXT, "is it a news report?")
LEFT = Region(0.0, 0.0, 0.5, 1.0)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    return reviewing.clips(tmp_path_factory.mktemp("clips"))


def settings(folder, **more):
    values = {setting.name: setting.default for setting in config.SETTINGS}
    return config.Settings({**values, "data": str(folder), "workers": 1, **more})


@pytest.fixture(scope="module")
def shared(tmp_path_factory, clips):
    """A library with the known clip: to check a file takes longer than all else."""
    with Seawall(settings(tmp_path_factory.mktemp("shared"))) as made:
        yield made, reviewing.known(made, clips["known"])


_cases = itertools.count()


def a_case(shared, upload, user=None):
    library, reference = shared
    number = next(_cases)
    return reviewing.taken(library, reference, upload, user or f"rita{number}", post=f"p{number}")


@pytest.fixture
def reviewed(shared, clips):
    """A case of its own, of a person of its own, over the shared library."""
    return a_case(shared, clips["longer"])


@pytest.fixture
def copied(shared, clips):
    """The same of a full copy, with sound."""
    return a_case(shared, clips["known"])


@pytest.fixture
def library(new_settings):
    with Seawall(new_settings("sqlite")) as made:
        yield made


def under(one, **more):
    """The same case under other settings."""
    library = one.library
    changed = config.Settings({**library.settings.values, **more})
    viewing = Viewing(library._store, library.objects, library._sandbox, changed)
    return viewing, Exposure(library._store, changed, viewing.rules)


@pytest.fixture
def rita(request):
    """Who holds the case of the test, if it has one."""
    for name in ("reviewed", "copied"):
        if name in request.fixturenames:
            one = request.getfixturevalue(name)
            return reviewing.person(one.library.cases.get(one.case).assigned_to)
    return reviewing.person()


def reveal(one, who, request="r1", viewing=None, **asked):
    viewing = viewing or one.library.viewing
    board = asked.pop("board", None) or viewing.storyboard(one.case, one.item).id
    wanted = {"frame": 0, "cover": Cover.STYLISED, **asked}
    return viewing.reveal(one.case, one.item, Asked(board, **wanted), who, request)


def pixels(jpeg):
    return np.asarray(Image.open(io.BytesIO(jpeg)), np.int16)


def ledger(one, who):
    entries = one.library.exposure.entries(who.user, before=None, limit=1000)
    return [entry.shown for _, entry in entries]


def audited(one):
    subject = f"{one.case}/{one.item}"
    wanted = AuditFilter(action="viewing_reveal", subject=subject)
    return one.library.access.entries(wanted, limit=1000)


class TestBefore:
    def test_words_come_first_and_say_what_it_is(self, reviewed, rita):
        about = reviewed.library.viewing.about(reviewed.case, reviewed.item, rita)
        assert set(about.labels) == {"propaganda", "violence"}
        assert about.matched[0].reference.note == "A parade"
        assert (about.graphic, about.floor, about.held, about.kept) == (
            Graphic.VIOLENT,
            Cover.STYLISED,
            True,
            True,
        )
        [span] = about.unmatched
        assert span.start_s == pytest.approx(5.0, abs=0.7)
        assert span.end_s == pytest.approx(9.0, abs=0.2)
        assert ledger(reviewed, rita) == []

    def test_a_storyboard_is_few_frames_most_of_what_is_not_known(self, reviewed, rita):
        board = reviewed.library.viewing.storyboard(reviewed.case, reviewed.item)
        assert 4 <= len(board.frames) <= 16
        unmatched = [one for one in board.frames if one.unmatched]
        assert len(unmatched) >= 0.6 * len(board.frames)
        assert [one.time_s for one in board.frames] == sorted(one.time_s for one in board.frames)
        assert board.reference == reviewed.reference
        for one in board.frames:
            assert (one.beside_s is None) is one.unmatched
            if one.beside_s is not None:
                assert one.beside_s == pytest.approx(one.time_s, abs=0.3)
        assert ledger(reviewed, rita) == []

    def test_it_is_made_once(self, reviewed, monkeypatch):
        first = reviewed.library.viewing.storyboard(reviewed.case, reviewed.item)
        monkeypatch.setattr(reviewed.library._sandbox, "run", None)
        assert reviewed.library.viewing.storyboard(reviewed.case, reviewed.item) == first

    def test_a_sound_has_an_outline(self, copied):
        peaks, step_s = copied.library.viewing.peaks(copied.case, copied.item)
        assert len(peaks) * step_s == pytest.approx(5.0, abs=0.2)
        assert 10 < max(peaks) <= 100

    def test_a_silent_film_has_no_outline(self, reviewed):
        assert reviewed.library.viewing.peaks(reviewed.case, reviewed.item) == ([], 0.0)

    def test_a_full_copy_leaves_nothing_to_look_at(self, copied, rita):
        viewing = copied.library.viewing
        assert viewing.about(copied.case, copied.item, rita).unmatched == ()
        with pytest.raises(errors.NothingToShow, match="no second"):
            viewing.proxy(copied.case, copied.item, Form.GREY, rita, whole=False, from_s=0)


class TestReveal:
    def test_what_is_shown_is_on_record_with_all_that_matters(self, reviewed, rita):
        picture = reveal(reviewed, rita, region=LEFT)
        [shown] = ledger(reviewed, rita)
        assert (shown.case, shown.item, shown.sha256) == (reviewed.case, reviewed.item, reviewed.sha256)
        assert (shown.medium, shown.cover, shown.graphic) == (Medium.STILL, Cover.STYLISED, Graphic.VIOLENT)
        assert shown.area == pytest.approx(0.5, abs=0.01)
        assert shown.seconds == picture.seconds == pytest.approx(1.5, abs=0.03)
        [entry] = audited(reviewed)
        assert (entry.user, entry.request) == (rita.user, "r1")
        assert entry.subject == f"{reviewed.case}/{reviewed.item}"
        assert entry.details["cover"] == "stylised"

    def test_only_the_rectangle_travels(self, reviewed, rita):
        whole = pixels(reveal(reviewed, rita, cover=Cover.GREY, because=WHY).jpeg)
        region = Region(0.25, 0.5, 0.25, 0.25)
        part = pixels(reveal(reviewed, rita, cover=Cover.GREY, region=region, because=WHY).jpeg)
        assert whole.shape == (108, 192, 3)
        assert part.shape == (27, 48, 3)
        assert np.abs(part - whole[54:81, 48:96]).mean() < 6
        assert np.abs(part - whole[0:27, 0:48]).mean() > 12

    def test_nothing_from_outside_bleeds_into_a_stylised_rectangle(self, tmp_path):
        frame = np.zeros((180, 320, 3), np.uint8)
        frame[:, 160:] = 255
        left = covers.covered(covers.cut(frame, LEFT), Cover.STYLISED, 320)
        assert left.shape == (180, 160, 3)
        assert left.max() == 0

    def test_covers_show_less_and_less(self, reviewed, rita):
        made = {
            cover: pixels(reveal(reviewed, rita, cover=cover, because=WHY).jpeg)
            for cover in (Cover.STYLISED, Cover.GREY, Cover.PLAIN)
        }

        def detail(picture):
            return np.abs(np.diff(picture[:, :, 0], axis=1)).mean()

        for grey in (Cover.STYLISED, Cover.GREY):
            assert np.ptp(made[grey], axis=2).max() <= 2
        assert np.ptp(made[Cover.PLAIN], axis=2).max() > 30
        assert detail(made[Cover.STYLISED]) < 0.5 * detail(made[Cover.GREY])

    def test_a_frame_of_the_reference_stands_beside(self, reviewed, rita):
        board = reviewed.library.viewing.storyboard(reviewed.case, reviewed.item)
        number = next(one.number for one in board.frames if one.beside_s is not None)
        own = pixels(reveal(reviewed, rita, board=board.id, frame=number, cover=Cover.GREY, because=WHY).jpeg)
        other = pixels(
            reveal(
                reviewed, rita, board=board.id, frame=number, cover=Cover.GREY, because=WHY, beside=True
            ).jpeg
        )
        assert np.corrcoef(own.ravel(), other.ravel())[0, 1] > 0.8
        newest = ledger(reviewed, rita)[0]
        assert newest.sha256 == reviewed.library.reference(reviewed.reference).sha256
        alone = next(one.number for one in board.frames if one.beside_s is None)
        with pytest.raises(errors.NothingToShow):
            reveal(reviewed, rita, board=board.id, frame=alone, beside=True)


class TestRefused:
    """Forged requests: what a page would not ask for."""

    @pytest.mark.parametrize("own", [None, Cover.COVERED, Cover.STYLISED, Cover.GREY])
    @pytest.mark.parametrize("floor", ["covered", "stylised", "grey"])
    def test_the_floor_holds_at_every_level(self, copied, rita, floor, own):
        viewing, exposure = under(copied, view_floor=",".join([floor] * 3))
        holds = Cover(floor)
        if own is not None and own.shows > holds.shows:
            with pytest.raises(errors.BelowFloor):
                exposure.set_floor(rita.user, own)
            copied.library._store.exposures.set_floor(rita.user, own)  # of a time when more was allowed
        elif own is not None:
            exposure.set_floor(rita.user, own)
            holds = own
        assert viewing.about(copied.case, copied.item, rita).floor is holds
        board = viewing.storyboard(copied.case, copied.item).id
        for cover, full in product((Cover.STYLISED, Cover.GREY, Cover.PLAIN), (False, True)):
            asked = {"viewing": viewing, "board": board, "cover": cover, "full": full}
            before = len(ledger(copied, rita))
            if full or cover is Cover.PLAIN or cover.shows > holds.shows:
                with pytest.raises(errors.BelowFloor):
                    reveal(copied, rita, **asked)
                assert len(ledger(copied, rita)) == len(audited(copied)) == before
                reveal(copied, rita, **asked, because=WHY)
            else:
                reveal(copied, rita, **asked)
            assert len(ledger(copied, rita)) == len(audited(copied)) == before + 1

    def test_without_the_lease_nothing_is_shown_and_nothing_is_on_record(self, reviewed, rita):
        library = reviewed.library
        board = library.viewing.storyboard(reviewed.case, reviewed.item).id
        proxy = library.viewing.make(Form.GREY, reviewed.sha256, {"spans": [[5.5, 7.0]], "cover": "grey"})
        library.cases.release(reviewed.case, user=rita.user, reason="not me")
        otto = reviewing.person("otto")
        for who in (rita, otto):
            for cover in (Cover.STYLISED, Cover.GREY, Cover.PLAIN):
                with pytest.raises(errors.RevealNotAllowed, match=who.user):
                    reveal(reviewed, who, board=board, cover=cover, because=WHY)
            with pytest.raises(errors.RevealNotAllowed):
                library.viewing.piece(reviewed.case, reviewed.item, proxy.id, 0, WHY, who, "r")
            with pytest.raises(errors.RevealNotAllowed):
                library.viewing.proxy(reviewed.case, reviewed.item, Form.PLAIN, who, whole=True, from_s=0)
            assert library.viewing.about(reviewed.case, reviewed.item, who).held is False
        library.cases.take(reviewed.case, user="otto")
        with pytest.raises(errors.RevealNotAllowed):
            reveal(reviewed, rita, board=board, because=WHY)
        assert ledger(reviewed, rita) == ledger(reviewed, otto) == audited(reviewed) == []

    def test_a_lease_that_ended_shows_nothing(self, copied, rita, monkeypatch):
        board = copied.library.viewing.storyboard(copied.case, copied.item).id
        later = datetime.now(UTC) + timedelta(hours=2)
        monkeypatch.setattr(copied.library._store.cases, "_now", lambda: later)
        with pytest.raises(errors.RevealNotAllowed):
            reveal(copied, rita, board=board)

    @pytest.mark.parametrize(
        "region",
        [
            Region(-0.1, 0, 0.5, 0.5),
            Region(0.6, 0, 0.5, 0.5),
            Region(0, 0, 0, 1),
            Region(0, 0, 1.5, 1),
            Region(float("nan"), 0, 0.5, 0.5),
            Region(0, 0, float("inf"), 1),
        ],
    )
    def test_a_region_lies_in_the_frame(self, reviewed, rita, region):
        with pytest.raises(errors.BadRequest, match="region"):
            reveal(reviewed, rita, region=region)
        assert ledger(reviewed, rita) == []

    def test_what_is_of_another_case_or_is_not_there_is_not_shown(self, reviewed, rita, shared, clips):
        library = reviewed.library
        other = a_case(shared, clips["known"]).item
        mine = library.viewing.storyboard(reviewed.case, reviewed.item).id
        with pytest.raises(errors.RecordNotFound):
            library.viewing.reveal(reviewed.case, other, Asked(mine, 0, Cover.STYLISED), rita, "r")
        for wanted in ({"board": "0" * 32}, {"frame": 99}, {"frame": -1}, {"cover": Cover.COVERED}):
            with pytest.raises((errors.RecordNotFound, errors.NothingToShow, errors.BadRequest)):
                reveal(reviewed, rita, **wanted)
        proxy = library.viewing.make(Form.GREY, reviewed.sha256, {"spans": [[5.5, 6.0]], "cover": "grey"})
        with pytest.raises(errors.RecordNotFound):
            reveal(reviewed, rita, board=proxy.id)
        with pytest.raises(errors.RecordNotFound):
            library.viewing.piece(reviewed.case, reviewed.item, mine, 0, WHY, rita, "r")
        assert ledger(reviewed, rita) == []

    @pytest.mark.parametrize("words", ["", "   ", "x" * 501])
    def test_a_reason_has_words(self, words):
        with pytest.raises(errors.BadRequest):
            Because(Reason.OTHER, words)


class TestProxy:
    def test_only_the_seconds_without_a_match_in_short_pieces(self, reviewed, rita):
        library = reviewed.library
        made, task = library.viewing.proxy(
            reviewed.case, reviewed.item, Form.GREY, rita, whole=False, from_s=0.0
        )
        assert made is None
        copy = library.viewing.make(Form.GREY, reviewed.sha256, task["asked"])
        again, _ = library.viewing.proxy(
            reviewed.case, reviewed.item, Form.GREY, rita, whole=False, from_s=0.0
        )
        assert again == copy
        assert copy.parts[0]["start_s"] > 4.3
        lasting = 0.0
        for number, part in enumerate(copy.parts):
            data = library.viewing.piece(reviewed.case, reviewed.item, copy.id, number, WHY, rita, "r2")
            with av.open(io.BytesIO(data)) as file:
                assert [one.codec_context.name for one in file.streams] == ["h264"]
                frames = [one.to_ndarray(format="yuv420p") for one in file.decode(video=0)]
            assert frames
            height = frames[0].shape[0] * 2 // 3
            assert height <= 480
            assert all(set(np.unique(one[height:])) <= {127, 128, 129} for one in frames)
            lasting += part["end_s"] - part["start_s"]
            assert part["end_s"] - part["start_s"] <= 4.0 + 1e-6
        shown = ledger(reviewed, rita)
        assert sum(one.seconds for one in shown) == pytest.approx(lasting)
        assert {(one.medium, one.cover, one.reason) for one in shown} == {
            (Medium.VIDEO, Cover.GREY, Reason.CONTEXT)
        }
        assert len(audited(reviewed)) == len(shown) == len(copy.parts)

    def test_sound_is_apart(self, copied, rita):
        viewing = copied.library.viewing
        _, task = viewing.proxy(copied.case, copied.item, Form.SOUND, rita, whole=True, from_s=0.0)
        copy = viewing.make(Form.SOUND, copied.sha256, task["asked"])
        data = viewing.piece(copied.case, copied.item, copy.id, 1, WHY, rita, "r")
        with av.open(io.BytesIO(data)) as file:
            assert [stream.type for stream in file.streams] == ["audio"]
        assert ledger(copied, rita)[0].medium is Medium.SOUND

    def test_a_long_one_is_cut(self, copied, rita):
        _, task = copied.library.viewing.proxy(
            copied.case, copied.item, Form.GREY, rita, whole=True, from_s=3.0
        )
        [[start_s, end_s]] = task["asked"]["spans"]
        assert (start_s, end_s) == (3.0, pytest.approx(5.0, abs=0.1))


class TestKept:
    def test_what_asks_for_a_person_is_kept_before_there_is_an_item(self, library, clips, monkeypatch):
        library.bank_create("KNOWN")
        list(library.bank_add("KNOWN", [clips["known"]]))
        order = []
        put, record = library.objects.put, library._recorder.record
        monkeypatch.setattr(
            library.objects, "put", lambda source, sha256: (put(source, sha256), order.append("kept"))
        )
        monkeypatch.setattr(
            library._recorder, "record", lambda new: (order.append("recorded"), record(new))[1]
        )
        item = library.cases.item(reviewing.brought(library, clips["longer"]))
        assert order[:2] == ["kept", "recorded"]
        with library.objects.open(item.sha256) as stream:
            assert stream.read() == clips["longer"].read_bytes()

    def test_what_nobody_is_to_look_at_is_not(self, library, clips, tmp_path):
        library.bank_create("KNOWN")
        list(library.bank_add("KNOWN", [clips["known"]]))
        other = reviewing.clip(tmp_path / "other.mp4", seed=31, duration_s=3.0)
        made = uploads.check(library, other, Context(), "up/key")
        assert made.outcomes == ()
        assert list(library.objects.every()) == []

    def test_it_goes_when_its_time_is_over_and_nothing_waits(self, library, clips, rita):
        one = reviewing.reviewed(library, clips["known"], clips["longer"], keep=True)
        library.viewing.storyboard(one.case, one.item)
        reference = library.reference(one.reference).sha256
        now = datetime.now(UTC)
        library._store.working._now = lambda: now + timedelta(days=200)
        assert library.viewing.forget(100) == 1  # the reference's frames: they can be made again
        assert library.objects.has(one.sha256)  # its item waits
        library.cases.decide(dismissal(library.cases.item(one.item)), user="rita", undo_s=0)
        assert library.viewing.forget(100) == 2
        assert library.viewing.forget(100) == 0
        assert list(library.objects.every()) == [reference]
        about = library.viewing.about(one.case, one.item, rita)
        assert about.kept is False
        with pytest.raises(errors.MediaNotKept):
            library.viewing.storyboard(one.case, one.item)

    def test_nothing_is_kept_where_it_is_set_so(self, new_settings, clips, rita):
        with Seawall(new_settings("sqlite", keep_review_days=0.0)) as library:
            one = reviewing.reviewed(library, clips["known"], clips["longer"], keep=False)
            assert list(library.objects.every()) == []
            assert library.viewing.about(one.case, one.item, rita).kept is False
            with pytest.raises(errors.MediaNotKept):
                library.viewing.storyboard(one.case, one.item)


def test_a_transcript_is_words_that_somebody_gave(reviewed, rita):
    library = reviewed.library
    assert library.viewing.about(reviewed.case, reviewed.item, rita).transcript is None
    for said in ("first", "second \x00 <b>"):
        library.viewing.set_transcript(reviewed.sha256, said, actor="speech/key")
    assert "<b>" in library.viewing.about(reviewed.case, reviewed.item, rita).transcript
    with pytest.raises(errors.BadRequest):
        library.viewing.set_transcript(reviewed.sha256, "x" * 200_001, actor="a")


def test_what_was_saved_is_of_what_came_in(reviewed, rita):
    viewing = reviewed.library.viewing
    before = viewing.saved(LONG_AGO, AHEAD)
    assert before.uploaded_s >= 9.0
    assert before.share_shown == pytest.approx(before.shown_s / before.uploaded_s)
    reveal(reviewed, rita)
    after = viewing.saved(LONG_AGO, AHEAD)
    assert after.shown_s - before.shown_s == pytest.approx(3.0)
    assert after.uploaded_s == before.uploaded_s
    assert viewing.saved(LONG_AGO, LONG_AGO).share_shown is None


def test_who_looks_too_long_is_asked_to_rest_and_not_refused(copied, rita):
    _, exposure = under(copied, exposure_run_s=5.0)
    assert exposure.own(rita.user).take_a_break is False
    for _ in range(2):
        reveal(copied, rita)
    own = exposure.own(rita.user)
    assert (own.take_a_break, own.run_s) == (True, pytest.approx(6.0))
    assert exposure.own(rita.user, lambda: datetime.now(UTC) + timedelta(minutes=11)).run_s == 0
    reveal(copied, rita)
    assert exposure.own("otto").today.seconds == 0


def test_managers_are_told_of_many_together_or_nothing(new_settings):
    with Seawall(new_settings("sqlite", exposure_group=2)) as library:
        now = datetime.now(UTC)
        between = (now - timedelta(days=1), now + timedelta(days=1))
        for name, seconds in (("rita", 3.0), ("rita", 4000.0), ("otto", 3.0)):
            library._store.exposures.add(reviewing.person(name), "r", shown(seconds=seconds), {})
            told = library.exposure.together(*between)
            assert (told.people is None) is (name == "rita")
        assert (told.people, told.sums.reveals, told.over_day_limit) == (2, 3, 1)
        assert told.sums.seconds == pytest.approx(4006.0)
        assert told.sums.weighted == pytest.approx(2 * 4006.0)
        for since, until in ((now, now), (now, now - timedelta(days=1)), (LONG_AGO, AHEAD)):
            with pytest.raises(errors.BadRequest):
                library.exposure.together(since, until)


def shown(**change):
    base = Shown("c", "i", "a" * 64, Medium.STILL, Cover.GREY, Graphic.VIOLENT, 0.0, 3.0, 1.0, None, None)
    return dataclasses.replace(base, **change)
