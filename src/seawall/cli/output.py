"""What the verbs share: the global options, one JSON document or lines, progress on standard error."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

import seawall
from seawall import errors
from seawall.workflows import files

P = ParamSpec("P")
R = TypeVar("R")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Output:
    """How this call is to speak, and where its data are."""

    data: Path | None = None
    as_json: bool = False
    quiet: bool = False

    def open(self) -> seawall.Seawall:
        """The library over the data folder."""
        return seawall.open(self.data)

    def line(self, text: str) -> None:
        """A line of the result, unless it is printed as JSON. Flushed: a line is an acknowledgement."""
        if not self.as_json:
            click.echo(printable(text))
            sys.stdout.flush()

    def document(self, record: object) -> None:
        """The JSON document, if it is asked for."""
        if self.as_json:
            click.echo(json.dumps(record, indent=1))

    def failed(self, path: str, error: errors.SeawallError) -> None:
        """A file that could not be used."""
        self.line(f"failed    {path}")
        self.line(f"          {error.code}: {error.message}. {error.remedy}")

    def progress(self, items: Iterable[Item], what: str, paths: Iterable[Path]) -> Iterator[Item]:
        """The same items, one a file under the paths; on a terminal, how many, how fast, how long yet."""
        if not self.shows_bars():
            yield from items
            return
        with bars() as bar:
            task = bar.add_task(what, total=sum(1 for _ in files.walk(paths)), rate="")
            for item in items:
                bar.advance(task)
                speed = bar.tasks[0].speed
                bar.update(task, rate="" if speed is None else f"{speed:.1f}/s")
                yield item

    def shows_bars(self) -> bool:
        """Whether somebody watches who wants to see how far things are."""
        return not self.quiet and sys.stderr.isatty()


def bars() -> Progress:
    """A bar on standard error: how many, how fast, how long yet. Its tasks need a field `rate`."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Give a command the global options and an `Output` as its first argument.

    They may stand before the verb or behind it; behind it wins.
    """

    @click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
    @click.option("--quiet", is_flag=True, help="No progress.")
    @click.pass_context
    @functools.wraps(function)
    def wrapped(context: click.Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        given = context.find_object(Output) or Output()
        data, as_json, quiet = (kwargs.pop(name) for name in ("data", "as_json", "quiet"))
        output = replace(
            given,
            data=given.data if data is None else Path(str(data)),
            as_json=given.as_json or bool(as_json),
            quiet=given.quiet or bool(quiet),
        )
        with _json_errors(output):
            return context.invoke(function, output, *args, **kwargs)

    return wrapped


@contextmanager
def _json_errors(output: Output) -> Iterator[None]:
    """An error that ends the run is a JSON document too, unless the verb has printed one."""
    try:
        yield
    except Interrupted:
        raise
    except errors.SeawallError as error:
        output.document({"schema": "seawall.error/1", "error": error.as_record()})
        raise


class Interrupted(Exception):
    """A run that printed what it had, and then the error that stopped it."""

    def __init__(self, error: errors.SeawallError) -> None:
        super().__init__(error.message)
        self.error = error


def exit_code(failures: Iterable[errors.SeawallError | None]) -> int:
    """0 where anything went well; where every file failed, the first one's code."""
    codes = [0 if failure is None else failure.exit_code for failure in failures]
    return codes[0] if codes and all(codes) else 0


def seconds(value: float) -> str:
    """As people read times: 3.70 s, 1:02.50, 1:00:02.50."""
    minutes, rest = divmod(value, 60)
    hours, minutes = divmod(int(minutes), 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:05.2f}"
    return f"{minutes}:{rest:05.2f}"


def printable(text: str) -> str:
    """File names may hold bytes that are no text, and characters that would steer a terminal."""
    shown = os.fsencode(text).decode("utf-8", errors="backslashreplace")
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in shown)
