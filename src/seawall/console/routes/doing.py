"""How we are doing: volumes, times and rates, of all people together and of no one alone."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall.api.deps import Library, needs
from seawall.console import forms, pages
from seawall.model.access import Principal, Scope
from seawall.reports import charts

router = forms.pages_for("doing")

#: Periods to choose from, in days.
_DAYS: Final = (7, 30, 90)
_SERIES: Final = ("checks", "matches", "items", "decisions")


@router.get("/doing")
def show(request: Request, library: Library, _: Annotated[Principal, Depends(needs(Scope.READ))]) -> Response:
    """The figures of some days."""
    said = request.query_params.get("days", "")
    days = int(said) if said in {str(one) for one in _DAYS} else 30
    made = library.performance(days)
    texts = pages.visitor(request).texts
    drawn = {
        name: charts.bars([getattr(one, name) for one in made.days], texts.direction) for name in _SERIES
    }
    return pages.page(
        request,
        "doing.html",
        figures=made,
        days=days,
        choices=_DAYS,
        charts=drawn,
        chart=pages.chart(texts),
        date=texts.date,
        percent=texts.fine_share,
        span=lambda seconds: _span(texts.text, seconds),
    )


def _span(t: object, seconds: float) -> str:
    """A time as people say it, in its two largest units."""
    assert callable(t)
    whole = round(seconds)
    for unit, length, below in (("days", 86_400, 3600), ("hours", 3600, 60), ("minutes", 60, 1)):
        if whole >= length:
            small = {"days": "hours", "hours": "minutes", "minutes": "seconds"}[unit]
            first, rest = divmod(whole, length)
            parts = [str(t(f"doing.{unit}", n=first))]
            if rest // below:
                parts.append(str(t(f"doing.{small}", n=rest // below)))
            return " ".join(parts)
    return str(t("doing.seconds", n=whole))
