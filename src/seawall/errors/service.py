"""A call to the service that it does not carry out."""

from __future__ import annotations

from seawall.errors.usage import UsageError


class NotSignedIn(UsageError):
    """No valid key or session came with the call: {reason}"""

    code = "not_signed_in"
    http_status = 401
    remedy = "Send `Authorization: Bearer KEY` with a key that is in force, or sign in to the console."


class NotAllowed(UsageError):
    """{who} may not do this: it needs the scope {scope}"""

    code = "not_allowed"
    http_status = 403
    remedy = "Ask an administrator for a key, or a role, that has the scope."


class TooManyCalls(UsageError):
    """{who} has used up its {limit}; the next call is taken in {wait_s:g} s"""

    code = "too_many_calls"
    http_status = 429
    remedy = "Wait as long as `Retry-After` says, send fewer calls, or have the key's limit raised."


class BadRequest(UsageError):
    """The request cannot be used: {reason}"""

    code = "bad_request"
    http_status = 422
    remedy = "Correct the request; the API's reference page shows what each operation takes."


class BadCursor(UsageError):
    """{cursor!r} is not a cursor that Seawall has given"""

    code = "bad_cursor"
    http_status = 422
    remedy = "Start at the first page, and pass on `next_cursor` as it comes."


class KeyReused(UsageError):
    """The idempotency key {key!r} was used for another request"""

    code = "key_reused"
    http_status = 409
    remedy = "Use a new key for each request, and the same key only to send the same request again."


class RecordNotFound(UsageError):
    """There is no {kind} {id!r}"""

    code = "record_not_found"
    http_status = 404
    remedy = "List the records of that kind; ids are given by Seawall and never change."


class RecordConflict(UsageError):
    """The {kind} {id!r} is {state}; it cannot be {wanted}"""

    code = "record_conflict"
    http_status = 409
    remedy = "Read the record again, and decide on it as it stands now."


class ServiceMissing(UsageError):
    """Serving and doing jobs need {name}, which is not installed"""

    code = "service_missing"
    http_status = 501
    remedy = "Install the extra that serves: pip install 'seawall[service]'."


class UnsafeUrl(UsageError):
    """{url} is not fetched: {reason}"""

    code = "unsafe_url"
    http_status = 422
    remedy = "Give an http or https address on the public network; the settings name hosts that are exempt."


class FetchFailed(UsageError):
    """{url} could not be fetched: {reason}"""

    code = "fetch_failed"
    http_status = 422
    remedy = "Check the address; where its server is slow or large, send the file itself."
