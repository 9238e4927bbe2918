"""Pages from templates: what every page knows, how it is answered, and where a form leads to.

Templates are strict (a name that is not there is an error) and escape all that they are given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Final, cast
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import HTTPConnection

from seawall import errors
from seawall.api.callers import Caller, csrf
from seawall.console import catalogue, navigation
from seawall.console.catalogue import Catalogue
from seawall.model.access import Principal, Scope
from seawall.reports import charts
from seawall.reports.charts import Bars

LANGUAGE_COOKIE: Final = "seawall_language"
THEME_COOKIE: Final = "seawall_theme"
THEMES: Final = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page, as far as is known, and how they want it."""

    who: Principal | None
    session: str | None
    texts: Catalogue
    theme: str

    @property
    def scopes(self) -> frozenset[Scope]:
        """What they may do."""
        return frozenset() if self.who is None else self.who.scopes

    @property
    def csrf(self) -> str:
        """What their forms bring."""
        return "" if self.session is None else csrf(self.session)


def visitor(call: HTTPConnection) -> Visitor:
    """Who looks at the page of a call."""
    caller = cast("Caller | None", getattr(call.state, "caller", None))
    known = caller is not None and not isinstance(caller.who, errors.NotSignedIn)
    theme = call.cookies.get(THEME_COOKIE, "")
    return Visitor(
        who=cast("Principal", caller.who) if caller is not None and known else None,
        session=caller.session if caller is not None and known else None,
        texts=catalogue.chosen(call.cookies.get(LANGUAGE_COOKIE), call.headers.get("accept-language", "")),
        theme=theme if theme in THEMES else THEMES[0],
    )


def page(call: HTTPConnection, template: str, /, status: int = 200, **context: object) -> HTMLResponse:
    """A page, with what all pages know: `t`, `number`, `share`, `time`, `who`, `csrf` and so on."""
    guest = visitor(call)
    texts = guest.texts
    known: dict[str, Any] = {
        "t": texts.text,
        "number": texts.number,
        "share": texts.share,
        "time": lambda at: _time(texts, at),
        "ago": lambda at: _ago(texts, at),
        "language": texts.language,
        "direction": texts.direction,
        "theme": guest.theme,
        "themes": THEMES,
        "languages": [catalogue.of(one) for one in catalogue.LANGUAGES],
        "who": guest.who,
        "scopes": guest.scopes,
        "csrf": guest.csrf,
        "path": call.url.path,
        "query": call.url.query,
        "work": list(navigation.open_to(navigation.WORK, guest.scopes)),
        "about": list(navigation.open_to(navigation.ABOUT, guest.scopes)),
        "static": static,
        "said": _said(texts, call.query_params.get("said")),
    }
    return HTMLResponse(_environment().get_template(template).render(known | context), status)


def chart(texts: Catalogue) -> Callable[..., Markup]:
    """Draws bars in a template: `charts.svg`, with numbers as the language writes them."""

    def drawn(bars: Bars, named: str, title: str, below: Sequence[str] = ()) -> Markup:
        made = charts.svg(bars, named, title, below=below, number=texts.number)
        return Markup(made)  # noqa: S704 - made by `reports.markup`, which escapes

    return drawn


def to(path: str, said: str | None = None, **query: str) -> RedirectResponse:
    """Where a form that was taken leads to. said: key of a text, `AREA.said.NAME`, shown on that page."""
    asked = urlencode({**query, **({} if said is None else {"said": said})})
    return RedirectResponse(f"{path}?{asked}" if asked else path, 303)


@cache
def static(name: str) -> str:
    """The address of a file in `static`, which changes with what it holds."""
    held = (resources.files("seawall.console") / "static" / name).read_bytes()
    return f"/console/static/{name}?v={hashlib.sha256(held).hexdigest()[:12]}"


def prepare() -> None:
    """Read all templates and texts, so that who comes first waits no longer than others."""
    for name in _environment().list_templates():
        _environment().get_template(name)
    for language in catalogue.LANGUAGES:
        catalogue.of(language)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("seawall.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["now"] = lambda: datetime.now(UTC)
    return made


def _time(texts: Catalogue, at: datetime) -> Markup:
    shown = Markup('<time datetime="{}">{}</time>')
    return shown.format(at.astimezone(UTC).isoformat(timespec="seconds"), texts.time(at.astimezone(UTC)))


def _ago(texts: Catalogue, at: datetime) -> Markup:
    """How long ago something was, or in what time it is; pointed at, it says when."""
    shown = Markup('<time datetime="{}" title="{}" data-ago>{}</time>')
    utc = at.astimezone(UTC)
    return shown.format(
        utc.isoformat(timespec="seconds"), texts.time(utc), texts.ago(utc - datetime.now(UTC))
    )


def _said(texts: Catalogue, key: str | None) -> str | None:
    """What a page says of the form that led to it: a text of the catalogue and nothing else."""
    found = texts.texts.get(key or "") if key is not None and ".said." in key else None
    return found if isinstance(found, str) else None
