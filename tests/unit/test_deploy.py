"""The deployment examples name what there is, and give up what the service does not need."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from seawall import config

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
VARIABLES = {setting.variable for setting in config.SETTINGS}
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
OURS = [name for name, service in COMPOSE["services"].items() if service.get("image") == "seawall"]


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_is_a_setting(path):
    named = set(re.findall(r"\bSEAWALL_[A-Z0-9_]+", path.read_text(encoding="utf-8")))
    assert named <= VARIABLES


def test_what_compose_asks_for_is_in_the_example_of_its_environment():
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)", read("compose.yaml")))
    given = set(re.findall(r"^([A-Z0-9_]+)=", read("env.example"), re.MULTILINE))
    assert asked == given


def test_no_example_holds_a_secret():
    for name in ("env.example", "systemd/seawall.env.example"):
        for line in read(name).splitlines():
            variable, _, value = line.partition("=")
            setting = next((one for one in config.SETTINGS if one.variable == variable), None)
            if setting is not None and setting.secret:
                assert value == "" or "PASSWORD" in value, line


def test_compose_runs_two_servers_and_a_worker_that_have_nothing_to_spare():
    assert OURS == ["serve-1", "serve-2", "worker"]
    for name in OURS:
        service = COMPOSE["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert "ports" not in service
    folders = [COMPOSE["services"][name]["volumes"][0] for name in OURS]
    assert len(set(folders)) == len(folders), "each has an index of its own"


def test_only_tls_is_published_in_compose():
    published = {name: one["ports"] for name, one in COMPOSE["services"].items() if "ports" in one}
    assert published == {"nginx": ["443:443"]}


def test_everything_that_compose_names_is_there():
    for service in COMPOSE["services"].values():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert source == "./tls" or (DEPLOY / source).exists()
            else:
                assert source in COMPOSE["volumes"]
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])
    assert (ROOT / COMPOSE["services"]["worker"]["build"]["dockerfile"]).exists()


def test_the_servers_believe_the_proxy_of_their_own_network_only():
    subnet = COMPOSE["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert all(COMPOSE["services"][name]["environment"]["SEAWALL_PROXY"] == subnet for name in OURS)


def test_they_stop_later_than_the_service_gives_itself():
    shutdown_s = next(one.default for one in config.SETTINGS if one.name == "shutdown_s")
    for name in OURS:
        assert int(COMPOSE["services"][name]["stop_grace_period"].removesuffix("s")) > shutdown_s
    for unit in UNITS:
        found = re.search(r"^TimeoutStopSec=(\d+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        assert int(found[1]) > shutdown_s


def test_the_image_is_installed_as_the_readme_says_and_run_by_nobody_of_importance():
    text = read("Dockerfile")
    in_image = re.findall(r"^RUN (pip install .*)$", text, re.MULTILINE)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert in_image == re.findall(r"^(?:\$ )?(pip install .*)$", readme, re.MULTILINE)
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER \d+:\d+$", last, re.MULTILINE)
    assert "pip" not in last
    assert not re.search(r"\b(?:curl|wget|apt-get)\b", text)
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for one in source.split():
            assert (ROOT / one).exists()


def test_the_image_is_built_from_what_it_copies_and_nothing_else():
    allowed = re.findall(r"^!(.+)$", read("Dockerfile.dockerignore"), re.MULTILINE)
    copied = " ".join(re.findall(r"^COPY (?!--from)(.+) \S+$", read("Dockerfile"), re.MULTILINE)).split()
    assert sorted(allowed) == sorted(copied)
    assert "*" in read("Dockerfile.dockerignore").splitlines()


def test_the_python_of_the_image_is_one_that_seawall_runs_on():
    versions = re.findall(r"^FROM python:(3\.\d+)-slim", read("Dockerfile"), re.MULTILINE)
    assert versions == ["3.13", "3.13"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_unit(unit, tmp_path, needs):
    needs(shutil.which("systemd-analyze") is not None, "needs systemd-analyze")
    name = unit.name.replace("@.", "@8720.")
    text = unit.read_text(encoding="utf-8")
    program = re.search(r"^ExecStart=(\S+)", text, re.MULTILINE)[1]
    (tmp_path / name).write_text(text.replace(program, "/bin/true"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / name],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert name not in done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_leaves_the_decoding_processes_what_they_lock_themselves_up_with(unit):
    text = unit.read_text(encoding="utf-8")
    filtered = re.findall(r"^SystemCallFilter=(?!~)(.*)$", text, re.MULTILINE)
    for call in ("landlock_create_ruleset", "landlock_restrict_self", "seccomp"):
        assert call in filtered[0].split()
    assert "AF_UNIX" in text, "parent and child talk over a pair of sockets"
    assert "NoNewPrivileges=yes" in text
    assert "MemoryDenyWriteExecute=yes" not in text, "FFmpeg's scaler writes code where it can"
