"""A notice or a clock that cannot be as it is asked for."""

from __future__ import annotations

from seawall.errors.usage import UsageError


class BadNotice(UsageError):
    """The notice cannot be taken as it is; {field}: {reason}"""

    code = "bad_notice"
    http_status = 422
    remedy = "Give the field as it is asked for; what is not known yet is left out and can be added later."


class BadClock(UsageError):
    """The clock cannot be changed so: {reason}"""

    code = "bad_clock"
    http_status = 409
    remedy = "Read the clock with its events again; what happens to it comes after what happened before."
