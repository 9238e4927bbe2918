"""What the repository says of itself is true, and nothing in it points at somebody's machine."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

#: made by tools or by running Seawall; the rest is what is kept under version control
NOT_KEPT = {
    ".git",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "build",
    "demo-out",
    "dist",
    "site",
}

#: spelled in pieces, so that this file does not find itself
MACHINE = re.compile(
    r"/(?:home|root|Users|work|opt|private/tmp)/[\w.]"
    r"|pypi" r"\.org|python" r"hosted\.org|registry" r"\.npmjs"
)  # fmt: skip
#: Tests serve on the loopback and ask for what must be refused; nothing else names such an address.
NEAR = re.compile(r"https?://(?:localhost|127\.|10\.|192\.168\.)")


def kept_files():
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if path.is_file() and NOT_KEPT.isdisjoint(inside.parts) and not inside.name.endswith(".egg-info"):
            yield path


def kept_texts():
    for path in kept_files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture


def test_the_changelog_knows_this_version():
    version = PYPROJECT["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0] == version


def test_what_is_installed_is_this_version():
    assert metadata.version("seawall") == PYPROJECT["project"]["version"]


def test_the_licence_is_there_in_full():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PYPROJECT["project"]["license"] == "Apache-2.0"
    for words in ("Version 2.0, January 2004", "9. Accepting Warranty", "Copyright 2026 The Seawall authors"):
        assert words in text


def test_no_file_names_a_machine_or_a_registry():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path, text in kept_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE.search(line) or (NEAR.search(line) and path.relative_to(ROOT).parts[0] != "tests")
    ]
    assert found == []


def test_every_extra_is_documented():
    described = "".join(text for path, text in kept_texts() if path.suffix == ".md")
    for extra in PYPROJECT["project"].get("optional-dependencies", {}):
        assert f"seawall[{extra}]" in described


def test_every_locked_package_has_a_digest_and_one_version():
    for lock in ("run", "dev", "oracle"):
        text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
        pins = re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE)
        names = [name for name, _ in pins]
        assert len(names) == len(set(names))
        blocks = re.split(r"^(?=[a-z0-9.-]+==)", text, flags=re.MULTILINE)[1:]
        assert all("--hash=sha256:" in block for block in blocks)


def test_the_locks_agree():
    def pins(lock):
        text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE))

    run, dev = pins("run"), pins("dev")
    assert run.items() <= dev.items()
    assert dev["av"] == "18.1.0"


def test_direct_dependencies_are_locked():
    text = (ROOT / "requirements" / "run.lock").read_text(encoding="utf-8")
    for requirement in PYPROJECT["project"]["dependencies"]:
        name = re.match(r"[\w.-]+", requirement)[0]
        assert re.search(rf"^{name}==", text, re.MULTILINE), name
