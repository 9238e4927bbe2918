"""The import contracts hold, and they would notice if they did not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

BAD_IMPORTS = [
    # contract, module that errs, what it must not import
    ("layers", "store/schema.py", "seawall.workflows"),
    ("layers", "store/schema.py", "seawall.matching"),
    ("layers", "matching/search.py", "seawall.store"),
    ("layers", "media/limits.py", "seawall.signals"),
    ("pure", "reports/view.py", "seawall.store"),
    ("layers", "reports/view.py", "seawall.claims"),
    ("layers", "errors/usage.py", "seawall.model"),
    ("pure", "media/limits.py", "sqlite3"),
    ("pure", "media/limits.py", "socket"),
    ("pure", "signals/pdq.py", "sqlalchemy"),
    ("pure", "matching/search.py", "seawall.objects"),
    ("pure", "reports/view.py", "sqlalchemy"),
    ("client", "client/call.py", "seawall.workflows"),
    ("client", "client/call.py", "pydantic"),
    ("layers", "client/call.py", "seawall.api"),
    ("decoders", "signals/pdq.py", "av"),
    ("decoders", "cli/__init__.py", "PIL"),
    ("store", "store/schema.py", "numpy"),
]


def lint(source: Path, *, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    """Check the package in the folder `source` against the contracts of this repository."""
    command = [LINT_IMPORTS, "--no-logo", "--no-cache", "--config", ROOT / "pyproject.toml"]
    if contract is not None:
        command += ["--contract", contract]
    return subprocess.run(
        command,
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_contracts_hold():
    checked = lint(ROOT / "src")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(("contract", "module", "imported"), BAD_IMPORTS)
def test_a_bad_import_is_caught(tmp_path, contract, module, imported):
    package = tmp_path / "seawall"
    shutil.copytree(ROOT / "src" / "seawall", package, ignore=shutil.ignore_patterns("__pycache__"))
    with (package / module).open("a", encoding="utf-8") as file:
        file.write(f"\nimport {imported}\n")
    checked = lint(tmp_path, contract=contract)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    importer = "seawall." + module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert f"{importer} -> {imported}" in checked.stdout


def test_a_new_package_must_be_given_its_place(tmp_path):
    package = tmp_path / "seawall"
    shutil.copytree(ROOT / "src" / "seawall", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "newcomer.py").write_text("", encoding="utf-8")
    checked = lint(tmp_path, contract="layers")
    assert checked.returncode == 1
    assert "newcomer" in checked.stdout + checked.stderr
