"""Writes the reference pages that the code already says: commands, errors, settings, Python API, HTTP API.

`python docs/generate.py` writes them; a test fails where they differ from what the code says now.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from functools import partial
from itertools import groupby
from pathlib import Path
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Final

import click

import seawall
from seawall import config, errors, matching, media
from seawall.api import openapi, reference
from seawall.cli.main import cli
from seawall.client import Client, checks
from seawall.client.group import Group
from seawall.model import notice_fields, periods
from seawall.signals import compute, pdq, video
from seawall.workflows import edits, incidents, readers, scan_schema

DOCS: Final = Path(__file__).parent
LINE: Final = 80
BLANK_LINE: Final = "\n\n"
NOTICE: Final = "<!-- Written by docs/generate.py from the code: change it there. -->"


def pages() -> dict[str, str]:
    """Each generated page: its path under docs, and its text."""
    return {
        "reference/command-line.md": _page(_command_line()),
        "reference/errors.md": _page(_errors()),
        "reference/settings.md": _page(_settings()),
        "reference/python-api.md": _page(_python_api()),
        "reference/python-client.md": _page(_client()),
        "reference/periods.md": _page(_periods()),
        "reference/scan.md": _page(_scan()),
        "reference/http.md": _page(reference.blocks(openapi.described().openapi())),
    }


def _page(blocks: Iterator[str]) -> str:
    return "\n\n".join([NOTICE, *blocks]) + "\n"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _prose(text: str) -> str:
    """Text of the code as Markdown: nothing in it is a tag or emphasis, save what is in backticks."""
    parts = text.split("`")
    for at in range(0, len(parts), 2):
        for character in "<*_[":
            parts[at] = parts[at].replace(character, "\\" + character)
    return "`".join(parts)


# Commands


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that a user can type, with its full name, groups before their members."""
    return _walk("seawall", cli)


def _walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in sorted(command.list_commands(context)):
            member = command.get_command(context, word)
            if member is not None and not member.hidden:
                yield from _walk(f"{name} {word}", member)


def _command_line() -> Iterator[str]:
    yield "# Command line"
    yield (
        "Results go to standard output. Progress and messages go to standard error. With `--json`, "
        "standard output holds one JSON document and nothing else; [JSON output](json.md) shows its "
        "forms. The options of `seawall` itself may stand before the command or behind it. The exit "
        "code is 0 when the work was done, also where nothing matched. Where every file failed, it is "
        "the first one's. 130 says that the run was interrupted. [Errors](errors.md) lists the others."
    )
    for name, command in commands():
        yield f"## `{name}`"
        yield from _command(name, command)


def _command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    yield f"```text\n{name} {' '.join(command.collect_usage_pieces(context))}\n```"
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        yield _prose(" ".join(paragraph.removeprefix("\b\n").split()))
    rows = [
        _option(option, context)
        for option in command.params
        if isinstance(option, click.Option) and (command is cli or not _is_global(option))
    ]
    if rows:
        yield _table(("option", "meaning"), rows)


def _is_global(option: click.Option) -> bool:
    """Whether every command takes it."""
    return any(option.opts == other.opts for other in cli.params)


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    record = option.get_help_record(context)
    names, text = record if record is not None else (", ".join(option.opts), "")
    # Markdown's dialects differ on a bar in code in a table: some show the backslash before it.
    return f"`{names.replace('|', ' or ')}`", _prose(text)


# Errors


def error_classes(
    root: type[errors.SeawallError] = errors.SeawallError,
) -> Iterator[type[errors.SeawallError]]:
    """The tree of errors, each class before its branches, in the order of the module."""
    yield root
    for branch in root.__subclasses__():
        if branch.__module__.startswith(f"{errors.__name__}."):
            yield from error_classes(branch)


