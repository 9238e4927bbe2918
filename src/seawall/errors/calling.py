"""A service that is called from a program, and does not answer as it should."""

from __future__ import annotations

from seawall.errors.outside import OutsideError


class ServiceUnreachable(OutsideError):
    """The service at {place} cannot be reached: {reason}"""

    code = "service_unreachable"
    remedy = "Check the address and that the service runs; what was sent can be sent again."


class BadAnswer(OutsideError):
    """The service at {place} gives no answer of Seawall's: {reason}"""

    code = "bad_answer"
    http_status = 502
    remedy = "Check that the address is that of a Seawall service, and what stands in front of it."


class JobUnfinished(OutsideError):
    """The job {id!r} has not ended within {waited_s:g} s"""

    code = "job_unfinished"
    http_status = 504
    remedy = "It goes on by itself: ask for it later by its id, or wait for it longer."
