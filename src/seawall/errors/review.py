"""A policy or a decision that cannot be taken as it is."""

from __future__ import annotations

from seawall.errors.usage import UsageError


class BadPolicy(UsageError):
    """The policy cannot be used: {reason}"""

    code = "bad_policy"
    http_status = 422
    remedy = "Correct the rules; `seawall policy show BANK` prints one that is in force."


class NoDryRun(UsageError):
    """Version {version} of the policy of {bank!r} has not been tried out: {reason}"""

    code = "no_dry_run"
    http_status = 409
    remedy = "Make a dry run of this version, or say why it goes live without one."


class CannotSign(UsageError):
    """{who} cannot sign for this: {reason}"""

    code = "cannot_sign"
    http_status = 403
    remedy = "A person known by name, analyst or administrator, signs with a statement of their own."


class BadDecision(UsageError):
    """The decision cannot be taken as it is; {field}: {reason}"""

    code = "bad_decision"
    http_status = 422
    remedy = "Give what is named; the page on decisions lists what each choice needs."


class SecondPerson(UsageError):
    """{who} cannot do this alone: {reason}"""

    code = "second_person"
    http_status = 409
    remedy = "Have another user do it."


class NotTheirOwn(UsageError):
    """{who} cannot undo {what}: {maker} made it"""

    code = "not_their_own"
    http_status = 403
    remedy = "Ask who made it; once it has gone out, another decision can take its place."
