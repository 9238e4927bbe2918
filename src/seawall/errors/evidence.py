"""Evidence that does not prove what it should."""

from __future__ import annotations

from seawall.errors.outside import CorruptionError
from seawall.errors.usage import UsageError


class BadEvidence(CorruptionError):
    """The evidence does not hold: {reason}"""

    code = "bad_evidence"
    http_status = 422
    remedy = "Do not rely on it. Compare it with another copy, and find out who had it in between."


class NotPreserved(UsageError):
    """Decision {decision} cannot take effect: nothing is preserved of item {item}, and nothing says why"""

    code = "not_preserved"
    http_status = 409
    remedy = "Have its job run, which preserves first; or undo the decision, and say why nothing can be."
