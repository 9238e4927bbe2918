"""What every error of Seawall carries."""

from __future__ import annotations

from string import Formatter
from typing import ClassVar


class SeawallError(Exception):
    """Seawall cannot go on."""

    code: ClassVar[str] = "seawall_error"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    remedy: ClassVar[str] = "See the message; if it does not help, report it with the version."

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        self.message = Formatter().vformat(self.template(), (), fields)
        super().__init__(self.message)

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
