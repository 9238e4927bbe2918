"""Calls on their way to a service and back: sent again where that helps, answered by JSON or an error."""

from __future__ import annotations

import os
import re
import secrets
import ssl
import time
from contextlib import ExitStack
from pathlib import Path, PurePath
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import httpx2

from seawall import errors
from seawall.client.call import Call, File, Form, text
from seawall.client.problems import Answer, error_of, problem_of, wait_asked_s

_READING: Final = "GET"
#: What may go well the next time. 429 and 503 come from the service too, the others from what is before it.
_PASSING: Final = frozenset({429, 502, 503, 504})
#: The first sending of a call, whose connection broke, is still being worked on.
_UNDER_WAY: Final = errors.CallUnderWay.code
_FIRST_WAIT_S: Final = 0.25
_LONGEST_WAIT_S: Final = 30.0
_CONNECT_S: Final = 10.0
_LARGEST_ANSWER_BYTES: Final = 256 << 20
_LONGEST_ANSWER_S: Final = 600.0  #: once it has begun
_RANDOM: Final = secrets.SystemRandom()
#: Headers take it as it is; and no line of a log is broken by it.
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]{1,200}")
#: A file's name, stream and type.
_Part = tuple[str, BinaryIO, str]


class Transport:
    """A connection to one service. It may be used by many threads."""

    def __init__(
        self, address: str, key: str, *, timeout_s: float, tries: int, ca_file: str | os.PathLike[str] | None
    ) -> None:
        self.place = _place(address)
        if not _PRINTABLE.fullmatch(key):
            raise ValueError("a key is printable characters without blanks")  # and is not shown here
        if tries < 1:
            raise ValueError("tries is 1 or more")
        self._tries = tries
        self._http = httpx2.Client(
            base_url=self.place,
            headers={
                "Authorization": f"Bearer {key}",
                "Accept": "application/json",
                "Accept-Encoding": "identity",  # so that a small answer is small
                "User-Agent": "seawall-client",
            },
            timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S)),
            verify=True if ca_file is None else ssl.create_default_context(cafile=os.fspath(ca_file)),
        )

    def close(self) -> None:
        self._http.close()

    def ask(self, call: Call) -> object:
        """The JSON that a call is answered by; None where it is answered by nothing.

        Raises the error that the service tells of, ServiceUnreachable, BadAnswer.
        """
        answer = self._answered(call)
        if answer.status == httpx2.codes.NO_CONTENT:
            return None
        read, document = _json(answer)
        if not read:
            raise errors.BadAnswer(place=self.place, reason="what it answers is no JSON")
        return document

    def bytes(self, call: Call) -> bytes:
        """The bytes that a call is answered by, whatever they are. Raises as `ask`."""
        return self._answered(call).body

    def _answered(self, call: Call) -> Answer:
        answer = self._sent(call)
        if isinstance(answer, str):
            raise errors.ServiceUnreachable(place=self.place, reason=answer)
        if not 200 <= answer.status < 300:
            raise error_of(answer, self.place)
        return answer

    def _sent(self, call: Call) -> Answer | str:
        """The last answer to a call, or why there was none.

        A call that changes something has one key for all times that it is sent, so it is done once.
        """
        headers = {}
        if call.method != _READING:
            headers["Idempotency-Key"] = _key(call.key)
        answer: Answer | str = ""
        for number in range(self._tries):
            answer = self._once(call, headers)
            wait_s = _wait_s(answer, number)
            if wait_s is None or number + 1 == self._tries:
                break
            time.sleep(wait_s)
        return answer

    def _once(self, call: Call, headers: dict[str, str]) -> Answer | str:
        with ExitStack() as opened:
            data, files = (None, None) if call.form is None else _parts(call.form, opened)
            request = self._http.build_request(
                call.method,
                call.target,
                params={name: _texts(one) for name, one in call.query.items() if one is not None},
                json=call.json,
                headers=headers,
                data=data,
                files=files,
            )
            try:
                return self._read(self._http.send(request, stream=True))
            except httpx2.RequestError as error:
                # Said in words: the error itself holds the request, and with it the key.
                return str(error) or type(error).__name__

    def _read(self, answer: httpx2.Response) -> Answer:
        """An answer with its body. Raises BadAnswer for one that is too large, or that does not end."""
        body, until_s = bytearray(), time.monotonic() + _LONGEST_ANSWER_S
        try:
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > _LARGEST_ANSWER_BYTES or time.monotonic() > until_s:
                    raise errors.BadAnswer(place=self.place, reason="what it answers does not end")
        finally:
            answer.close()
        return Answer(answer.status_code, answer.headers, bytes(body))


def _place(address: str) -> str:
    parts = urlsplit(address)
    plain = parts.username is None and not parts.query and not parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise ValueError("a service's address is http(s)://host, with a port and a path where it has them")
    return address.rstrip("/")


def _key(asked: str | None) -> str:
    if asked is None:
        return secrets.token_hex(16)
    if not _PRINTABLE.fullmatch(asked):
        raise ValueError("an idempotency key is 1 to 200 printable characters, without blanks")
    return asked


def _wait_s(answer: Answer | str, number: int) -> float | None:
    """How long to wait before a call is sent again; None where that would not help."""
    backoff_s = float(min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**number)) * _RANDOM.uniform(0.5, 1.0)
    if isinstance(answer, str):
        return backoff_s
    if answer.status not in _PASSING and problem_of(answer).get("code") != _UNDER_WAY:
        return None
    asked_s = wait_asked_s(answer)
    if asked_s is None:
        return backoff_s
    return asked_s if asked_s <= _LONGEST_WAIT_S else None


def _json(answer: Answer) -> tuple[bool, object]:
    """Whether an answer is JSON, and that."""
    try:
        return True, answer.json()
    except ValueError:
        return False, None


def _texts(value: object) -> str | list[str]:
    return [text(one) for one in value] if isinstance(value, list | tuple) else text(value)


# Forms: their files are opened anew each time that they are sent, and read piece by piece.


def _parts(form: Form, opened: ExitStack) -> tuple[dict[str, str | list[str]], list[tuple[str, _Part]]]:
    fields = {name: _texts(one) for name, one in form.fields.items() if one is not None}
    return fields, [(form.name, _part(one, opened)) for one in form.files]


def _part(file: File, opened: ExitStack) -> _Part:
    """A file as it is sent: of what kind it is, the service tells by its bytes."""
    if isinstance(file, str | os.PathLike):
        stream, name = opened.enter_context(_open(file)), PurePath(file).name
    else:
        if not file.seekable():
            raise ValueError("a stream that is sent can be read again from its start")
        stream, name = file, PurePath(str(getattr(file, "name", "upload"))).name
    return name.encode("utf-8", "replace").decode() or "upload", stream, "application/octet-stream"


def _open(path: str | os.PathLike[str]) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except FileNotFoundError:
        raise errors.PathNotFound(path=os.fspath(path)) from None
    except OSError as error:
        raise errors.UnreadableFile(path=os.fspath(path), reason=error.strerror) from None
