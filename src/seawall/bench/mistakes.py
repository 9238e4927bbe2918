"""Mistakes by name, as parts of a page: what was missed, taken for something else, not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from seawall.bench import markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seawall.bench import audio_report, image_report, report

_OPEN: Final = 24  #: so many are shown at once; of more, a reader opens the list


def missed(rows: Iterable[tuple[str, int, Sequence[str]]]) -> str:
    """Of each edit: its name, how many copies there were, the names of those that Seawall did not find."""
    cells = [
        [
            markup.text(edit),
            f"{len(names)} of {copies}",
            markup.words(", ".join(names)),
        ]
        for edit, copies, names in rows
        if names
    ]
    return markup.table(("edit", "missed", "which"), cells) if cells else "<p>None.</p>"


def by_edit(matches: Sequence[image_report.FalseMatch | audio_report.FalseMatch]) -> str:
    """Every false match of Seawall, the highest score first."""
    return _listed(
        ("query", "edit"),
        [
            (one.query, one.edit, one.reference, one.recommendation, one.score)
            for one in sorted(matches, key=lambda one: -one.score)
        ],
    )


def by_system(matches: Sequence[report.FalseMatch]) -> str:
    """Every false match of every system, the highest score first."""
    return _listed(
        ("system", "query"),
        [
            (one.system, one.query, one.reference, one.recommendation or "match", one.score)
            for one in sorted(matches, key=lambda one: (one.system, -one.score))
        ],
    )


def unchecked(errors: Sequence[tuple[str, str]]) -> str:
    """Every file that Seawall could not check, and what it said. It counts as asked, and not found."""
    cells = [[markup.text(query), markup.words(error)] for query, error in errors]
    return _folded(markup.table(("query", "what was said"), cells), len(cells))


def _listed(heads: tuple[str, str], rows: Sequence[tuple[str, str, str, str, float]]) -> str:
    cells = [
        [markup.text(one), markup.words(two), markup.words(reference), markup.text(said), f"{score:.3f}"]
        for one, two, reference, said, score in rows
    ]
    return _folded(markup.table((*heads, "taken for", "as", "score"), cells), len(cells))


def _folded(table: str, count: int) -> str:
    return markup.folded(f"Every one ({count})", table, opened=count <= _OPEN) if count else "<p>None.</p>"
