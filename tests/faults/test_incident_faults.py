"""A process that is killed while it opens incidents leaves whole incidents, and nothing of the others."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seawall import errors
from seawall.model.incident import Still
from seawall.store import Store
from seawall.store.store import FILE_NAME

UNIT = Path(__file__).parents[1] / "unit"
sys.path.insert(0, str(UNIT))
import ledger_readings  # noqa: E402

#: Opens incidents without end; says which, and only after the store has said so.
WRITER = f"""
import sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, {str(UNIT)!r})
import ledger_readings
from seawall.model.incident import Still
from seawall.store import Store

new = ledger_readings.document()
stills = tuple(Still(new.sha256, n, "5" * 64, 7, 0, None, None, 0, ()) for n in (1, 2, 3))
with Store.open(Path(sys.argv[1])) as store:
    while True:
        ledger = store.incidents.open("A", replace(new, stills=stills), actor="ann")
        print(ledger.id, flush=True)
        text = "Again\\n" + ledger_readings.TEXT
        store.incidents.add_document(ledger.id, ledger_readings.document(text), actor="ann")
"""

ROUNDS = 5


def test_an_incident_is_there_whole_or_not_at_all_whenever_the_process_is_killed(tmp_path):
    Store.open(tmp_path).close()
    moments = random.Random(20260105)
    kept: set[str] = set()
    for _ in range(ROUNDS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        first = writer.stdout.readline()  # it is at work now
        time.sleep(moments.uniform(0, 0.1))
        writer.send_signal(signal.SIGKILL)
        printed = first + writer.stdout.read()
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL
        acknowledged = {line for line in printed.split("\n")[:-1] if line}
        with Store.open(tmp_path) as store:
            present = {one.id: one for one in store.incidents.every()}
            assert kept | acknowledged <= present.keys()
            assert len(present.keys() - kept - acknowledged) <= 1
            for id_, one in present.items():
                assert (one.documents, one.claims) in {(1, 11), (2, 22)}
                if id_ not in kept:
                    ledger = store.incidents.ledger(id_)
                    assert ledger.documents[0].text == ledger_readings.TEXT
                    assert len(ledger.latest(Still)) == 3
            kept = set(present)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_a_failure_in_the_middle_of_opening_leaves_nothing(tmp_path, monkeypatch):
    with Store.open(tmp_path) as store:

        def broken(*_: object) -> None:
            raise errors.DiskFull(path=tmp_path)

        monkeypatch.setattr("seawall.store.incidents._proposed", broken)
        with pytest.raises(errors.DiskFull):
            store.incidents.open("A", ledger_readings.document(), actor="ann")
        monkeypatch.undo()
        assert store.incidents.every() == []
        with store._database.read() as connection:
            for table in ("incident", "document", "revision"):
                assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
