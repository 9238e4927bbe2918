"""Workers to be killed: what they need is imported once, then one is forked for each line that is read.

Prints the process id of each. A task says in its payload what is to be done; every step notes in a file that
it begins, and has its effect in a table where it can be had once.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import seawall
from seawall import errors
from seawall.jobs.queues import Backoff
from seawall.jobs.runner import Runner
from seawall.workflows import webhooks
from seawall.workflows.tasks import Kind

sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
from at_work import LoopbackWeb

STEPS = 3
QUICKLY = Backoff(first_s=0.05, most_s=0.2, tries=50)


def log_of(folder: Path) -> Path:
    return folder / "begun.txt"


def effects_of(folder: Path) -> Path:
    return folder / "effects.sqlite"


def prepare(folder: Path) -> None:
    with closing(sqlite3.connect(effects_of(folder))) as made, made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE effect (task, step, token, PRIMARY KEY (task, step))")


def work(folder: Path, task: str, step: int) -> str:
    """The token of the effect: that of the first who had it."""
    note(folder, f"{task} {step}")
    with closing(sqlite3.connect(effects_of(folder), timeout=30)) as made, made:
        token = os.urandom(8).hex()
        made.execute("INSERT OR IGNORE INTO effect VALUES (?, ?, ?)", (task, step, token))
        return made.execute("SELECT token FROM effect WHERE task = ? AND step = ?", (task, step)).fetchone()[
            0
        ]


def note(folder: Path, line: str) -> None:
    with log_of(folder).open("a") as file:
        file.write(f"{line}\n")


def handle(folder: Path):
    def handler(library, task, steps):
        if task.payload.get("kill"):
            note(folder, f"{task.id} kills {os.getpid()}")
            os.kill(os.getpid(), signal.SIGKILL)
        if task.payload.get("stumble"):
            stumble = int.from_bytes(os.urandom(1)) < 64

            def outside():
                if stumble:
                    raise errors.WriteFailed(path="somewhere", reason="it happens")

            steps.run("outside", outside)
        tokens = []
        for step in range(STEPS):
            tokens.append(steps.run(f"step {step}", lambda step=step: work(folder, task.id, step)))
            time.sleep(float(task.payload.get("pause_s", 0)))
        return {"tokens": tokens}

    return handler


def serve(folder: Path) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with seawall.open(folder / "data") as library:
        library.web = LoopbackWeb()
        handlers = {Kind.OUTCOME: handle(folder), Kind.DELIVERY: webhooks.deliver}
        runner = Runner(
            library, handlers=handlers, backoffs=dict.fromkeys(handlers, QUICKLY), periodic={}, together={}
        )
        runner.start()
        note(folder, f"started {os.getpid()}")
        stopped.wait()
        runner.stop(5)
    os._exit(0)


def main() -> None:
    folder = Path(sys.argv[1])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave no trace in the table of processes
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            serve(folder)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
