"""Commands of `seawall`, each in a process of its own, forked from one that has imported what they need.

That takes a second, longer than what most commands do. Tests of what is imported, and of processes that are
killed or told to stop, start `python -m seawall` themselves.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NURSERY = """
import json, os, sys
from seawall.cli import main
from seawall.claims import english, towns
for verb in main.VERBS:
    main.cli.get_command(None, verb)
for line in sys.stdin:
    asked = json.loads(line)
    if asked["words"][-1:] != ["--help"] and "incident" in asked["words"]:
        english.model(), towns.load()
    child = os.fork()
    if not child:
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit()
for descriptor, name in enumerate(asked["files"]):
    opened = os.open(name, os.O_RDWR)
    os.dup2(opened, descriptor)
    os.close(opened)
sys.stdin = open(0, closefd=False)
os.environ.clear()
os.environ.update(asked["environment"])
os.chdir(asked["folder"])
sys.argv = ["seawall", *asked["words"]]
main.main()
"""


@dataclass(frozen=True)
class Ran:
    """What a call printed and returned."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict:
        return json.loads(self.out)


def seawall(*words: object, environment: Mapping[str, str] = os.environ, given: str = "") -> Ran:
    """Call `seawall` with these words, and `given` to read."""
    return _nursery().run([str(word) for word in words], environment, given)


class _Nursery:
    """A process that has imported what the commands need, and forks one for each call."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._turn = threading.Lock()
        atexit.register(self._process.communicate)

    def run(self, words: list[str], environment: Mapping[str, str], given: str) -> Ran:
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder, name) for name in ("in", "out", "err")]
            for file, text in zip(files, (given, "", ""), strict=True):
                file.write_text(text, "utf-8")
            asked = {"words": words, "files": [*map(str, files)], "environment": dict(environment)}
            with self._turn:
                self._process.stdin.write(json.dumps({**asked, "folder": str(Path.cwd())}) + "\n")
                self._process.stdin.flush()
                code = int(self._process.stdout.readline())
            out, err = (file.read_text("utf-8", "surrogateescape") for file in files[1:])
        return Ran(code, out, err)


@functools.cache
def _nursery() -> _Nursery:
    """That of this test process, with which it ends."""
    return _Nursery()
