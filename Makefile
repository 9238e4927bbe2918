# One set of commands: what a developer runs is what continuous integration runs.
#
#   make demo      show Seawall at work on harmless clips that it makes itself (writes ./demo-out)
#   make test      everything that must pass before a change is merged
#   make check     the static part of it: lint, format, types, layers
#   make docs      build the documentation into ./site
#   make reference write the generated pages of docs/reference anew
#   make lock      compute the pinned dependencies anew (needs uv)
#   make clean     remove what these commands made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes
PROJECT := $(PIP) install --quiet --no-deps --no-build-isolation --editable .
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
	--custom-compile-command "make lock" --constraints requirements/constraints.in
WORKERS ?= 3

.PHONY: demo test check docs docs-check reference lock clean python compiler browser

demo: $(VENV)/.run
	$(BIN)/seawall demo

test: browser check docs-check
	$(BIN)/pytest -n $(WORKERS) --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports --no-logo

docs: reference
	@$(MAKE) --no-print-directory docs-check

# Never with --quiet: it hides warnings from --strict too. The variable silences the theme's announcement of
# the end of its life, which docs/decisions/0007-documentation-generator.md takes up.
docs-check: $(VENV)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

reference: $(VENV)/.dev
	$(BIN)/python docs/generate.py

# The locks are prerequisites of nothing: a checkout's file times say nothing of what is newer.
# A pin is kept while it fits; `make lock UPGRADE=--upgrade` takes the newest versions.
lock: | $(BIN)/uv
	$(COMPILE) $(UPGRADE) --extra incident --extra service --output-file requirements/run.lock \
		pyproject.toml requirements/build.in
	$(COMPILE) $(UPGRADE) --all-extras --output-file requirements/dev.lock \
		--constraints requirements/run.lock pyproject.toml requirements/build.in requirements/dev.in
	$(COMPILE) $(UPGRADE) --output-file requirements/oracle.lock --constraints requirements/dev.lock \
		requirements/oracle.in

clean:
	rm -rf $(VENV) build dist site demo-out
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# A stamp says which lock the environment was made from; a newer lock makes it anew.

$(VENV)/.run: requirements/run.lock pyproject.toml | $(BIN)/python
	$(INSTALL) --requirement requirements/run.lock
	$(PROJECT)
	@touch $@

$(VENV)/.dev: requirements/dev.lock requirements/oracle.lock pyproject.toml | $(BIN)/python
	@$(MAKE) --no-print-directory compiler
	$(INSTALL) --requirement requirements/dev.lock
	$(INSTALL) --no-build-isolation --requirement requirements/oracle.lock
	$(PROJECT)
	@touch $@ $(VENV)/.run

$(BIN)/uv: | $(BIN)/python
	$(PIP) install --quiet uv

$(BIN)/python:
	@$(MAKE) --no-print-directory python
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Seawall needs Python 3.11, 3.12 or 3.13; there is no '$(PYTHON)' here." >&2; \
		echo "Name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "Seawall needs Python 3.11, 3.12 or 3.13; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make a virtual environment. On Debian and Ubuntu, install what it needs:" >&2; \
		echo "    apt-get install python3-venv" >&2; exit 1; }

compiler:
	@$(BIN)/python -c 'import pathlib, shutil, sys, sysconfig as s; \
		header = pathlib.Path(s.get_paths()["include"], "Python.h"); \
		sys.exit(not (header.exists() and shutil.which("c++")))' || { \
		echo "The tests compile the reference implementation of PDQ, and a C++ compiler or" >&2; \
		echo "Python's headers are missing. On Debian and Ubuntu, install both:" >&2; \
		echo "    apt-get install g++ python3-dev" >&2; exit 1; }

browser:
	@command -v chromium >/dev/null || { \
		echo "The tests open the console in a real browser, and Chromium is missing." >&2; \
		echo "On Debian, install it:" >&2; \
		echo "    apt-get install chromium" >&2; exit 1; }
