"""Edits in time: faster, backwards, in another order, with a new opening; and another sound track."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall.bench import sounds, timeline
from seawall.bench.step import Draw, Step, pick

if TYPE_CHECKING:
    from seawall.bench.step import Samples

_BLOCK_S: Final = (2.0, 4.0)
_OPENING: Final = 0.1
_QUIET: Final = 0.003  #: root mean square; below that nothing is heard


def speed(*factors: float) -> Draw:
    """Picture and sound faster or slower; the pitch changes with it or stays, as the draw will have it."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        factor, keep = pick(rng, *factors), bool(rng.integers(2))
        return (
            Step(
                f"speed(factor={factor:g}, pitch={'kept' if keep else 'changed'})",
                time=lambda line: timeline.at_speed(line, factor),
                keep_pitch=keep,
            ),
        )

    return draw


def backwards(_rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
    """From end to start."""
    return (Step("reversed", time=timeline.turned),)


def trim(longest_s: float) -> Draw:
    """So many seconds from anywhere."""

    def draw(rng: np.random.Generator, length_s: float) -> tuple[Step, ...]:
        kept_s = min(longest_s, 0.8 * length_s)
        start_s = float(rng.uniform(0, length_s - kept_s))
        return (
            Step(
                f"trim(start_s={start_s:.3f}, length_s={kept_s:.3f})",
                time=lambda line: timeline.cut(line, *_scaled(line, length_s, start_s, start_s + kept_s)),
            ),
        )

    return draw


def new_opening(share: float = _OPENING) -> Draw:
    """The first part replaced by other footage."""

    def draw(_rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        def change(line: timeline.Timeline) -> timeline.Timeline:
            total_s = timeline.length_s(line)
            opening = timeline.Piece(1, share * total_s, 0.0)
            return opening, *timeline.cut(line, share * total_s, total_s)

        return (Step(f"new_opening(share={share})", time=change, others=1),)

    return draw


def shuffled(rng: np.random.Generator, length_s: float) -> tuple[Step, ...]:
    """Cut into blocks of two to four seconds, which come in another order."""
    cuts = _block_ends(rng, length_s)
    blocks = list(pairwise(cuts))
    order = list(range(len(blocks)))
    while len(order) > 1 and order == sorted(order):
        order = [int(number) for number in rng.permutation(len(blocks))]

    def change(line: timeline.Timeline) -> timeline.Timeline:
        parts = [timeline.cut(line, *_scaled(line, length_s, *blocks[number])) for number in order]
        return tuple(piece for part in parts for piece in part)

    ends = " ".join(f"{end_s:.2f}" for end_s in cuts[1:])
    return (Step(f"shuffled(ends_s={ends}, order={' '.join(map(str, order))})", time=change),)


def loop(times: int) -> Draw:
    """Again and again."""
    return lambda _rng, _length_s: (Step(f"loop(times={times})", time=lambda line: line * times),)


def pause(*lengths_s: float) -> Draw:
    """The picture stands for a while, somewhere in the middle, and the sound is silent."""

    def draw(rng: np.random.Generator, length_s: float) -> tuple[Step, ...]:
        for_s, at_s = pick(rng, *lengths_s), float(rng.uniform(0.25, 0.75)) * length_s

        def change(line: timeline.Timeline) -> timeline.Timeline:
            (when_s,) = _scaled(line, length_s, at_s)
            return _inserted(line, when_s, timeline.still(line, when_s, for_s))

        return (Step(f"pause(at_s={at_s:.3f}, for_s={for_s:g})", time=change),)

    return draw


def black(*lengths_s: float, times: int) -> Draw:
    """Black pictures inserted several times."""

    def draw(rng: np.random.Generator, length_s: float) -> tuple[Step, ...]:
        holes = [
            (float(at_s), pick(rng, *lengths_s))
            for at_s in sorted(rng.uniform(0.1, 0.9, times) * length_s, reverse=True)
        ]

        def change(line: timeline.Timeline) -> timeline.Timeline:
            # From the last to the first, so that none moves another.
            changed = line
            for at_s, for_s in holes:
                (when_s,) = _scaled(line, length_s, at_s)
                changed = _inserted(changed, when_s, (timeline.Piece(timeline.BLACK, for_s, 0.0),))
            return changed

        where = " ".join(f"{at_s:.2f}+{for_s:g}" for at_s, for_s in reversed(holes))
        return (Step(f"black(at_s={where})", time=change),)

    return draw


def replaced_sound(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
    """Another clip's sound where there is one, else music made by arithmetic."""
    which = int(rng.integers(1 << 16))

    def change(
        samples: Samples, rate_hz: int, others: tuple[Samples, ...], rng: np.random.Generator
    ) -> Samples:
        loud = [other for other in others if sounds.level(other) > _QUIET]
        if loud:
            return np.resize(loud[which % len(loud)], len(samples))
        return sounds.music(rng, len(samples), rate_hz)

    return (Step("replaced_sound", sound=change, others=1),)


def muted(_rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
    """No sound track."""
    return (Step("muted", sound=lambda _samples, _rate_hz, _others, _rng: None),)


def _inserted(line: timeline.Timeline, at_s: float, what: timeline.Timeline) -> timeline.Timeline:
    return (*timeline.cut(line, 0, at_s), *what, *timeline.cut(line, at_s, timeline.length_s(line)))


def _scaled(line: timeline.Timeline, length_s: float, *times_s: float) -> tuple[float, ...]:
    """Times drawn for the whole clip, in a line that earlier steps may have made longer or shorter."""
    factor = timeline.length_s(line) / length_s
    return tuple(time_s * factor for time_s in times_s)


def _block_ends(rng: np.random.Generator, length_s: float) -> list[float]:
    ends = [0.0]
    shortest_s, longest_s = _BLOCK_S
    if length_s < 2 * shortest_s:
        return [0.0, length_s / 2, length_s]
    while length_s - ends[-1] > shortest_s + longest_s:
        ends.append(ends[-1] + float(rng.uniform(*_BLOCK_S)))
    left_s = length_s - ends[-1]
    if left_s >= 2 * shortest_s:
        low_s = max(shortest_s, left_s - longest_s)
        ends.append(ends[-1] + float(rng.uniform(low_s, min(longest_s, left_s - shortest_s))))
    return [*ends, length_s]
