"""Every error that Seawall raises on purpose.

    SeawallError
    ├── UsageError             the caller asked for something that cannot be done    exit 2
    │   ├── BadSetting         a setting has a value that cannot be used
    │   ├── BadName            a bank's name is not allowed
    │   ├── BankExists         a bank of that name is already there
    │   ├── BankNotFound       no bank of that name
    │   ├── ReferenceNotFound  no reference of that id
    │   ├── StateConflict      the reference's state does not allow that change
    │   ├── PathNotFound       no file or folder at that path
    │   ├── BadList            a list to import cannot be read at all
    │   ├── BadGazetteer       a file of places cannot be used
    │   ├── BadCorpus          a folder of clips does not serve as a benchmark corpus
    │   ├── BadGold            a gold ledger does not hold in its text
    │   ├── IncidentNotFound   no incident of that id
    │   ├── EntryNotFound      nothing of that name in the incident's record
    │   ├── DocumentExists     the incident has that report already
    │   ├── SpanNotInText      the document does not have those words there
    │   ├── CertaintyRaised    a change would make a claim surer than its source
    │   ├── ClaimConflict      the claim's status does not allow that change
    │   ├── ProtectedName      a text holds a name that must not leave the record
    │   ├── NoCitation         a claim without a source cannot be printed
    │   └── ExtraMissing       a report cannot be read without packages that are not installed
    ├── MediaError             this file cannot be used; the others go on            exit 10
    │   ├── EmptyFile          0 bytes
    │   ├── UnreadableFile     the system refuses to read it
    │   ├── UnsupportedFormat  not a picture, video or sound that Seawall accepts
    │   ├── DamagedMedia       the format is known, nothing in it can be decoded
    │   ├── MediaTooLarge      over a limit of bytes, pixels, seconds or frames
    │   ├── DecodeTimeout      over the limit of processor or wall time
    │   ├── DecodeMemory       over the limit of memory
    │   ├── DecoderCrashed     the decoder's process died
    │   └── ReportError        a report of which no text can be had
    │       ├── UnknownReport  not text, HTML, PDF or mail, or in no encoding that Seawall knows
    │       ├── DamagedReport  the format is known, it cannot be taken apart
    │       ├── LockedReport   it opens with a password only
    │       └── NoText         pictures of a text, or nothing at all
    ├── OutsideError           something around Seawall failed                       exit 20
    │   ├── DiskFull           no room left where Seawall writes
    │   ├── WriteFailed        the system refuses a write
    │   ├── StoreBusy          another process holds the data folder too long
    │   └── SandboxUnavailable the decoding process cannot be started
    └── CorruptionError        what Seawall stored is not what it reads back         exit 30
        ├── IndexCorrupt       a file of the index fails its digest
        ├── StoreCorrupt       the database is damaged or not Seawall's
        └── StoreVersion       the database is of a newer Seawall

The class is the contract: its docstring is the message, `code` the name in JSON and in logs,
`exit_code` what the command line returns, `http_status` what the API answers, `remedy` what to do.
Fields named in the docstring are keyword arguments and stay on the instance.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from string import Formatter
from typing import ClassVar, Final

#: EFBIG: a limit on one file, the same to the user as a full disk.
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


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


class UsageError(SeawallError):
    """{detail}"""

    code = "usage"
    exit_code = 2
    http_status = 400
    remedy = "Correct the call; `seawall --help` lists what there is."


class BadSetting(UsageError):
    """Setting {name}: {value!r} cannot be used: {reason}"""

    code = "bad_setting"
    remedy = "Give the setting a value of the kind that the settings reference names."


class BadName(UsageError):
    """{name!r} cannot be a bank's name: use 1 to 64 of A-Z, a-z, 0-9, '_', '-' and '.'"""

    code = "bad_name"
    remedy = "Choose a name of those characters; what it stands for goes into labels."


class BankExists(UsageError):
    """There is a bank {bank!r} already"""

    code = "bank_exists"
    http_status = 409
    remedy = "Use that bank, or choose another name."


