"""Fixtures that all tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

#: Two test processes with two threads each for small products would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

#: The same examples each time: a run that fails by chance says nothing of the change that it judged.
#: HYPOTHESIS_PROFILE=explore draws new ones, to hunt.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

ROOT = Path(__file__).resolve().parents[1]


def _shared(name: str) -> Path:
    """A folder of test data that lies beside the repository and is not part of it."""
    folder = Path(os.environ.get("SEAWALL_SHARED", ROOT.parent / "shared")) / name
    if not folder.is_dir():
        pytest.skip(f"needs the folder {name!r} of the shared test data; SEAWALL_SHARED names its parent")
    return folder


@pytest.fixture(scope="session")
def needs() -> Callable[[bool, str], None]:
    """needs(condition, why): go on only where the machine offers what the test takes for granted."""

    def check(condition: bool, why: str) -> None:
        if not condition:
            pytest.skip(why)

    return check


@pytest.fixture(scope="session")
def corpus_dir() -> Path:
    """The folder of harmless clips."""
    return _shared("corpus") / "clips"


@pytest.fixture(scope="session")
def conformance_dir() -> Path:
    """Pictures and videos with hashes computed by other implementations."""
    return _shared("conformance")


@pytest.fixture(scope="session")
def reports_dir() -> Path:
    """A report from outside and what a careful reader takes from it."""
    return _shared("reports")
