"""What every error of Seawall carries."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import ClassVar, Self


class SeawallError(Exception):
    """Seawall cannot go on."""

    # Of the class, but for an error that a service has told of: that service may be newer.
    code: str = "seawall_error"
    exit_code: ClassVar[int] = 1
    http_status: int = 500
    remedy: str = "See the message; if it does not help, report it with the version."
    #: Of the call that a service has answered so; None for what is raised here.
    request_id: str | None = None

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        self.message = Formatter().vformat(self.template(), (), fields)
        super().__init__(self.message)

    @classmethod
    def told(cls, message: str, **fields: object) -> Self:
        """The error as a service tells of it, with its message made; of its fields, those that are known."""
        error = cls.__new__(cls)
        Exception.__init__(error, message)
        error.fields = fields
        error.message = message
        return error

    @classmethod
    def template(cls) -> str:
        """The message with its fields in braces: the first line of the class's docstring."""
        return (cls.__doc__ or cls.code).strip().splitlines()[0]

    def as_brief(self) -> dict[str, str]:
        """What a result shows of the error that befell its file."""
        return {"code": self.code, "message": self.message}

    def as_record(self) -> dict[str, str]:
        """What is shown of an error that ended the whole call."""
        return {**self.as_brief(), "remedy": self.remedy}


def named(code: str, message: str, **fields: object) -> SeawallError:
    """The error of that code. One that this version does not know is a SeawallError with the code."""
    for kind in _kinds(SeawallError):
        if kind.code == code:
            return kind.told(message, **fields)
    error = SeawallError.told(message, **fields)
    error.code = code
    return error


def _kinds(root: type[SeawallError]) -> Iterator[type[SeawallError]]:
    yield root
    for branch in root.__subclasses__():
        yield from _kinds(branch)
