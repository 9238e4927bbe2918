"""How Sphinx builds the documentation: offline, and with every warning an error."""

from __future__ import annotations

import tomllib
from pathlib import Path

_PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
_PROJECT = tomllib.loads(_PYPROJECT.read_text(encoding="utf-8"))["project"]

project = "Seawall"
author = _PROJECT["authors"][0]["name"]
release = _PROJECT["version"]
project_copyright = f"2026 {author}"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
nitpicky = True

html_theme = "furo"
html_title = f"Seawall {release}"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_last_updated_fmt = None
