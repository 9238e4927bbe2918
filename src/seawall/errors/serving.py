"""A call that the service does not take as it came, or not now."""

from __future__ import annotations

from seawall.errors.outside import OutsideError
from seawall.errors.usage import UsageError


class NoSuchRoute(UsageError):
    """Nothing is served at {path}"""

    code = "no_such_route"
    http_status = 404
    remedy = "See the API's reference page for what there is."


class WrongMethod(UsageError):
    """{path} does not take {method}"""

    code = "wrong_method"
    http_status = 405
    remedy = "Use one of the methods that `Allow` names."


class BodyTooSlow(UsageError):
    """The request's body came too slowly: {received_bytes} bytes in {waited_s:g} s"""

    code = "body_too_slow"
    http_status = 408
    remedy = "Send it again over a faster connection; the settings name the slowest rate."


class BodyTooLarge(UsageError):
    """The request's body is larger than {limit_bytes} bytes"""

    code = "body_too_large"
    http_status = 413
    remedy = "Send less at once; the settings name the limits."


class CallUnderWay(UsageError):
    """The first call with the idempotency key {key!r} is still under way"""

    code = "call_under_way"
    http_status = 409
    remedy = "Call again a little later: the answer will be that of the first call."


class CsrfRefused(UsageError):
    """A session's call that changes something came without the session's token"""

    code = "csrf_refused"
    http_status = 403
    remedy = "Send `X-CSRF-Token` with the token that signing in gave."


class ServiceExtraMissing(UsageError):
    """The service needs {name}, which is not installed"""

    code = "service_extra_missing"
    http_status = 501
    remedy = "Install the extra that serves: pip install 'seawall[service]'."


class ServiceBusy(OutsideError):
    """The service has as many {what} under way as it takes; try again in {wait_s:g} s"""

    code = "service_busy"
    remedy = "Wait as long as `Retry-After` says; a larger installation takes more at once."
