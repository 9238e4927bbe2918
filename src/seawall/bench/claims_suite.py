"""The claims suite: texts with gold ledgers, read as `seawall incident open` reads them.

Figures go by text, by folder and over all. Texts in a folder named `held` are judged with the others and
shown with nobody: neither their own figures nor what was missed in them.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from seawall import errors
from seawall.bench import claims_gold, claims_match, claims_metrics, claims_report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from seawall.model.report import Reading

Progress = Callable[[str, int, int], None]
#: a text and the day it was published, if that is known
Reader = Callable[[str, "date | None"], "Reading"]

MISSES: Final = 60
_CONTEXT: Final = 60  #: characters beside a span
#: Read once before the clock runs, so that loading a model is told apart.
_FIRST: Final = "Officials said on Monday that the bridge was closed."


def run(
    folder: Path, seed: int, progress: Progress, reader: Reader | None = None
) -> claims_report.ClaimsReport:
    """Run the suite over every text under the folder that has a gold ledger.

    seed: draws the texts for the intervals.
    reader: reads a text; None for the one that incidents are opened with.

    Raises errors.PathNotFound, errors.BadGold.
    """
    texts = claims_gold.read(folder)
    reader = reader or shipped()
    started = time.perf_counter()
    reader(_FIRST, None)
    load_s = time.perf_counter() - started
    judged: list[claims_metrics.Judged] = []
    failed: list[tuple[str, str]] = []
    seconds: list[float] = []
    for done, text in enumerate(texts, 1):
        started = time.perf_counter()
        try:
            reading = reader(text.text, None)
        except errors.SeawallError as error:
            reading = None
            failed.append((text.name, error.message))
        seconds.append(time.perf_counter() - started)
        judged.append(claims_metrics.judge(text, reading))
        progress("texts", done, len(texts))
    return _report(judged, seconds, failed, load_s=load_s, seed=seed)


def shipped() -> Reader:
    """The reader of incidents. Only here: its models take longer to import than all other suites."""
    reader: Reader = importlib.import_module("seawall.claims.reading").read
    return reader


def _report(
    judged: Sequence[claims_metrics.Judged],
    seconds: Sequence[float],
    failed: Sequence[tuple[str, str]],
    *,
    load_s: float,
    seed: int,
) -> claims_report.ClaimsReport:
    folders: dict[str, list[claims_metrics.Judged]] = {}
    for one in judged:
        folders.setdefault(one.annotated.folder, []).append(one)
    spent = sum(seconds)
    return claims_report.ClaimsReport(
        settings={
            "seed": seed,
            "strict_iou": claims_match.STRICT_IOU,
            "holder_overlap": claims_match.HOLDER_OVERLAP,
        },
        texts=tuple(_text(one, taken) for one, taken in zip(judged, seconds, strict=True)),
        folders=tuple(_row(name, members, seed) for name, members in folders.items()),
        together=_row("all", judged, seed),
        misses=_misses(judged),
        errors=tuple(failed),
        speed=claims_report.Speed(
            load_s=round(load_s, 3),
            read_s=round(spent, 3),
            words_per_s=round(sum(one.annotated.words for one in judged) / spent, 1) if spent else None,
        ),
    )


def _text(one: claims_metrics.Judged, seconds: float) -> claims_report.TextRow:
    annotated = one.annotated
    return claims_report.TextRow(
        name=annotated.name,
        held=annotated.held,
        words=annotated.words,
        claims=len(annotated.claims),
        seconds=round(seconds, 3),
        proposals=None if annotated.held else one.proposals,
        shares=None if annotated.held else one.shares,
    )


def _row(name: str, members: Sequence[claims_metrics.Judged], seed: int) -> claims_report.Row:
    failings = [
        failing for one in members for verdict in one.verdicts if (failing := claims_metrics.failing(verdict))
    ]
    return claims_report.Row(
        name=name,
        texts=len(members),
        claims=sum(len(one.annotated.claims) for one in members),
        proposals=sum(one.proposals for one in members),
        unmatched_named=sum(one.unmatched_named for one in members),
        counts=claims_metrics.pooled(members),
        figures=claims_metrics.estimates(members, seed),
        failings={what: count for what in claims_metrics.FAILINGS if (count := failings.count(what))},
    )


def _misses(judged: Sequence[claims_metrics.Judged]) -> tuple[claims_report.Miss, ...]:
    """The worst; of equally bad ones, of every text in turn, so that one bad text does not fill the list."""
    ranked = []
    for one in judged:
        if one.annotated.held:
            continue
        for worst, what in enumerate(claims_metrics.FAILINGS):
            found = [verdict for verdict in one.verdicts if claims_metrics.failing(verdict) == what]
            found.sort(key=lambda verdict: verdict.iou)
            ranked += [((worst, turn), _miss(what, one, verdict)) for turn, verdict in enumerate(found)]
    ranked.sort(key=lambda miss: miss[0])
    return tuple(miss for _, miss in ranked[:MISSES])


def _miss(failing: str, one: claims_metrics.Judged, verdict: claims_match.Verdict) -> claims_report.Miss:
    gold, proposal, text = verdict.gold, verdict.proposal, one.annotated.text
    inner = None if proposal is None else proposal.attribution[0]
    return claims_report.Miss(
        text=one.annotated.name,
        claim=gold.id,
        failing=failing,
        before=text[max(0, gold.start - _CONTEXT) : gold.start],
        span=gold.span,
        after=text[gold.end : gold.end + _CONTEXT],
        attribution=gold.attribution,
        holder=gold.holder,
        cue=gold.cue,
        proposed=None if proposal is None else proposal.span.text,
        proposed_kind=None if inner is None else inner.kind.value,
        proposed_source=None if inner is None else inner.source,
        proposed_hedge=None if proposal is None else proposal.hedge.level.value,
        rule=None if proposal is None else proposal.rule,
    )
