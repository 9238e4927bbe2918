"""This file cannot be used; the others go on."""

from __future__ import annotations

from seawall.errors.base import SeawallError


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
