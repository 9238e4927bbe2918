"""One query of the image suite and what was said to it, by Seawall and by PDQ alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seawall.bench import image_metrics, metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from seawall.bench import image_queries, image_sources, records

SEAWALL: Final = "seawall"
PDQ: Final = "pdq"


@dataclass(frozen=True, slots=True)
class Asked:
    """One query's answers."""

    query: image_queries.Query
    judged: dict[str, image_metrics.Judged]  #: by system
    false: tuple[records.Found, ...]  #: of Seawall
    error: str | None
    unrelated: int  #: banked pictures of which none may show in it


def judge(
    query: image_queries.Query,
    answer: records.Answer,
    banked: Sequence[image_sources.Picture],
    distances: NDArray[np.uint16],
) -> Asked:
    """Sort the answers into right and false. distances: (n,) bits, of PDQ to each of the banked."""
    unrelated = {picture.name for picture in banked if picture.group not in query.groups}
    is_banked = any(picture.name == query.source for picture in banked)
    worth = [one for one in answer.found if one.recommendation in metrics.WORTH_A_LOOK]
    said = {
        SEAWALL: [(one.reference, one.score) for one in worth],
        PDQ: [(one.name, -float(bits)) for one, bits in zip(banked, distances, strict=True)],
    }
    return Asked(
        query=query,
        judged={
            system: image_metrics.Judged(
                source=query.source,
                group=query.groups[0],
                banked=is_banked,
                own=max((score for name, score in scores if name == query.source), default=None),
                false=tuple(score for name, score in scores if name in unrelated),
            )
            for system, scores in said.items()
        },
        false=tuple(one for one in worth if one.reference in unrelated),
        error=answer.error,
        unrelated=len(unrelated),
    )
