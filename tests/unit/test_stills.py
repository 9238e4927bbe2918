"""What becomes of a report's pictures: checked like files, on record whole, claimed to be nothing more."""

import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from seawall import errors
from seawall.claims.pictures import Picture
from seawall.model import match
from seawall.model.bank import ReferenceState
from seawall.model.claim import Span
from seawall.model.content import Content, Kind, Partial
from seawall.model.incident import MediaLink, Still, StillMatch
from seawall.model.report import Line, LineKind, MediumKind
from seawall.model.signal import Signal, SignalType, Skipped, SkipReason
from seawall.reports import page, prose, record, sentences
from seawall.reports.view import View
from seawall.store import NewReference, Store, pictured
from seawall.store.store import FILE_NAME
from seawall.workflows import stills
from seawall.workflows.check import CheckResult, Named

sys.path.insert(0, str(Path(__file__).parent))
import ledger_readings

SEGMENT = match.Segment(SignalType.PDQ, 0, 0, 1.5, 1.5, 1, (), 0.9)
SUGGEST, STRONG = match.Recommendation.SUGGEST, match.Recommendation.STRONG


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path) as opened:
        yield opened


def banked(store, name="K", *, negative=False, value=1):
    if all(bank.name != name for bank in store.banks()):
        store.create_bank(name, negative=negative)
    signal = Signal(SignalType.PDQ, 1, bytes([value]) * 32, 90)
    content = Content(f"{value:064}", f"{value:032}", 7, Kind.VIDEO, "mp4", 3.0, 640, 360)
    return store.add_reference(name, NewReference(content, "video", (signal,), "clip", "test")).id


def named(store, reference, recommendation=STRONG):
    found = match.Match(reference, 0.97, recommendation, 1.0, 0.1, {"video": 0.97}, (SEGMENT,))
    return Named(found, store.reference(reference), None)


def still(sha256, reference=None, **changes):
    matches = () if reference is None else (StillMatch(reference, "K", 0.97, STRONG, (SEGMENT,)),)
    plain = Still(sha256, 1, "5" * 64, 1000, len(ledger_readings.TEXT), None, None, 1, matches)
    return replace(plain, **changes)


def opened(store, *found, new=None):
    new = ledger_readings.document() if new is None else new
    return store.incidents.open("A", replace(new, stills=found), actor="ann")


def caption_of(words):
    start = ledger_readings.TEXT.index(words)
    return Span(start, start + len(words), words)


SHA256 = ledger_readings.document().sha256