def _errors() -> Iterator[str]:
    yield "# Errors"
    yield (
        "Every error that Seawall raises on purpose has a code that does not change between "
        "versions. JSON output names it in `error.code`. One file that cannot be used does not stop "
        "the others: its own result carries the error. Words in braces are filled in."
    )
    for branch in (errors.SeawallError, *errors.SeawallError.__subclasses__()):
        members = [errors.SeawallError] if branch is errors.SeawallError else list(error_classes(branch))
        yield f"## {branch.__name__}"
        rows = [
            (
                f"`{error.code}`",
                error.__name__,
                str(error.exit_code),
                str(error.http_status),
                _prose(error.template()),
            )
            for error in members
        ]
        yield _table(("code", "class", "exit", "HTTP", "message"), rows)
        yield "What to do:"
        yield "\n".join(f"- `{error.code}`: {_prose(error.remedy)}" for error in members)


# Settings


def _settings() -> Iterator[str]:
    yield "# Settings"
    yield (
        "An option of the command line comes first, then the environment variable, then `seawall.toml` "
        "in the data folder, then the default. A value that cannot be used is an error, and so is a "
        "name in `seawall.toml` that is no setting: see [`bad_setting`](errors.md)."
    )
    rows = [
        (
            f"`{setting.name}`",
            f"`{setting.variable}`",
            f"`{setting.default}`" if setting.default != "" else "empty",
            setting.unit,
            _prose(setting.help),
        )
        for setting in config.SETTINGS
    ]
    yield _table(("setting", "variable", "default", "unit", "meaning"), rows)
    yield "In `seawall.toml`, a setting is a line:"
    yield "```toml\nworkers = 2\nmax_duration_s = 7200\n```"


# Python API

_MODULES: Final = (seawall, incidents, edits, readers, media, pdq, video, compute, matching)


def _python_api() -> Iterator[str]:
    yield "# Python API"
    yield (
        "`seawall.open` is the way in for programs: it gives what the commands give, as records. The "
        "modules below it are the parts that it is made of. Until version 1.0 a name may change "
        "between minor versions; the changelog says so."
    )
    for module in _MODULES:
        yield f"## `{module.__name__}`"
        yield from _docstring(module)
        for name in _public(module):
            yield from _member(f"{module.__name__}.{name}", getattr(module, name))


# Periods and fields of notices


def _periods() -> Iterator[str]:
    yield "# Periods and fields of notices"
    yield (
        "What [clocks](../explanation/clocks.md) measure, and what notices and orders hold. Where *checked* "
        "says no, words and length were not held against the primary text. This is no legal advice."
    )
    yield "## Periods"
    yield _table(
        ("id", "length", "duty", "runs from", "source", "alarms at", "ended by", "checked"),
        [
            (
                f"`{one.id}`",
                _length(one),
                ("before its end: " if one.bound is periods.Bound.BEFORE else "until its end: ") + one.duty,
                one.starts,
                one.source,
                ", ".join(f"{share:.0%}" for share in one.shares),
                one.ended_by.value,
                _yes(said=one.checked),
            )
            for one in periods.PERIODS.values()
        ],
    )
    yield "## Suspension"
    yield _table(
        ("period", "hold", "for", "source", "left afterwards", "checked"),
        [
            (
                f"`{one.id}`",
                f"`{hold.id}`",
                hold.words,
                hold.source,
                f"`{one.resumed}`",
                _yes(said=hold.checked),
            )
            for one in periods.PERIODS.values()
            for hold in one.holds
        ],
    )
    for kind in notice_fields.NoticeKind:
        yield f"## Fields of the kind `{kind}`"
        yield _table(
            ("field", "takes", "says", "needed by", "checked", "starts"),
            [_notice_field(one, kind) for one in notice_fields.FIELDS if kind in one.kinds],
        )


def _notice_field(field: notice_fields.Field, kind: notice_fields.NoticeKind) -> tuple[str, ...]:
    need = field.need(kind)
    takes = " or ".join(f"`{one}`" for one in field.options) or field.form.value
    starts = [
        f"`{periods.STARTED_BY[one.trigger].id}` by `{one.value}`"
        + (", or by nothing" * (one.value == field.default))
        for one in field.starts
        if one.kind is kind
    ]
    return (
        f"`{field.name}`" if field.own else f"`particulars.{field.name}`",
        takes,
        field.label,
        "" if need is None else need.source + (" (one of them)" if need.group else ""),
        "" if need is None else _yes(said=need.checked),
        "; ".join(starts),
    )