class BankNotFound(UsageError):
    """There is no bank {bank!r}"""

    code = "bank_not_found"
    http_status = 404
    remedy = "`seawall bank list` shows the banks; `seawall bank create` makes one."


class ReferenceNotFound(UsageError):
    """There is no reference {reference!r}"""

    code = "reference_not_found"
    http_status = 404
    remedy = "`seawall bank show NAME` lists a bank's references with their ids."


class StateConflict(UsageError):
    """Reference {reference} is {state}; it cannot be {wanted}"""

    code = "state_conflict"
    http_status = 409
    remedy = "A withdrawn reference stays withdrawn: add the file again to use it again."


class PathNotFound(UsageError):
    """There is no file or folder at {path}"""

    code = "path_not_found"
    http_status = 404
    remedy = "Check the path; quote it where it holds spaces or the shell's own characters."


class BadList(UsageError):
    """{path} cannot be read as a list: {reason}"""

    code = "bad_list"
    remedy = "Lists are CSV with a header line, or JSON lines; the reference page shows both."


class BadGazetteer(UsageError):
    """{path} cannot be used as a list of places: {reason}"""

    code = "bad_gazetteer"
    remedy = "A list of places is CSV with a header line; name, latitude and longitude are needed."


class BadCorpus(UsageError):
    """{path} does not serve as a corpus: {reason}"""

    code = "bad_corpus"
    remedy = "Point --corpus at a folder with at least four video clips of 4 seconds or more."


class BadGold(UsageError):
    """{path} does not serve as a gold ledger: {reason}"""

    code = "bad_gold"
    remedy = (
        "Each text needs NAME.claims.json beside NAME.txt, with spans that the text has at their offsets."
    )


class IncidentNotFound(UsageError):
    """There is no incident {incident!r}"""

    code = "incident_not_found"
    http_status = 404
    remedy = "`seawall incident list` shows the incidents with their ids."


class EntryNotFound(UsageError):
    """There is no {entry} {name!r} in this incident"""

    code = "entry_not_found"
    http_status = 404
    remedy = "`seawall incident show ID` lists what the record holds, with its ids."


class DocumentExists(UsageError):
    """The incident has the report {path} already"""

    code = "document_exists"
    http_status = 409
    remedy = "Nothing is to be done: the same bytes say nothing new."


class SpanNotInText(UsageError):
    """The document does not have these words at {start} to {end}"""

    code = "span_not_in_text"
    http_status = 422
    remedy = "Give the words as they stand in the text, character for character."


class CertaintyRaised(UsageError):
    """Claim {claim} would become surer than its source: {reason}"""

    code = "certainty_raised"
    http_status = 409
    remedy = "Reject the claim with a reason, and add one from the text that says what you read there."


class ClaimConflict(UsageError):
    """Claim {claim} is {status}; it cannot be {wanted}"""

    code = "claim_conflict"
    http_status = 409
    remedy = "A rejected or withdrawn claim stays so: add one from the text. Settle a dispute before an edit."


class ProtectedName(UsageError):
    """The {field} holds a name that is protected in this incident"""

    code = "protected_name"
    http_status = 422
    remedy = "Write it without the name; a person has a pseudonym in the record."


class NoCitation(UsageError):
    """Claim {claim} has no source, and is not printed: {reason}"""

    code = "no_citation"
    http_status = 409
    remedy = "Add the report that it is taken from, and the claim from its text."


class ExtraMissing(UsageError):
    """Reading reports needs {name}, which is not installed"""

    code = "extra_missing"
    http_status = 501
    remedy = "Install the extra that reads reports: pip install 'seawall[incident]'."


class MediaError(SeawallError):
    """{path} cannot be used"""

    code = "media_error"
    exit_code = 10
    http_status = 422
    remedy = "Check the file in a player; the other files of the run are not affected."


class EmptyFile(MediaError):
    """{path} is empty"""

    code = "empty_file"
    remedy = "Fetch the file again: nothing of it arrived."


class UnreadableFile(MediaError):
    """{path} cannot be read: {reason}"""

    code = "unreadable_file"
    remedy = "Give the user that runs Seawall the right to read the file."


