"""Submissions that do not go out, and records that may not leave."""

from __future__ import annotations

from seawall.errors.outside import OutsideError
from seawall.errors.usage import UsageError


class SubmissionHeld(UsageError):
    """The submission cannot go out; {field}: {reason}"""

    code = "submission_held"
    http_status = 422
    remedy = "Change the words so that they hold no personal data and what the database asks for."


class TransparencyRefused(UsageError):
    """The transparency database does not let Seawall in: {reason}"""

    code = "transparency_refused"
    http_status = 424
    remedy = "Check the settings `transparency_url` and `transparency_token` with the database's own page."


class TransparencyUnreachable(OutsideError):
    """The transparency database cannot be reached: {reason}"""

    code = "transparency_unreachable"
    http_status = 503
    remedy = "Nothing is lost: what was not taken stays in the outbox and is tried again."


class NotForRecipient(UsageError):
    """A record that is marked TLP:{tlp} is not for {recipient}"""

    code = "not_for_recipient"
    http_status = 403
    remedy = "Choose a marking that the recipient may hold, or another recipient."
