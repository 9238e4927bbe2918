"""The documentation names what there is, and what it names is there."""

import dataclasses
import importlib.util
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest

from seawall import config, errors, signing
from seawall.matching.options import SearchOptions
from seawall.model import match, signal
from seawall.model.event import EventType
from seawall.model.job import JobState
from seawall.workflows import check, hashing, ingest, lists

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

#: the words that the project has agreed on
WORDS = """
    Content, Signal, hash, fingerprint, quality, distance, score, Bank, Negative bank, Reference, Candidate,
    Match, Segment, coverage_query, coverage_reference, Recommendation, Retro-match, Incident, Claim, Item,
    Case, Job, Decision, Notice, Order, Statement, Referral, Clock, Original, Working copy, Custody event
"""


def load_generator():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generator = load_generator()
PAGES = generator.pages()
COMMANDS = dict(generator.commands())
MARKDOWN = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
WRITTEN = [
    path
    for path in MARKDOWN
    if path.relative_to(DOCS if DOCS in path.parents else ROOT).as_posix() not in PAGES
]


def named(path):
    return path.relative_to(ROOT).as_posix()


def fences(text, *languages):
    """The fenced blocks of these languages."""
    for found in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if found[1] in languages:
            yield found[2]


def prose(text):
    """The text without fenced blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def shown_commands():
    """Every call of seawall in a fenced block of a page that people wrote."""
    for path in WRITTEN:
        for block in fences(path.read_text(encoding="utf-8"), "text", "console", "bash"):
            for line in block.splitlines():
                if re.match(r"(\$ )?seawall ", line):
                    yield path, line.removeprefix("$ ").split(" > ")[0].split("  #")[0]


# Generated pages


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_what_the_code_says_now(page):
    written = (DOCS / page).read_text(encoding="utf-8")
    assert written == PAGES[page], "run `make reference`"


def test_every_command_and_option_is_named():
    page = PAGES["reference/command-line.md"]
    sections = dict(re.findall(r"(?ms)^## `(.+?)`\n(.*?)(?=^## |\Z)", page))
    assert sections.keys() == COMMANDS.keys()
    for name, command in COMMANDS.items():
        named_here = set(re.findall(r"(?<=[`\s])--?[a-z0-9-]+", sections[name] + sections["seawall"]))
        options = (option for option in command.params if isinstance(option, click.Option))
        assert {word for option in options for word in option.opts} <= named_here, name


def test_every_error_is_named_with_its_numbers():
    page = PAGES["reference/errors.md"]
    for error in generator.error_classes():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{error.code}` |"))
        assert f"| {error.exit_code} | {error.http_status} |" in row
        assert f"- `{error.code}`: " in page


def test_every_setting_is_named():
    page = PAGES["reference/settings.md"]
    for setting in config.SETTINGS:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{setting.name}` |"))
        assert setting.variable in row
        assert str(setting.default) in row
        assert setting.help.split()[0] in row


# Pages that people wrote


def test_every_command_is_shown_in_use():
    shown = {line for _, line in shown_commands()}
    leaves = [name for name, command in COMMANDS.items() if not isinstance(command, click.Group)]
    text = "\n".join(path.read_text(encoding="utf-8") for path in WRITTEN)
    for name in leaves:
        verb = name.removeprefix("seawall ")
        used = any(re.search(rf"\b{verb}\b", line) for line in shown)
        assert used or f"`{verb}`" in text or f"`{name}`" in text, f"no page shows `{name}`"


@pytest.mark.parametrize(
    ("path", "line"),
    [pytest.param(path, line, id=f"{named(path)}: {line}") for path, line in shown_commands()],
)
def test_a_shown_command_exists_with_its_options(path, line):
    command, arguments = COMMANDS["seawall"], []
    known = {name for option in command.params for name in option.opts}
    for word in shlex.split(line)[1:]:
        if word.startswith("-"):
            assert word.split("=")[0] in known | {"--help"}, f"{named(path)} shows {word}"
        elif isinstance(command, click.Group):
            if member := command.get_command(click.Context(command), word):
                command = member
                known |= {name for option in command.params for name in option.opts}
            else:
                arguments.append(word)  # the value of an option of the group
        else:
            arguments.append(word)
    assert "--help" in line or not isinstance(command, click.Group), f"{named(path)}: {line} names no command"
    required = sum(p.required for p in command.params if isinstance(p, click.Argument))
    assert "--help" in line or len(arguments) >= required


def test_the_codes_that_pages_advise_on_exist():
    codes = {error.code for error in generator.error_classes()}
    page = (DOCS / "how-to" / "when-a-file-fails.md").read_text(encoding="utf-8")
    advised = set(re.findall(r"`([a-z]+_[a-z_]+)`", page))
    assert advised <= codes
    assert {error.code for error in generator.error_classes(errors.MediaError)} - {"media_error"} <= advised


@pytest.mark.parametrize("path", MARKDOWN, ids=named)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path.read_text(encoding="utf-8"))):
        assert not target.startswith(("http:", "/")), target
        file, _, _ = target.partition("#")
        assert not file or (path.parent / file).exists(), f"{named(path)} links to {target}"


def test_make_targets_that_pages_name_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for path in WRITTEN:
        text = path.read_text(encoding="utf-8")
        called = re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)
        assert set(called) <= targets, named(path)
    assert {"demo", "test", "check", "docs", "lock", "clean"} <= targets


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_json_examples_are_json(path):
    for block in fences(path.read_text(encoding="utf-8"), "json"):
        json.loads(block)


def test_every_schema_is_described():
    page = (DOCS / "reference" / "json.md").read_text(encoding="utf-8")
    used = set()
    for path in (ROOT / "src" / "seawall").rglob("*.py"):
        used |= set(re.findall(r'"(seawall\.[a-z-]+/\d+)"', path.read_text(encoding="utf-8")))
    assert used, "no schema found: has the way of naming them changed?"
    for schema in used:
        assert f"`{schema}`" in page, schema


@pytest.mark.parametrize(
    ("section", "record"),
    [
        ("seawall.check/1", check.CheckResult("upload.mp4").as_record()),
        (
            "seawall.bank-add/1",
            ingest.AddResult("a.mp4", None, None, None, {}, (), None, already=False, error=None).as_record(),
        ),
        ("seawall.hash/1", hashing.HashResult("a.mp4").as_record()),
        ("seawall.import/1", lists.ImportReport().as_record()),
    ],
)
def test_the_json_page_shows_the_fields_that_are_printed(section, record):
    page = (DOCS / "reference" / "json.md").read_text(encoding="utf-8")
    text = page.split(f"## `{section}`\n")[1].split("\n## ")[0]
    example = json.loads(next(fences(text, "json")))
    shown = example["results"][0] if "results" in example else example
    assert set(shown) == set(record) | ({"schema"} & set(shown))


def test_the_json_page_shows_the_fields_of_a_segment():
    page = (DOCS / "reference" / "json.md").read_text(encoding="utf-8")
    example = json.loads(next(fences(page, "json")))
    segment = example["results"][0]["matches"][0]["segments"][0]
    assert list(segment) == [field.name for field in dataclasses.fields(match.Segment)]
    for reason in signal.SkipReason:
        assert f"`{reason}`" in page


def test_the_numbers_that_decide_are_those_of_the_code():
    page = (DOCS / "explanation" / "matching.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ([^|]+) \|", page, re.MULTILINE)
    said = {}
    for names, values in rows:
        said.update(zip(re.findall(r"`(\w+)`", names), values.split(", "), strict=True))
    assert said == {name: str(value) for name, value in dataclasses.asdict(SearchOptions()).items()}


def test_the_list_columns_are_described():
    page = (DOCS / "reference" / "signals.md").read_text(encoding="utf-8")
    assert ",".join(lists.COLUMNS) in page
    for column in lists.COLUMNS:
        assert f"| `{column}` |" in page
    for kind in signal.SignalType:
        assert f"`{kind}`" in page


def test_the_glossary_has_every_agreed_word():
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    defined = set(re.findall(r"^(\S.*)\n: ", glossary, re.MULTILINE))
    assert {word.strip() for word in WORDS.split(",")} <= defined
    assert sorted(defined, key=str.lower) == re.findall(r"^(\S.*)\n: ", glossary, re.MULTILINE)


def test_every_decision_says_when_to_revisit_it():
    for page in DOCS.glob("decisions/[0-9]*.md"):
        text = page.read_text(encoding="utf-8")
        for part in ("**Context.**", "**Choice.**", "**Cost.**", "**Revisit when**"):
            assert part in text, f"{page.name} lacks {part}"


# The built site


class Loads(HTMLParser):
    """What a browser fetches of its own accord when it shows a page, and what the page links to."""

    def __init__(self, page):
        super().__init__()
        self.loads = []
        self.links = []
        self.ids = set()
        self.metas = {}
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids |= {values.get("id"), values.get("name")}
        if tag == "meta":
            self.metas[values.get("http-equiv")] = values.get("content")
        elif tag == "a":
            self.links.append(values.get("href") or "")
        elif tag == "link":
            named = values.get("rel") in ("author", "canonical", "index", "next", "prev", "search")
            (self.links if named else self.loads).append(values.get("href"))
        else:
            self.loads += [
                values.get(name) for name in ("src", "srcset", "poster", "data") if values.get(name)
            ]


def build(folder, target):
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", target],
        cwd=folder,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Each page of the built site, with what it names."""
    folder = tmp_path_factory.mktemp("site") / "html"
    built = build(ROOT, folder)
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    return {page: Loads(page) for page in folder.rglob("*.html")}