class UnsupportedFormat(MediaError):
    """{path} is not a picture, video or sound of a kind that Seawall accepts: {reason}"""

    code = "unsupported_format"
    http_status = 415
    remedy = "Convert it to a common format; playlists and other text are refused on purpose."


class DamagedMedia(MediaError):
    """{path} is damaged: {reason}"""

    code = "damaged_media"
    remedy = "Fetch the file again, or keep it as evidence without a signal."


class MediaTooLarge(MediaError):
    """{path}: {size} {unit} is over the limit of {limit}"""

    code = "media_too_large"
    http_status = 413
    remedy = "Raise the limit of that name in the settings if such files are expected."


class DecodeTimeout(MediaError):
    """{path} took more than {limit_s:g} s of {clock} time to decode and was stopped"""

    code = "decode_timeout"
    remedy = "Raise the limit of that name in the settings if such files are expected."


class DecodeMemory(MediaError):
    """{path} needs more than {limit_bytes} bytes of memory to decode and was stopped"""

    code = "decode_memory"
    remedy = "Raise the limit of that name in the settings if such files are expected."


class DecoderCrashed(MediaError):
    """{path} made the decoder crash ({cause})"""

    code = "decoder_crashed"
    remedy = "Treat the file as hostile; the crash was contained in its own process."


class ReportError(MediaError):
    """{path} cannot be read as a report"""

    code = "report_error"
    remedy = "Save what you see of it as plain text, and keep the file itself as evidence."


class UnknownReport(ReportError):
    """{path} is not a report of a kind that Seawall reads: {reason}"""

    code = "unknown_report"
    http_status = 415
    remedy = "Give it as plain text in UTF-8, as HTML, as PDF, or as a mail saved with its headers."


class DamagedReport(ReportError):
    """{path} cannot be read as {format}: {reason}"""

    code = "damaged_report"
    remedy = "Fetch it again, or open it in its own program and save the text."


class LockedReport(ReportError):
    """{path} is locked with a password"""

    code = "locked_report"
    remedy = "Open it with its password and save it without one, or save the text."


class NoText(ReportError):
    """There is no text in {path}: {reason}"""

    code = "no_text"
    remedy = "Run text recognition over it or type it off, and give the text; keep the file as evidence."


class OutsideError(SeawallError):
    """{detail}"""

    code = "outside_error"
    exit_code = 20
    http_status = 503
    remedy = "Mend what the message names and run the command again: it goes on where it stopped."


class DiskFull(OutsideError):
    """No room left at {path}"""

    code = "disk_full"
    http_status = 507
    remedy = "Free some room and run the command again: what was acknowledged is safe."


class WriteFailed(OutsideError):
    """{path} cannot be written: {reason}"""

    code = "write_failed"
    remedy = "Check the rights, quota and state of that file system, then run it again."


class StoreBusy(OutsideError):
    """Another process has held the data folder for more than {waited_s:g} s"""

    code = "store_busy"
    remedy = "Wait for the other process, then run the command again."


class SandboxUnavailable(OutsideError):
    """The decoding process cannot be started: {reason}"""

    code = "sandbox_unavailable"
    remedy = "`seawall doctor` says what is missing."


class CorruptionError(SeawallError):
    """{detail}"""

    code = "corruption"
    exit_code = 30
    http_status = 500
    remedy = "Keep a copy of the data folder before anything else."


class IndexCorrupt(CorruptionError):
    """The index file {path} is damaged: {reason}"""

    code = "index_corrupt"
    remedy = "Delete the index folder: it is rebuilt from the database at the next start."


class StoreCorrupt(CorruptionError):
    """The database {path} is damaged or not Seawall's: {reason}"""

    code = "store_corrupt"
    remedy = "Restore the database from a backup; keep the damaged file for inspection."


class StoreVersion(CorruptionError):
    """The database {path} has schema {found}, this Seawall knows none of that name"""

    code = "store_version"
    remedy = "Use the newer Seawall that wrote it."


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn the system's refusals to write at the path into DiskFull and WriteFailed."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull(path=os.fspath(path)) from error
        raise WriteFailed(path=os.fspath(path), reason=error.strerror or str(error)) from error
