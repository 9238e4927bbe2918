"""Several edits of different kinds, one after the other, drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from seawall.bench import catalogue
from seawall.bench.edit import Edit, Level

if TYPE_CHECKING:
    import numpy as np

    from seawall.bench.step import Draw, Step


def draw(
    rng: np.random.Generator,
    length: int,
    *,
    levels: tuple[Level, ...] = ("standard",),
    without: tuple[str, ...] = (),
) -> tuple[Edit, ...]:
    """`length` single edits of those levels, no two of one group, in the order in which they are made.

    without: groups that are left out.
    Raises ValueError for more edits than there are groups.
    """
    groups: dict[str, list[Edit]] = {}
    for edit in catalogue.SINGLES:
        if edit.level in levels and edit.group not in without:
            groups.setdefault(edit.group, []).append(edit)
    if length > len(groups):
        raise ValueError(f"{length} edits of different kinds are more than the {len(groups)} there are")
    names = sorted(groups)
    chosen = [groups[names[number]] for number in rng.permutation(len(names))[:length]]
    return tuple(group[rng.integers(len(group))] for group in chosen)


def steps(edits: tuple[Edit, ...], rng: np.random.Generator, length_s: float) -> tuple[Step, ...]:
    """What all of them do to a clip of so many seconds."""
    return tuple(step for edit in edits if edit.draw for step in edit.draw(rng, length_s))


def _chained(length: int) -> Draw:
    return lambda rng, length_s: steps(draw(rng, length), rng, length_s)


def _chain(length: int, level: Level, *, promised: bool = False) -> Edit:
    return Edit(
        name=f"chain_{length}_{level}",
        what=f"{length} standard edits of different kinds",
        family=f"chain_{length}",
        group="chain",
        level=level,
        promised=promised,
        draw=_chained(length),
    )


def _distractor(number: int) -> Edit:
    return Edit(
        name=f"distractor_{number}",
        what="no copy: another clip through one to four edits of different kinds",
        family="distractor",
        draw=lambda rng, length_s: steps(
            draw(rng, int(rng.integers(1, 5)), levels=("mild", "standard", "severe")), rng, length_s
        ),
    )


CHAINS: Final = (_chain(2, "mild"), _chain(3, "standard", promised=True), _chain(5, "severe"))
#: for clips that are no reference: whatever is found in these is false
DISTRACTORS: Final = tuple(_distractor(number) for number in range(4))
