"""What a person is shown: no more than the floor, the lease and a reason allow, and all of it on record."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seawall import errors
from seawall.model.match import Region
from seawall.model.viewing import Because, Cover, Graphic, Medium, Reason
from seawall.workflows.library import Seawall
from seawall.workflows.viewing import Asked
from seawall.workflows.working import Form

sys.path.insert(0, str(Path(__file__).parent))
import reviewing

WHY = Because(Reason.CONTEXT, "is it a news report?")
LEFT = Region(0.0, 0.0, 0.5, 1.0)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    known = reviewing.clip(folder / "known.mp4")
    other = reviewing.clip(folder / "other.mp4", seed=9, duration_s=4.0)
    return {"known": known, "longer": reviewing.joined(folder / "longer.mp4", known, other)}


@pytest.fixture
def library(new_settings):
    with Seawall(new_settings("sqlite")) as made:
        yield made


@pytest.fixture
def reviewed(library, clips):
    return reviewing.reviewed(library, clips["known"], clips["longer"])


@pytest.fixture
def rita():
    return reviewing.person()


def reveal(one, who, request="r1", **asked):
    board = asked.pop("board", None) or one.library.viewing.storyboard(one.case, one.item).id
    wanted = {"frame": 0, "cover": Cover.STYLISED, **asked}
    return one.library.viewing.reveal(one.case, one.item, Asked(board, **wanted), who, request)


def pixels(jpeg):
    return np.asarray(Image.open(io.BytesIO(jpeg)), np.int16)


def ledger(library, user="rita"):
    return [entry.shown for _, entry in library.exposure.entries(user, before=None, limit=1000)]


def audited(library):
    return [one for one in library.access.entries(limit=1000) if one.action == "viewing_reveal"]


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
        assert span.start_s == pytest.approx(8.0, abs=0.7)
        assert span.end_s == pytest.approx(12.0, abs=0.2)
        assert ledger(reviewed.library) == []

    def test_a_storyboard_is_few_frames_most_of_what_is_not_known(self, reviewed):
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
        assert ledger(reviewed.library) == []

    def test_it_is_made_once(self, reviewed, monkeypatch):
        first = reviewed.library.viewing.storyboard(reviewed.case, reviewed.item)
        monkeypatch.setattr(reviewed.library._sandbox, "run", None)
        assert reviewed.library.viewing.storyboard(reviewed.case, reviewed.item) == first

    def test_a_sound_has_an_outline_and_a_silent_film_none(self, library, clips):
        one = reviewing.reviewed(library, clips["known"], clips["known"])
        peaks, step_s = library.viewing.peaks(one.case, one.item)
        assert len(peaks) * step_s == pytest.approx(8.0, abs=0.2)
        assert 10 < max(peaks) <= 100

    def test_a_silent_film_has_no_outline(self, reviewed):
        assert reviewed.library.viewing.peaks(reviewed.case, reviewed.item) == ([], 0.0)

    def test_a_full_copy_leaves_nothing_to_look_at(self, library, clips, rita):
        one = reviewing.reviewed(library, clips["known"], clips["known"])
        assert library.viewing.about(one.case, one.item, rita).unmatched == ()
        with pytest.raises(errors.NothingToShow, match="no second"):
            library.viewing.proxy(one.case, one.item, Form.GREY, rita, whole=False, from_s=0)


class TestReveal:
    def test_what_is_shown_is_on_record_with_all_that_matters(self, reviewed, rita):
        picture = reveal(reviewed, rita, region=LEFT)
        [shown] = ledger(reviewed.library)
        assert (shown.case, shown.item, shown.sha256) == (reviewed.case, reviewed.item, reviewed.sha256)
        assert (shown.medium, shown.cover, shown.graphic) == (Medium.STILL, Cover.STYLISED, Graphic.VIOLENT)
        assert shown.area == pytest.approx(0.5, abs=0.01)
        assert shown.seconds == picture.seconds == pytest.approx(1.5, abs=0.03)
        [entry] = audited(reviewed.library)
        assert (entry.user, entry.request) == ("rita", "r1")
        assert entry.subject == f"{reviewed.case}/{reviewed.item}"
        assert entry.details["cover"] == "stylised"

    def test_only_the_rectangle_travels(self, reviewed, rita):
        whole = pixels(reveal(reviewed, rita, cover=Cover.GREY, because=WHY).jpeg)
        region = Region(0.25, 0.5, 0.25, 0.25)
        part = pixels(reveal(reviewed, rita, cover=Cover.GREY, region=region, because=WHY).jpeg)
        assert whole.shape == (180, 320, 3)
        assert part.shape == (45, 80, 3)
        assert np.abs(part - whole[90:135, 80:160]).mean() < 6
        assert np.abs(part - whole[0:45, 0:80]).mean() > 12

    def test_nothing_from_outside_bleeds_into_a_stylised_rectangle(self, tmp_path):
        from seawall.media import covers

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
        assert np.abs(own - other).mean() < 12
        newest = ledger(reviewed.library)[0]
        assert newest.sha256 == reviewed.library.reference(reviewed.reference).sha256
        alone = next(one.number for one in board.frames if one.beside_s is None)
        with pytest.raises(errors.NothingToShow):
            reveal(reviewed, rita, board=board.id, frame=alone, beside=True)


class TestRefused:
    """Forged requests: what a page would not ask for."""

    @pytest.mark.parametrize("own", [None, Cover.COVERED, Cover.STYLISED])
    @pytest.mark.parametrize("floor", ["covered", "stylised", "grey"])
    def test_the_floor_holds_at_every_level(self, new_settings, clips, floor, own):
        settings = new_settings("sqlite", view_floor=",".join([floor] * 3))
        with Seawall(settings) as library:
            one = reviewing.reviewed(library, clips["known"], clips["known"])
            who = reviewing.person()
            if own is not None and own.shows <= Cover(floor).shows:
                library.exposure.set_floor("rita", own)
            holds = min(Cover(floor), own or Cover.PLAIN, key=lambda cover: cover.shows)
            if own is not None and own.shows > Cover(floor).shows:
                holds = Cover(floor)
                with pytest.raises(errors.BelowFloor):
                    library.exposure.set_floor("rita", own)
            board = library.viewing.storyboard(one.case, one.item).id
            allowed = 0
            for cover, full in product((Cover.STYLISED, Cover.GREY, Cover.PLAIN), (False, True)):
                asked = {"board": board, "cover": cover, "full": full}
                if full or cover is Cover.PLAIN or cover.shows > holds.shows:
                    with pytest.raises(errors.BelowFloor):
                        reveal(one, who, **asked)
                    assert len(ledger(library)) == allowed
                else:
                    allowed += 1
                reveal(one, who, **asked, because=WHY if full or cover.shows > holds.shows else None)
                allowed = len(ledger(library))

    def test_without_the_lease_nothing_is_shown_and_nothing_is_on_record(self, reviewed, rita):
        library = reviewed.library
        board = library.viewing.storyboard(reviewed.case, reviewed.item).id
        proxy = library.viewing.make(Form.GREY, reviewed.sha256, {"spans": [[8.5, 10.0]], "cover": "grey"})
        library.cases.release(reviewed.case, user="rita", reason="not me")
        for who in (rita, reviewing.person("otto")):
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
        assert ledger(library) == ledger(library, "otto") == audited(library) == []

    def test_a_lease_that_ended_shows_nothing(self, new_settings, clips, rita):
        with Seawall(new_settings("sqlite")) as library:
            one = reviewing.reviewed(library, clips["known"], clips["known"])
            board = library.viewing.storyboard(one.case, one.item).id
            later = datetime.now(UTC) + timedelta(hours=2)
            library._store.cases._now = lambda: later
            with pytest.raises(errors.RevealNotAllowed):
                reveal(one, rita, board=board)

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
        assert ledger(reviewed.library) == []

    def test_what_is_of_another_case_or_is_not_there_is_not_shown(self, reviewed, rita, clips):
        library = reviewed.library
        other = reviewing.brought(library, clips["known"], post="p")
        mine = library.viewing.storyboard(reviewed.case, reviewed.item).id
        with pytest.raises(errors.RecordNotFound):
            library.viewing.reveal(reviewed.case, other, Asked(mine, 0, Cover.STYLISED), rita, "r")
        for wanted in ({"board": "0" * 32}, {"frame": 99}, {"frame": -1}, {"cover": Cover.COVERED}):
            with pytest.raises((errors.RecordNotFound, errors.NothingToShow, errors.BadRequest)):
                reveal(reviewed, rita, **wanted)
        proxy = library.viewing.make(Form.GREY, reviewed.sha256, {"spans": [[8.5, 9.0]], "cover": "grey"})
        with pytest.raises(errors.RecordNotFound):
            reveal(reviewed, rita, board=proxy.id)
        with pytest.raises(errors.RecordNotFound):
            library.viewing.piece(reviewed.case, reviewed.item, mine, 0, WHY, rita, "r")
        assert ledger(library) == []

    @pytest.mark.parametrize("words", ["", "   ", "x" * 501])
    def test_a_reason_has_words(self, words):
        with pytest.raises(errors.BadRequest):
            Because(Reason.OTHER, words)


class TestProxy:
    def test_only_the_seconds_without_a_match_in_short_pieces(self, reviewed, rita):
        import av

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
        assert copy.parts[0]["start_s"] > 7.3
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
        shown = ledger(library)
        assert sum(one.seconds for one in shown) == pytest.approx(lasting)
        assert {(one.medium, one.cover, one.reason) for one in shown} == {
            (Medium.VIDEO, Cover.GREY, Reason.CONTEXT)
        }
        assert len(audited(library)) == len(shown) == len(copy.parts)

    def test_sound_is_apart(self, library, clips, rita):
        import av

        one = reviewing.reviewed(library, clips["known"], clips["known"])
        _, task = library.viewing.proxy(one.case, one.item, Form.SOUND, rita, whole=True, from_s=0.0)
        copy = library.viewing.make(Form.SOUND, one.sha256, task["asked"])
        data = library.viewing.piece(one.case, one.item, copy.id, 1, WHY, rita, "r")
        with av.open(io.BytesIO(data)) as file:
            assert [stream.type for stream in file.streams] == ["audio"]
        assert ledger(library)[0].medium is Medium.SOUND


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
        from seawall.model.seen import Context
        from seawall.workflows import uploads

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
        sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
        from platforms import dismissal

        library.cases.decide(dismissal(library.cases.item(one.item)), user="rita")
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
    saved = reviewed.library.viewing.saved(LONG_AGO, AHEAD)
    assert saved.uploaded_s == pytest.approx(12.0, abs=0.2)
    assert (saved.shown_s, saved.share_shown) == (0, 0)
    reveal(reviewed, rita)
    saved = reviewed.library.viewing.saved(LONG_AGO, AHEAD)
    assert saved.shown_s == pytest.approx(3.0)
    assert saved.share_shown == pytest.approx(0.25, abs=0.01)


def test_who_looks_too_long_is_asked_to_rest_and_not_refused(new_settings, clips, rita):
    with Seawall(new_settings("sqlite", exposure_run_s=5.0)) as library:
        one = reviewing.reviewed(library, clips["known"], clips["known"])
        assert library.exposure.own("rita").take_a_break is False
        for _ in range(2):
            reveal(one, rita)
        own = library.exposure.own("rita")
        assert (own.take_a_break, own.run_s) == (True, pytest.approx(6.0))
        reveal(one, rita)
        assert library.exposure.own("otto").today.seconds == 0


def test_managers_are_told_of_many_together_or_nothing(new_settings, clips):
    with Seawall(new_settings("sqlite", exposure_group=2)) as library:
        one = reviewing.reviewed(library, clips["known"], clips["known"])
        reveal(one, reviewing.person())
        now = datetime.now(UTC)
        between = (now - timedelta(days=1), now + timedelta(days=1))
        assert library.exposure.together(*between).people is None
        library.cases.release(one.case, user="rita", reason="done")
        library.cases.take(one.case, user="otto")
        reveal(one, reviewing.person("otto"))
        told = library.exposure.together(*between)
        assert (told.people, told.sums.reveals, told.over_day_limit) == (2, 2, 0)
        assert told.sums.seconds == pytest.approx(6.0)
        for since, until in ((now, now), (now, now - timedelta(days=1)), (LONG_AGO, AHEAD)):
            with pytest.raises(errors.BadRequest):
                library.exposure.together(since, until)