def test_the_site_loads_nothing_from_outside(site):
    assert len(site) >= len(list(DOCS.rglob("*.md")))
    for page, names in site.items():
        assert names.loads
        outside = [address for address in names.loads if re.match(r"(?:\w+:)?//", address or "")]
        assert outside == [], page.name


def test_its_styles_and_scripts_fetch_nothing_from_outside(site):
    fetch = re.compile(
        r"""url\(\s*["']?(?:\w+:)?//|@import\s+["'](?:\w+:)?//|(?:fetch|import|importScripts)\(\s*["'](?:\w+:)?//"""
    )
    folder = next(page.parent for page in site if page.name == "404.html")
    files = [*folder.rglob("*.css"), *folder.rglob("*.js")]
    assert files
    for file in files:
        assert not fetch.search(file.read_text(encoding="utf-8")), file.name


def test_a_browser_refuses_what_the_themes_script_would_fetch_from_outside(site):
    for page, names in site.items():
        policy = names.metas["Content-Security-Policy"]
        assert policy == "default-src 'self' file: data: blob: 'unsafe-inline'", page.name


def test_what_a_page_names_is_in_the_site(site):
    for page, names in site.items():
        if page.name == "404.html":
            continue  # its addresses begin at the root of a server
        for address in {*names.loads, *names.links}:
            file, _, part = address.partition("#")
            target = (page.parent / file).resolve() if file else page
            assert target.is_file(), f"{page.name} names {address}"
            assert not part or part in site[target].ids, f"{page.name} names {address}"


