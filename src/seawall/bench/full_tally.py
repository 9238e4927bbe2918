"""Everything that was answered in a run of the full suite becomes its report."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from seawall.bench import figures, full_report, judged, metrics, mixes, report, splice
from seawall.bench.report import FalseMatch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from seawall.bench import bootstrap, corpus, weight
    from seawall.bench.edit import Edit

    Wanted = Callable[[judged.Judged], bool]

SEAWALL: Final = "seawall"
LOOKALIKE: Final = "made to look alike"  #: a kind of queries that show nothing banked
_WHAT: Final = "this program"


class Tally:
    """All systems' judged answers to the same queries."""

    def __init__(
        self,
        by_system: Mapping[str, Sequence[judged.Judged]],
        sources: bootstrap.Sources,
        timings_ms: Mapping[str, Mapping[str, float]],
        kinds: Mapping[str, str],
    ) -> None:
        """timings_ms: Seawall's, by query and stage. kinds: of the queries that show nothing banked."""
        self.judged = by_system
        self._sources, self._timings_ms, self._kinds = sources, timings_ms, kinds
        self._natural = {
            name: [one for one in some if kinds.get(one.query.name) != LOOKALIKE]
            for name, some in by_system.items()
        }
        self._limits = {
            name: figures.Limits(figures.highest_false(self._natural[name]), figures.highest_false(some))
            for name, some in by_system.items()
        }

    def report(
        self,
        *,
        settings: Mapping[str, object],
        corpus: report.CorpusSummary,
        peers: Mapping[str, str],
        peers_left_out: tuple[full_report.LeftOut, ...],
        edits: Sequence[Edit],
        unrelated_pairs: int,
        bank: weight.Weight,
        timings_s: Mapping[str, float],
    ) -> full_report.FullReport:
        """All figures; lookalikes count in rows of their own and in what is above every false match.

        peers: what each peer's rule is. edits: in the order in which they are shown.
        """
        systems = tuple(
            figures.system(
                name,
                peers.get(name, _WHAT),
                some,
                self._sources,
                self._limits[name],
                locates=name == SEAWALL,
            )
            for name, some in self._natural.items()
        )
        return full_report.FullReport(
            settings=settings,
            corpus=corpus,
            systems=systems,
            peers_left_out=peers_left_out,
            spliced=self._located((mixes.NAME, splice.NAME)),
            compilations=self._located((mixes.NAME,)),
            levels=tuple(self._levels()),
            edits=tuple(self._edits(edits)),
            unrelated=tuple(self._unrelated()),
            unrelated_pairs=unrelated_pairs,
            # Uploads of which one in ten was made to look alike are no realistic mix.
            cost=figures.cost(self._natural[SEAWALL], self._timings_ms, self._sources),
            weight=bank,
            false_matches=tuple(self._false_matches()),
            asked=tuple(map(self._asked, self.judged[SEAWALL])),
            timings_s=dict(timings_s),
        )

    def _located(self, edits: Collection[str]) -> figures.Located:
        """Of Seawall, over queries made in these ways and all unrelated ones."""
        own = self._natural[SEAWALL]
        asked = [one for one in own if one.query.edit in edits or not one.query.truth]
        return figures.located(asked, self._sources)

    def _levels(self) -> Iterator[full_report.LevelRow]:
        copies = [one for one in self.judged[SEAWALL] if one.query.truth]
        for level in dict.fromkeys(one.query.level for one in copies):
            if level is not None:
                yield full_report.LevelRow(level, self._recall(partial(_is_copy_at, level)))

    def _edits(self, edits: Sequence[Edit]) -> Iterator[full_report.EditRow]:
        for edit in edits:
            own = [one.verdict for one in self.judged[SEAWALL] if _is_copy_by(edit.name, one)]
            if own:
                yield full_report.EditRow(
                    edit=edit.name,
                    family=edit.family,
                    level=edit.level,
                    what=edit.what,
                    promised=edit.promised,
                    seawall=metrics.row(own),
                    recall=self._recall(partial(_is_copy_by, edit.name)),
                    false_matches={
                        name: sum(len(one.verdict.false) for one in some if _is_copy_by(edit.name, one))
                        for name, some in self.judged.items()
                    },
                )

    def _recall(self, wanted: Wanted) -> dict[str, figures.Recall]:
        return {
            name: figures.recall(
                [one for one in some if wanted(one)],
                self._sources,
                self._limits[name],
                locates=name == SEAWALL,
            )
            for name, some in self.judged.items()
        }

    def _unrelated(self) -> Iterator[full_report.Unrelated]:
        for kind in dict.fromkeys(self._kinds.values()):
            own = [one for one in self.judged[SEAWALL] if self._kinds.get(one.query.name) == kind]
            yield full_report.Unrelated(
                kind=kind,
                queries=len(own),
                hours=round(sum(one.query.duration_s for one in own) / 3600, 4),
                false_matches={
                    name: sum(
                        len(one.verdict.false) for one in some if self._kinds.get(one.query.name) == kind
                    )
                    for name, some in self.judged.items()
                },
            )

    def _false_matches(self) -> Iterator[FalseMatch]:
        for name, some in self.judged.items():
            for one in some:
                for found in one.verdict.false:
                    said = found.recommendation if name == SEAWALL else None
                    yield FalseMatch(name, one.query.name, found.reference, said, found.score)

    def _asked(self, one: judged.Judged) -> full_report.Asked:
        query, right = one.query, one.verdict.right
        return full_report.Asked(
            query=query.name,
            edit=query.edit,
            level=query.level,
            chain=query.chain,
            source=query.source,
            duration_s=round(query.duration_s, 3),
            is_copy=one.is_copy,
            recommendation=right.recommendation if right else None,
            score=one.best_right,
            false_matches=len(one.verdict.false),
            error=one.verdict.error,
            timing_ms=self._timings_ms[query.name],
        )


def summary(
    folder: str, read: corpus.Corpus, halves: Sequence[Sequence[corpus.Clip]]
) -> report.CorpusSummary:
    """What was measured on. halves: `tune` and `report`."""
    real = [clip for clip in read.clips if not clip.synthetic]
    return report.CorpusSummary(
        folder=folder,
        clips=len(real),
        synthetic=len(read.clips) - len(real),
        frames=sum(len(clip.times_s) for clip in real),
        duration_s=round(sum(clip.duration_s for clip in real), 3),
        folds=tuple(tuple(clip.name for clip in half) for half in halves),
        dropped=read.dropped,
        related=read.related,
    )


def _is_copy_by(edit: str, one: judged.Judged) -> bool:
    return one.query.edit == edit and bool(one.query.truth)


def _is_copy_at(level: str, one: judged.Judged) -> bool:
    return one.query.level == level and bool(one.query.truth)
