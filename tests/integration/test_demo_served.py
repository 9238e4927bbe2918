"""`seawall demo --serve` as a process: somebody signs in with what it prints, and no page is empty."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import httpx2
import pytest
from running import READY

from seawall.console import navigation

#: What stands on a page once there is something on it.
SHOWN = {
    "queue": "known-b.mp4",
    "inbox": "Removal of the ferry",
    "incidents": "A ferry in Ostend",
    "banks": "HARBOUR",
    "search": "known-a.mp4",
    "reports": r"/console/reports/\d{4}/\w",
    "doing": "Media that nobody had to see",
    "exposure": "stylised|without detail",
    "audit": "viewing_reveal",
    "policies": "Version 1",
    "exchanges": "partners",
    "webhooks": "platform.example",
    "keys": "upload path",
    "users": "rita",
    "jobs": r"/console/jobs/\w",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The address of the service, and the passwords that it printed."""
    out = tmp_path_factory.mktemp("demo") / "out"
    process = subprocess.Popen(
        [sys.executable, "-m", "seawall", "demo", "--serve", "--port", "0", "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "SEAWALL_DATA": str(out / "not-this-one")},
    )
    address, passwords = "", {}
    for line in process.stdout:
        if found := re.fullmatch(r"(\S+) +(\S+) +password (\S+)\n", line):
            passwords[found[1]] = found[3]
        if line.startswith(READY):
            address = line.removeprefix(READY).strip()
            break
    try:
        assert address, process.communicate(timeout=30)[1]
        yield address, passwords
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert not (out / "not-this-one").exists()


@pytest.fixture
def person(demo):
    address, passwords = demo
    with httpx2.Client(base_url=address, timeout=60, follow_redirects=True) as client:
        answer = client.post("/console/sign-in", data={"user": "ada", "password": passwords["ada"]})
        assert answer.status_code == 200, answer.text
        yield client


def test_every_person_has_a_password_of_their_own(demo):
    _, passwords = demo
    assert passwords.keys() == {"ada", "ines", "rita", "omar", "theo"}
    assert len(set(passwords.values())) == 5


def test_no_page_of_the_navigation_is_empty(person):
    entries = (*navigation.WORK, *navigation.ABOUT)
    assert {one.name for one in entries} == SHOWN.keys()
    for one in entries:
        answer = person.get(one.path, params={"q": "harbour"} if one.name == "search" else {})
        assert answer.status_code == 200, one.path
        main = answer.text.partition("<main")[2]
        assert re.search(SHOWN[one.name], main), one.path
