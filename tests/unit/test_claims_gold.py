"""Gold ledgers are read as they are, or refused."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from seawall import errors
from seawall.bench import claims_gold

REPORTS = Path(__file__).resolve().parents[1] / "reports"
TEXT = "Police said two men were held.\n\nThe bridge, officials fear, may fall.\n\nIt fell."


def row(words, **changed):
    start = TEXT.index(words)
    whole = {
        "id": "A01",
        "inc": "A",
        "span": words,
        "start": start,
        "end": start + len(words),
        "kind": "act",
        "attr": "publication",
        "holder": None,
        "hedge": "none",
        "cue": None,
    }
    return {**whole, **changed}


def written(folder, rows, text=TEXT, name="one"):
    folder.mkdir(parents=True, exist_ok=True)
    if text is not None:
        (folder / f"{name}.txt").write_bytes(text.encode())
    ledger = folder / f"{name}.claims.json"
    ledger.write_text(rows if isinstance(rows, str) else json.dumps(rows))
    return ledger


def test_texts_come_by_name_with_their_folder(tmp_path):
    written(tmp_path / "b" / "held", [row("It fell")])
    written(tmp_path, [row("It fell")], name="z")
    (tmp_path / "README.txt").write_text("a text without a ledger")
    texts = claims_gold.read(tmp_path)
    assert [(one.name, one.folder, one.held) for one in texts] == [
        ("b/held/one.txt", "b/held", True),
        ("z.txt", ".", False),
    ]


def test_a_held_folder_is_held_when_it_is_named_itself(tmp_path):
    written(tmp_path / "held", [row("It fell")])
    assert claims_gold.read(tmp_path / "held")[0].held


def test_an_attribution_is_explicit_where_its_line_has_a_word_of_speech(tmp_path):
    rows = [
        row("two men were held", id="A01", attr="named", holder="Police"),
        row("may fall", id="A02", attr="named", holder="officials", hedge="hedged", cue="may"),
        row("It fell", id="A03"),
    ]
    written(tmp_path, rows)
    (one,) = claims_gold.read(tmp_path)
    assert [claim.explicit for claim in one.claims] == [True, False, False]
    assert [claim.hedged for claim in one.claims] == [False, True, False]


def test_a_word_of_speech_inside_a_claim_makes_nothing_explicit(tmp_path):
    text = "It was reported by radio."
    span = "was reported by radio"
    claim = row("It fell") | {
        "span": span,
        "start": 3,
        "end": 3 + len(span),
        "attr": "named",
        "holder": "radio",
    }
    written(tmp_path, [claim], text)
    assert not claims_gold.read(tmp_path)[0].claims[0].explicit


def test_offsets_are_those_of_the_bytes_as_they_are(tmp_path):
    text = "Ça va.\r\nIt fell."
    written(tmp_path, [row("It fell") | {"start": 8, "end": 15}], text)
    assert claims_gold.read(tmp_path)[0].claims[0].span == "It fell"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("[", "Expecting value"),
        ("{}", "not a list"),
        ("[]", "not a list"),
        ("[1]", "not a claim"),
        ([row("It fell", end=9_999)], "no words"),
        ([row("It fell", start="3")], "no words"),
        ([row("It fell", start=-7)], "no words"),
        ([row("It fell", span="It rose")], "not 'It rose'"),
        ([row("It fell", id=7)], "no id"),
        ([row("It fell", attr="radio")], "'radio' is none of"),
        ([row("It fell", attr=[])], "is none of"),
        ([row("It fell", attr="named")], "not who says so"),
        ([row("It fell", hedge="perhaps")], "neither"),
        ([row("It fell", hedge="hedged")], "not what hedges"),
        ([row("It fell", hedge="hedged", cue=3)], "not what hedges"),
    ],
)
def test_a_ledger_that_does_not_hold_is_refused_with_its_name(tmp_path, rows, reason):
    ledger = written(tmp_path, rows)
    with pytest.raises(errors.BadGold, match=re.escape(reason)) as caught:
        claims_gold.read(tmp_path)
    assert str(ledger) in caught.value.message


def test_a_ledger_without_its_text_is_refused(tmp_path):
    written(tmp_path, [row("It fell")], text=None)
    with pytest.raises(errors.BadGold, match=r"no one\.txt"):
        claims_gold.read(tmp_path)


def test_a_text_of_another_encoding_is_refused(tmp_path):
    written(tmp_path, [row("It fell")])
    (tmp_path / "one.txt").write_bytes(b"caf\xe9")
    with pytest.raises(errors.BadGold, match="utf-8"):
        claims_gold.read(tmp_path)


def test_a_folder_without_texts_is_refused(tmp_path):
    with pytest.raises(errors.BadGold, match="no text"):
        claims_gold.read(tmp_path)
    with pytest.raises(errors.PathNotFound):
        claims_gold.read(tmp_path / "none")


# The project's own


def test_the_reports_have_every_kind_of_claim():
    texts = claims_gold.read(REPORTS)
    assert sum(one.held for one in texts) >= 4
    assert sum(not one.held for one in texts) >= 10
    for group in ([one for one in texts if one.held], [one for one in texts if not one.held]):
        claims = [claim for one in group for claim in one.claims]
        assert {claim.attribution for claim in claims} == set(claims_gold.ATTRIBUTIONS)
        assert sum(claim.hedged for claim in claims) >= 20
        named = [claim for claim in claims if claim.attribution == claims_gold.NAMED]
        # Nearly all name their source in so many words, as news do.
        assert sum(claim.explicit for claim in named) >= 0.85 * len(named)


def test_the_reports_are_as_long_as_reports_are():
    for one in claims_gold.read(REPORTS):
        assert 250 <= one.words <= 700, one.name
        assert len(one.claims) >= 20, one.name


def test_every_report_that_is_not_held_is_described():
    page = (REPORTS / "README.md").read_text(encoding="utf-8")
    for one in claims_gold.read(REPORTS):
        assert one.held or Path(one.name).stem in page


def locator():
    spec = importlib.util.spec_from_file_location("locate", REPORTS / "locate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_spans_are_located_by_their_words_and_only_where_they_are_unique():
    locate = locator().locate
    bare = {name: value for name, value in row("It fell").items() if name not in {"start", "end"}}
    assert locate(TEXT, [bare]) == [row("It fell")]
    for changed in ({"span": "It rose"}, {"span": "fe"}, {"cue": "perhaps"}):
        with pytest.raises(ValueError, match="A01"):
            locate(TEXT, [bare | changed])


def test_the_reports_are_as_the_locator_leaves_them():
    locate = locator().locate
    for ledger in REPORTS.rglob("*.claims.json"):
        text = ledger.with_name(ledger.name.replace(".claims.json", ".txt")).read_text(encoding="utf-8")
        claims = json.loads(ledger.read_text(encoding="utf-8"))
        assert locate(text, claims) == claims, ledger.name


def test_no_span_of_a_report_is_annotated_twice():
    for one in claims_gold.read(REPORTS):
        spans = [(claim.start, claim.end) for claim in one.claims]
        assert len(set(spans)) == len(spans), one.name
        assert len({claim.id for claim in one.claims}) == len(one.claims), one.name
