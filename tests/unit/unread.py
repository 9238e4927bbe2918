"""A reader that finds nothing: every claim is then a person's."""

from __future__ import annotations

import sys
from pathlib import Path

from seawall import errors
from seawall.model.claim import Group, GroupRole
from seawall.model.incident import MAIN
from seawall.model.report import Reading, Unread
from seawall.workflows import readers

sys.path.insert(0, str(Path(__file__).parent))
import ledger_readings


class Plain:
    """Takes plain text in UTF-8."""

    def text(self, data, name):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            reason = f"its byte {error.start} is not UTF-8"
            raise errors.UnsupportedFormat(path=name, reason=reason) from error
        return readers.Text(text, ledger_readings.lines(text))

    def read(self, text, published):
        return Reading(
            language="und",
            lines=text.lines,
            proposals=(),
            groups=(Group(MAIN, GroupRole.MAIN),),
            people=(),
            organisations=(),
            places=(),
            times=(),
            media=(),
            violations=(),
            discrepancies=(),
            unread=(Unread(0, len(text.text), "nobody has read it"),),
        )

    def close(self):
        pass
