"""The yearly report: the figures of a calendar year, and the rows behind each."""

from __future__ import annotations

from pathlib import Path

from seawall import config, errors
from seawall.model import clock, yearly, yearly_figures
from seawall.model.yearly import Report, Row, Span, Wording
from seawall.store.store import Store


class Yearly:
    """The yearly reports of one data folder.

    Args:
        store: what they are counted from.
        provider: name of the one who reports.
        zone: name of the zone in which a year begins and ends.
        wording: figures and texts, as they are said.
    """

    def __init__(self, store: Store, provider: str, zone: str, wording: Wording) -> None:
        self._store = store
        self._provider = provider
        self._zone = zone
        self.wording = wording

    @property
    def this_year(self) -> int:
        """The year that it is."""
        return self._store.now().astimezone(clock.zone(self._zone)).year

    def report(self, year: int) -> Report:
        """All figures of a year, as far as it has gone. Raises BadRequest for a year of no calendar."""
        of = self._span(year)
        return Report(
            year=year,
            span=of,
            zone=self._zone,
            made_at=self._store.now(),
            provider=self._provider,
            texts=self.wording.texts,
            figures=self._store.yearly.count(self.wording.figures, of),
        )

    def rows(
        self,
        year: int,
        figure_id: str,
        *,
        part: str | None = None,
        month: int | None = None,
        skip: int = 0,
        limit: int = 100,
    ) -> list[Row]:
        """What a figure has counted; as `store.yearly`.

        Raises RecordNotFound for a figure, or a part of it, that there is not; BadRequest as `report`.
        """
        figure = self.wording.figure(figure_id)
        if part is not None and part not in dict(figure.parts):
            raise errors.RecordNotFound(kind=f"part of {figure_id}", id=part)
        return self._store.yearly.rows(
            figure, self._span(year), part=part, month=month, skip=skip, limit=limit
        )

    def _span(self, year: int) -> Span:
        return yearly.year(year, clock.zone(self._zone))


def wording(settings: config.Settings) -> Wording:
    """Figures and texts in the words that are set. Raises BadSetting."""
    path = settings.text("report_words")
    if not path:
        return yearly_figures.WORDING
    try:
        return yearly_figures.reworded(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as cause:
        raise errors.BadSetting(name="report_words", value=path, reason=str(cause)) from cause
