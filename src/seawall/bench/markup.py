"""What the pages of all suites are made of: no scripts, nothing from the network."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Final

from seawall import errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from seawall.bench import bootstrap

_WORDS: Final = ' class="words"'


def document(title: str, sections: Iterable[str]) -> str:
    """The whole of a page."""
    style = resources.files("seawall.bench").joinpath("page.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{style}</style></head><body>\n"
        + "\n".join(sections)
        + "\n</body></html>\n"
    )


def write(page: str, folder: Path) -> None:
    """Write a page into `folder`, which is made. Raises errors.DiskFull, errors.WriteFailed."""
    with errors.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_text(page, encoding="utf-8")


def section(title: str, body: str) -> str:
    """A part of the page under its own heading; `body` is markup."""
    return f"<section><h2>{title}</h2>{body}</section>"


def table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are markup: whole ones from `<td` on, or what stands in one. A head stands as its column does."""
    rows = list(rows)
    head = "".join(
        f"<th{_WORDS if rows and rows[0][number].startswith(f'<td{_WORDS}') else ''}>{text(name)}</th>"
        for number, name in enumerate(heads)
    )
    body = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def words(plain: str) -> str:
    """A whole cell of running words."""
    return f"<td{_WORDS}>{text(plain)}</td>"


def _cells(row: Sequence[str]) -> Iterator[str]:
    for cell in row:
        yield cell if cell.startswith("<td") else f"<td>{cell}</td>"


def share(estimate: bootstrap.Estimate) -> str:
    """A whole cell: the share large, its interval small."""
    if estimate.value is None:
        return "<td>-</td>"
    interval = ""
    if estimate.low is not None and estimate.high is not None:
        interval = f"<br><small>{100 * estimate.low:.1f} to {100 * estimate.high:.1f}</small>"
    return (
        f'<td class="share" style="--share:{estimate.value:.3f}">{100 * estimate.value:.1f} %{interval}</td>'
    )


def bullets(items: Iterable[object]) -> str:
    """A list of plain words."""
    return f"<ul>{''.join(f'<li>{text(item)}</li>' for item in items)}</ul>"


def folded(summary: str, body: str, *, opened: bool = False) -> str:
    """What a reader opens who wants to see it; `body` is markup."""
    return f"<details{' open' if opened else ''}><summary>{text(summary)}</summary>{body}</details>"


def settings(values: Mapping[str, object]) -> str:
    """A note of every number that a run depends on, those within others too."""
    return "Settings: " + ", ".join(f"{name} {value}" for name, value in _flat(values))


def _flat(values: Mapping[str, object], within: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{within}{name}.")
        elif isinstance(value, (list, tuple)):
            yield from _flat({str(number): one for number, one in enumerate(value)}, f"{within}{name}.")
        else:
            yield f"{within}{name}", value


def seconds(timings_s: Mapping[str, float]) -> str:
    """A note of what each phase took."""
    return "Seconds: " + ", ".join(f"{phase} {spent:.0f}" for phase, spent in timings_s.items())


def text(value: object) -> str:
    """Words that are no markup."""
    return escape(str(value))
