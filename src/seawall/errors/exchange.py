"""Lists of others that cannot be set up or fetched."""

from __future__ import annotations

from seawall.errors.outside import OutsideError
from seawall.errors.usage import UsageError


class BadExchange(UsageError):
    """An exchange of the kind {adapter!r} cannot be set up so: {reason}"""

    code = "bad_exchange"
    http_status = 422
    remedy = "`seawall exchange adapters` lists what each kind must be told."


class ExchangeExists(UsageError):
    """There is an exchange {exchange!r} already"""

    code = "exchange_exists"
    http_status = 409
    remedy = "Change that one, or choose another name."


class ExchangeNotFound(UsageError):
    """There is no exchange {exchange!r}"""

    code = "exchange_not_found"
    http_status = 404
    remedy = "`seawall exchange list` shows the exchanges."


class ExchangeRefused(UsageError):
    """The exchange {exchange} refuses: {reason}"""

    code = "exchange_refused"
    http_status = 424
    remedy = "Check its credentials and its settings with whoever runs it."


class ExchangeUnreachable(OutsideError):
    """The exchange {exchange} cannot be reached: {reason}"""

    code = "exchange_unreachable"
    http_status = 503
    remedy = "Nothing is lost: the next fetch goes on where this one stopped."
