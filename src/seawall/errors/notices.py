"""A notice, a clock, or what follows from them, that cannot be as it is asked for."""

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


class BadThreat(UsageError):
    """The dossier cannot be taken as it is; {field}: {reason}"""

    code = "bad_threat"
    http_status = 422
    remedy = "Give the field as it is asked for; one fact with its source is enough."


class NeverBanked(UsageError):
    """The content with SHA-256 {sha256} was referred to a hotline and is taken into no bank"""

    code = "never_banked"
    http_status = 409
    remedy = "Delete the file where it still lies; the hotline and the law of the place say what else is due."


class HotlineMissing(UsageError):
    """No hotline is set that a referral could go to"""

    code = "hotline_missing"
    http_status = 409
    remedy = "Report to the hotline of your country now, name it in the setting `hotline`, and refer again."