class TestChecking:
    PICTURES = (Picture(b"one", 3), Picture(b"two", 6, Line(0, 5, LineKind.CAPTION)))

    def test_each_picture_is_checked_as_a_file_of_its_bytes(self, store):
        seen = []

        def check(path):
            seen.append(path.read_bytes())
            return CheckResult(str(path))

        banked(store)
        banked(store, "GOOD", negative=True, value=2)
        first, second = stills.checked(self.PICTURES, "A line.", SHA256, store.banks, check)
        assert seen == [b"one", b"two"]
        assert (first.number, first.size_bytes, first.offset, first.caption) == (1, 3, 3, None)
        assert (second.number, second.caption) == (2, Span(0, 5, "A lin"))
        assert {first.checked_against, second.checked_against} == {1}

    def test_whatever_stands_in_the_way_is_on_record_and_the_next_goes_on(self, store):
        results = [
            errors.DiskFull(path="/tmp"),
            CheckResult("x", error=errors.DamagedMedia(path="x", reason="y")),
        ]

        def check(path):
            result = results.pop(0)
            if isinstance(result, Exception):
                raise result
            return result

        found = stills.checked(self.PICTURES, "A line.", SHA256, tuple, check)
        assert [one.error for one in found] == ["disk_full", "damaged_media"]
        assert [one.matches for one in found] == [(), ()]

    def test_known_good_content_and_what_is_recommended_for_nothing_are_no_matches(self, store):
        known, good = banked(store), banked(store, "GOOD", negative=True, value=2)
        result = CheckResult(
            "x",
            matches=(
                named(store, known, SUGGEST),
                named(store, known, match.Recommendation.NONE),
                named(store, good),
            ),
        )
        (one,) = stills.checked(self.PICTURES[:1], "A line.", SHA256, store.banks, lambda _: result)
        assert one.matches == (StillMatch(known, "K", 0.97, SUGGEST, (SEGMENT,)),)

    def test_nothing_is_left_of_a_picture_while_it_is_checked(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

        def check(path):
            assert list(tmp_path.iterdir()) == []
            return CheckResult(str(path))

        stills.checked(self.PICTURES, "A line.", SHA256, tuple, check)

    def test_damage_and_what_was_not_compared_stay_with_the_result(self, store):
        flat = Skipped(SignalType.PDQ, SkipReason.LOW_QUALITY)
        result = CheckResult("x", partial=Partial(None, None, 1, "its end is missing"), skipped=(flat,))
        (one,) = stills.checked(self.PICTURES[:1], "A line.", SHA256, tuple, lambda _: result)
        assert (one.damage, one.skipped) == ("its end is missing", (flat,))
        changes = {"damage": one.damage, "skipped": one.skipped}
        view = View.of(
            opened(store, still(SHA256, **changes), still(SHA256, banked(store), number=2, **changes))
        )
        for entry in view.ledger.latest(Still):
            assert sentences.still(view, entry.state).endswith(
                " (damaged: its end is missing; not compared by its whole: low quality)."
            )
        assert record.incident(view)["stills"][0]["skipped"] == [{"signal": "pdq", "reason": "low_quality"}]


class TestRecord:
    def test_it_comes_into_the_record_with_its_report(self, store):
        known = banked(store)
        ledger = opened(store, still(SHA256, known))
        (entry,) = ledger.latest(Still)
        assert entry.state == still(SHA256, known)
        assert store.incidents.ledger(ledger.id).latest(Still) == ledger.latest(Still)
        assert ledger.latest(MediaLink) == ()

    def test_a_caption_that_singles_out_a_medium_links_it(self, store):
        known = banked(store)
        caption = caption_of("A film has been released showing a ferry being taken from the quay of Orrin.")
        ledger = opened(store, still(SHA256, known, caption=caption))
        (entry,) = ledger.latest(Still)
        (link,) = ledger.latest(MediaLink)
        assert entry.state.medium == link.state.medium == ledger.media[0].id
        assert (link.state.reference, link.reason) == (
            known,
            f"a match of picture 1 of the report, {'5' * 64}",
        )
        unknown = opened(store, still(SHA256, caption=caption))
        assert unknown.latest(MediaLink) == ()

    def test_a_caption_with_two_of_a_kind_singles_out_none_and_a_still_comes_before_its_video(self, store):
        document = opened(store).documents[0]
        everything = Span(0, len(document.text), document.text)
        videos = [one for one in document.reading.media if one.kind is MediumKind.VIDEO]
        photo = replace(videos[0], id="still", kind=MediumKind.PHOTO)

        def told(*media):
            reading = replace(document.reading, media=media)
            return pictured.captioned(replace(document, reading=reading), everything)

        assert told(videos[0]) == videos[0].id
        assert told(videos[0], photo) == "still"
        assert told(videos[0], replace(videos[0], id="other")) is None
        assert told(photo, replace(photo, id="other"), videos[0]) is None
        assert told(replace(videos[0], kind=MediumKind.AUDIO)) is None
        assert pictured.captioned(document, None) is None

    def test_a_reference_that_went_between_check_and_record_is_no_match(self, store):
        kept, gone, withdrawn = (banked(store, value=value) for value in (1, 2, 3))
        store.remove_reference(gone, "ann", "why")
        store.set_state(withdrawn, ReferenceState.WITHDRAWN, "ann", "why")
        matches = tuple(StillMatch(one, "K", 0.97, STRONG, (SEGMENT,)) for one in (kept, gone, withdrawn))
        ledger = opened(store, still(SHA256, matches=matches))
        assert [one.reference for one in ledger.latest(Still)[0].state.matches] == [kept]

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"document": "9" * 64}, errors.EntryNotFound),
            ({"offset": 10_000}, ValueError),
            ({"number": 0}, ValueError),
            ({"caption": Span(0, 5, "Other")}, errors.SpanNotInText),
        ],
    )
    def test_what_breaks_a_law_leaves_nothing_of_the_report_either(self, store, changes, error):
        with pytest.raises(error):
            opened(store, still(SHA256, **changes))
        assert store.incidents.every() == []

    def test_a_match_has_segments_and_a_medium_its_caption(self, store):
        known = banked(store)
        ledger = opened(store)
        empty = (StillMatch(known, "K", 0.97, STRONG, ()),)
        for changes in ({"matches": empty}, {"medium": ledger.media[0].id}):
            wrong = still(SHA256, **changes)
            with pytest.raises(errors.UsageError):
                store.incidents.revise(ledger.id, lambda _, wrong=wrong: [wrong], actor="ann", reason="why")

    def test_a_failure_among_the_pictures_leaves_neither_them_nor_the_report(
        self, store, tmp_path, monkeypatch
    ):
        def broken(*_):
            raise errors.DiskFull(path="/tmp")

        monkeypatch.setattr(pictured, "links", broken)
        with pytest.raises(errors.DiskFull):
            opened(store, still(SHA256))
        with sqlite3.connect(tmp_path / FILE_NAME) as connection:
            for table in ("incident", "document", "revision"):
                assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        connection.close()


class TestPrinted:
    def test_every_outcome_has_its_sentence(self, store):
        known = banked(store)
        ledger = opened(
            store,
            still(SHA256, known),
            still(SHA256, number=2),
            still(SHA256, number=3, checked_against=0),
            still(SHA256, number=4, error="damaged_media"),
            still(SHA256, known, number=5, error="damaged_media"),
        )
        view = View.of(ledger)
        said = [sentences.still(view, one.state) for one in ledger.latest(Still)]
        name = "of the report of The Chronicle, 2025-03-14,"
        match_of = f"matches reference {known} of bank K, strong; by the picture, not by the text."
        assert said == [
            f"Picture 1 {name} {match_of}",
            f"Picture 2 {name} was checked against the banks: nothing is known of it.",
            f"Picture 3 {name} was checked against nothing: no bank holds a reference.",
            f"Picture 4 {name} could not be checked: damaged_media.",
            f"Picture 5 {name} {match_of}",
        ]
        for text in (page.render(view), prose.incident(view).replace("\\", "")):
            assert all(one in text for one in said)
            assert "5" * 64 in text
            assert "1000 bytes, at character" in text
        assert [one["error"] for one in record.incident(view)["stills"]] == [
            *(None, None, None, "damaged_media", "damaged_media"),
        ]

    def test_a_caption_shows_no_protected_name(self, store):
        line = "The boy, who is no more than twelve years of age, is named as Timo Varga."
        view = View.of(opened(store, still(SHA256, caption=caption_of(line))))
        for text in (page.render(view), prose.incident(view), str(record.incident(view))):
            assert "Varga" not in text
            assert "█" in text