def _length(period: periods.Period) -> str:
    if isinstance(period.length, periods.YearlyDate):
        return f"before the next {date(2000, period.length.month, period.length.day):%-d %B}"
    more = f", extended {period.extensions} time at most" if period.extensions else ""
    count, unit = period.length.count, period.length.unit.value
    return f"{count} {unit.removesuffix('s') if count == 1 else unit}{more}"


def _yes(*, said: bool) -> str:
    return "yes" if said else "no"


# Tables of a scan


def _scan() -> Iterator[str]:
    yield "# Tables of a scan"
    yield (
        "What [a scan](../how-to/scan.md) writes, as Parquet files with Arrow's types. The metadata of each "
        "file's schema have its name (`schema`), its version (`schema_version`) and the version of Seawall "
        f"that wrote it (`seawall`). This is version {scan_schema.VERSION}. A version stays while each "
        "column keeps its name, type and meaning; columns may be added, so read them by name."
    )
    yield (
        "A finished batch is one row group, also where it has no row. Row groups are in the order of the "
        "plan, rows in the order of the batch's files. Each file of the plan is once in `signals` or in "
        "`errors`. The same files, banks and version give the same bytes, however many workers there were."
    )
    for table in scan_schema.TABLES:
        yield f"## `{table.name}.parquet`"
        yield _prose(table.about)
        yield _table(("column", "type", "meaning"), list(_columns(table.columns)))


def _columns(columns: tuple[scan_schema.Column, ...], above: str = "") -> Iterator[tuple[str, ...]]:
    for one in columns:
        yield f"`{above}{one.name}`", f"`{one.type}`", _prose(one.about)
        yield from _columns(one.fields, f"{above}{one.name}.")


# Python client


def _client() -> Iterator[str]:
    yield "# Python client"
    yield (
        "What a program calls a service with; [Call a service from Python](../how-to/python-client.md) shows "
        "it in use. Here, `seawall` is a `Client`. Every method that sends a change takes care that it is "
        "done once; where it takes an `idempotency_key`, yours makes that hold over runs of your program "
        "too. Besides the errors that are named here, any call may raise those of [Errors](errors.md)."
    )
    yield "## `seawall.client.Client`"
    yield f"```python\n{_signature('Client', Client)}\n```"
    yield from _docstring(Client)
    yield from _calls("seawall", Client)
    yield from _records(checks)
    shown = {checks.__name__}
    for name, group in vars(Client("https://seawall.example", "none")).items():
        if isinstance(group, Group):
            yield f"## `seawall.{name}`"
            yield from _docstring(type(group))
            yield from _calls(f"seawall.{name}", type(group))
            module = sys.modules[type(group).__module__]
            if module.__name__ not in shown:
                yield from _records(module)
                shown.add(module.__name__)


def _calls(name: str, kind: type) -> Iterator[str]:
    """What can be called of a part of the client, as a program writes it."""
    for word, member in vars(kind).items():
        if isinstance(member, FunctionType) and (word == "__call__" or not word.startswith("_")):
            shown = name if word == "__call__" else f"{name}.{word}"
            yield f"```python\n{_signature(shown, partial(member, None))}\n```"
            yield from _docstring(member)


def _records(module: ModuleType) -> Iterator[str]:
    """The records that a module has, each as it is declared."""
    for name, value in vars(module).items():
        if inspect.isclass(value) and is_dataclass(value) and value.__module__ == module.__name__:
            yield f"### `{name}`"
            yield from _docstring(value)
            yield f"```python\n{_declared(value)}\n```"


def _declared(record: type) -> str:
    """Its fields, with the comments on them."""
    source = inspect.getsource(record)
    (declared,) = ast.parse(source).body
    assert isinstance(declared, ast.ClassDef)
    said, *parts = declared.body
    end = next((one.lineno - 2 for one in parts if isinstance(one, ast.FunctionDef)), None)
    fields = dedent("\n".join(source.splitlines()[said.end_lineno : end])).strip()
    return fields.replace("#:", "#").replace(" = field(metadata=WHOLE, repr=False)", "")