def test_faults_fail_the_build(tmp_path):
    shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    page = tmp_path / "docs" / "tutorial.md"
    faults = ["none.md", "glossary.md#none", "#none", "img/none.png", "how-to/", "/glossary.md"]
    planted = "\n\n".join(
        f"![fault]({fault})" if ".png" in fault else f"[fault]({fault})" for fault in faults
    )
    page.write_text(f"{page.read_text(encoding='utf-8')}\n{planted}\n", encoding="utf-8")
    (tmp_path / "docs" / "omitted.md").write_text("# Omitted\n", encoding="utf-8")
    built = build(tmp_path, tmp_path / "site")
    assert built.returncode != 0
    for fault in faults:
        assert f"link '{fault}'" in built.stderr
    assert "  - omitted.md" in built.stderr
    assert built.stderr.count("WARNING") == len(faults) + 1


def test_make_builds_the_site_as_strictly_as_the_tests():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = re.findall(r"^\t.*mkdocs build (.*)$", makefile, re.MULTILINE)
    assert called == ["--strict"]  # with --quiet, warnings would pass


def test_every_event_and_every_state_of_a_job_is_described():
    page = (DOCS / "reference" / "events.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", page, re.MULTILINE)) == {
        one.value for one in EventType
    }
    page = (DOCS / "how-to" / "jobs.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == {one.value for one in JobState}


def test_the_receiver_on_the_page_takes_what_is_signed_and_nothing_else():
    (code,) = fences((DOCS / "how-to" / "webhooks.md").read_text(encoding="utf-8"), "python")
    page = {}
    exec(code, page)
    body, stamp = b'{"id": "1"}', int(time.time())
    for secret, wanted in ((page["SECRET"], 204), ("another", 401)):
        receiver = page["Receiver"].__new__(page["Receiver"])
        said = []
        receiver.headers = {
            "Content-Length": str(len(body)),
            signing.TIMESTAMP: str(stamp),
            signing.SIGNATURE: signing.sign(secret, stamp, body),
        }
        receiver.rfile = io.BytesIO(body)
        receiver.send_response, receiver.end_headers = said.append, lambda: None
        receiver.do_POST()
        assert said == [wanted]
