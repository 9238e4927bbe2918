"""Logs: one line a record, as text or as JSON, with the request's id and without secrets.

Records carry what is to be searched for as fields: `log.info("...", extra=fields(status=200))`.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Final, TextIO

from seawall import config, errors
from seawall.telemetry import redaction
from seawall.telemetry.context import REQUEST_ID
from seawall.telemetry.redaction import Redactor

FORMS: Final = ("text", "json")
LEVELS: Final = ("debug", "info", "warning", "error")

_FIELDS: Final = "seawall_fields"
_PLAIN: Final = re.compile(r"[!#-<>-~]+")  #: what needs no quotes: ASCII without blanks, quotes and "="
_MAX_CHARACTERS: Final = 10_000  #: of a message or fault, which may quote what others have sent
#: Libraries that tell more of each call than anybody wants to keep, at the level that is set.
_QUIET: Final = (
    "alembic",
    "asyncio",
    "httpcore2",
    "httpx2",
    "multipart",
    "python_multipart",
    "sqlalchemy",
    "uvicorn",
)


def fields(**values: object) -> dict[str, object]:
    """What a record carries besides its message, as `extra`."""
    return {_FIELDS: values}


def configure(settings: config.Settings, stream: TextIO | None = None) -> None:
    """Have everything logged to standard error, or to a stream, as set. Raises BadSetting."""
    form = _one_of(settings, "log_format", FORMS)
    level = _one_of(settings, "log_level", LEVELS)
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    hide = redaction.of(settings)
    handler.setFormatter(JsonLines(hide) if form == "json" else Lines(hide))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel("WARNING")


def _one_of(settings: config.Settings, name: str, allowed: tuple[str, ...]) -> str:
    value = settings.text(name).lower()
    if value not in allowed:
        raise errors.BadSetting(name=name, value=value, reason=f"it must be one of {', '.join(allowed)}")
    return value


class _Form(logging.Formatter):
    """What both forms have in common."""

    def __init__(self, hide: Redactor) -> None:
        super().__init__()
        self._hide = hide

    def _carried(self, record: logging.LogRecord) -> dict[str, object]:
        """The request's id and the record's fields, in that order."""
        request = REQUEST_ID.get()
        carried = {"request": request} if request else {}
        return {**carried, **getattr(record, _FIELDS, {})}

    def _message(self, record: logging.LogRecord) -> str:
        return record.getMessage()[:_MAX_CHARACTERS]

    def _fault(self, record: logging.LogRecord) -> str:
        """The end of the traceback, which tells most."""
        return self.formatException(record.exc_info)[-_MAX_CHARACTERS:] if record.exc_info else ""


class JsonLines(_Form):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": _at(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._message(record),
            **self._carried(record),
        }
        if fault := self._fault(record):
            line["fault"] = fault
        written = json.dumps(line, default=str)
        return json.dumps(self._hide.value(line)) if self._hide.suspects(written) else written


class Lines(_Form):
    """For people: when, how serious, what, and `name=value` for each field."""

    def format(self, record: logging.LogRecord) -> str:
        carried = " ".join(f"{name}={_shown(value)}" for name, value in self._carried(record).items())
        message = _one_line(self._message(record))
        line = f"{_at(record)} {record.levelname.lower():7} {record.name}: {message} {carried}".rstrip()
        if fault := self._fault(record):
            line += "\n" + "\n".join(f"    {_one_line(one)}" for one in fault.splitlines())
        return self._hide(line)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _shown(value: object) -> str:
    text = "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _one_line(text: str) -> str:
    """Nobody who chooses a name can write a line of the log, or steer the terminal that shows it."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