def _public(module: ModuleType) -> list[str]:
    """What the module says is public; else what it defines itself, in its order."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    own = (name for name in vars(module) if not name.startswith("_"))
    return [name for name in own if getattr(getattr(module, name), "__module__", None) == module.__name__]


def _member(name: str, value: object) -> Iterator[str]:
    if inspect.isclass(value):
        yield f"### `{name}`"
        if is_dataclass(value):
            yield f"```python\n{_signature(value.__name__, value)}\n```"
        yield from _docstring(value)
        for word, member in vars(value).items():
            if not word.startswith("_"):
                yield from _method(f"{value.__name__}.{word}", member)
    elif isinstance(value, FunctionType):
        yield f"### `{name}`"
        yield f"```python\n{_signature(name.rpartition('.')[2], value)}\n```"
        yield from _docstring(value)


def _method(name: str, member: object) -> Iterator[str]:
    """A public method or property that says what it does."""
    if isinstance(member, property):
        function, shown = member.fget, name
    else:
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        shown = _signature(name, function) if isinstance(function, FunctionType) else name
    if isinstance(function, FunctionType) and function.__doc__:
        yield f"```python\n{shown}\n```"
        yield from _docstring(function)


def _signature(name: str, function: Callable[..., object]) -> str:
    """As it is declared, one parameter a line where that is long."""
    signature = inspect.signature(function)
    parameters: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not any(
            shown.startswith("*") for shown in parameters
        ):
            parameters.append("*")
        parameters.append(_parameter(parameter))
    back = (
        "" if signature.return_annotation is inspect.Signature.empty else f" -> {signature.return_annotation}"
    )
    line = f"{name}({', '.join(parameters)}){back}"
    if len(line) <= LINE:
        return line
    separator = ",\n    "
    return f"{name}(\n    {separator.join(parameters)},\n){back}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    shown = stars + parameter.name
    if parameter.annotation is not parameter.empty:
        shown += f": {parameter.annotation}"
    if parameter.default is not parameter.empty:
        shown += f" = {_default(parameter.default)}"
    return shown


def _default(value: object) -> str:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return value.__name__ if isinstance(value, FunctionType) else repr(value)


def _docstring(value: object) -> Iterator[str]:
    """Its paragraphs: indented ones as they were laid out, the others as prose."""
    if inspect.isclass(value) and value.__doc__ == getattr(value.__base__, "__doc__", None):
        return
    text = _module_docstring(value) if isinstance(value, ModuleType) else inspect.getdoc(value) or ""
    if is_dataclass(value) and text.startswith(f"{getattr(value, '__name__', '')}("):
        return  # made by the decorator: the signature again
    for laid_out, paragraphs in groupby(
        text.split(BLANK_LINE), lambda paragraph: paragraph.startswith("    ")
    ):
        if laid_out:
            yield f"```text\n{dedent(BLANK_LINE.join(paragraphs))}\n```"
        else:
            yield from (_paragraph(paragraph) for paragraph in paragraphs if paragraph)


def _paragraph(text: str) -> str:
    """As prose; what it says of arguments, as a list."""
    if not text.startswith("Args:\n"):
        return _prose(" ".join(text.split()))
    lines: list[str] = []
    for line in dedent(text.partition("\n")[2]).splitlines():
        name, _, said = line.partition(": ")
        if line.startswith(" "):
            lines[-1] += f" {_prose(line.strip())}"
        else:
            lines.append(f"- `{name}`: {_prose(said)}")
    return "\n".join(lines)


def _module_docstring(module: ModuleType) -> str:
    """As it stands in the source: Python 3.13 takes the indentation out of what it keeps."""
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source), clean=False) or "").strip()


def main() -> None:
    """Write the pages that differ, and name them."""
    for path, text in pages().items():
        target = DOCS / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            print(f"wrote docs/{path}")


if __name__ == "__main__":
    main()
