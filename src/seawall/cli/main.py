"""`seawall`: the group of verbs, and how an error becomes an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Final

import click

import seawall
from seawall import errors
from seawall.cli import output

#: Where each verb is: its module in this package, and its name there.
VERBS: Final = {
    "backup": ("backup", "backup"),
    "bank": ("bank", "bank"),
    "bench": ("bench", "bench"),
    "check": ("check", "check"),
    "demo": ("demo", "demo"),
    "doctor": ("doctor", "doctor"),
    "evidence": ("evidence", "evidence"),
    "exchange": ("exchange", "exchange"),
    "export": ("lists", "export_list"),
    "hash": ("hashing", "hash_files"),
    "import": ("lists", "import_list"),
    "incident": ("incident", "incident"),
    "key": ("user", "key"),
    "policy": ("policy", "policy"),
    "report": ("report", "report"),
    "scan": ("scan", "scan"),
    "serve": ("serve", "serve"),
    "user": ("user", "user"),
    "worker": ("worker", "worker"),
}
EXIT_INTERRUPTED: Final = 130
EXIT_NO_READER: Final = 141  #: what a shell reports for a writer whose reader has gone


class Verbs(click.Group):
    """Imports a verb when it is asked for: nobody waits for what the others need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of a name."""
        if cmd_name not in VERBS:
            return None
        module, name = VERBS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"seawall.cli.{module}"), name)
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--quiet", is_flag=True, help="No progress.")
@click.version_option(seawall.__version__, package_name="seawall")
@click.pass_context
def cli(context: click.Context, *, data: Path | None, as_json: bool, quiet: bool) -> None:
    """Find where known video and stills reappear, and say exactly where."""
    context.obj = output.Output(data, as_json, quiet)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        code = cli.main(prog_name="seawall", standalone_mode=False)
    except click.exceptions.Abort:
        code = EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except output.Interrupted as stopped:
        code = _report(stopped.error)
    except errors.SeawallError as error:
        code = _report(error)
    except BrokenPipeError:
        # Whoever read our output has enough. Python would complain again when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_NO_READER
    sys.exit(code if isinstance(code, int) else 0)


def _report(error: errors.SeawallError) -> int:
    click.echo(output.printable(f"seawall: {error.code}: {error.message}"), err=True)
    click.echo(output.printable(f"         {error.remedy}"), err=True)
    return error.exit_code
