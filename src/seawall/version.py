"""Which version of Seawall this is."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
#: What is recorded as the tool that did something.
TOOL: Final = f"seawall {VERSION}"
