"""Evidence that does not prove what it should."""

from __future__ import annotations

from seawall.errors.outside import CorruptionError


class BadEvidence(CorruptionError):
    """The evidence does not hold: {reason}"""

    code = "bad_evidence"
    http_status = 422
    remedy = "Do not rely on it. Compare it with another copy, and find out who had it in between."
