"""Answers that are errors, as the errors of `seawall.errors` that they name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from seawall import errors

#: Answers of what stands in front of a service that is not there.
_GATEWAY: Final = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said."""

    status: int
    headers: Mapping[str, str]  #: names in any case
    body: bytes

    def json(self) -> object:
        """The body, read. Raises ValueError."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def error_of(answer: Answer, place: str) -> errors.SeawallError:
    """The error that an answer tells of. place: the address of the service."""
    problem = problem_of(answer)
    code, detail = problem.get("code"), problem.get("detail")
    if not isinstance(code, str) or not isinstance(detail, str):
        reason = f"it answers {answer.status}"
        if answer.status in _GATEWAY:
            return errors.ServiceUnreachable(place=place, reason=reason)
        return errors.BadAnswer(place=place, reason=f"{reason} without saying why")
    asked_s = wait_asked_s(answer)
    error = errors.named(code, detail, **({} if asked_s is None else {"wait_s": asked_s}))
    error.http_status = answer.status
    if isinstance(remedy := problem.get("remedy"), str):
        error.remedy = remedy
    if isinstance(request := problem.get("request"), str):
        error.request_id = request
    return error


def problem_of(answer: Answer) -> dict[str, object]:
    """What an answer says went wrong; empty where it does not say so as Seawall does."""
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def wait_asked_s(answer: Answer) -> float | None:
    """How long `Retry-After` asks to wait, in seconds or until a time; None where it does not."""
    asked = answer.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit() and len(asked) <= 9:
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
