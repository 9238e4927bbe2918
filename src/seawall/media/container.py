"""Containers of video and sound, opened by FFmpeg under tight rules.

Only the demuxers that `sniff` named may open a file; no demuxer may open another file or address;
no name is passed. FFmpeg's own messages are silenced.
"""

from __future__ import annotations

import re
from typing import Final, cast

import av
import av.container
import av.logging
from av.stream import Discard, Disposition

from seawall import errors
from seawall.media import source
from seawall.media.limits import Limits

av.logging.set_level(av.logging.PANIC)

_READ_BYTES: Final = 1 << 18
_NOT_VIDEO: Final = Disposition.attached_pic | Disposition.timed_thumbnails
_ANNOUNCING: Final = frozenset(
    {"mov", "matroska", "avi", "flv", "asf", "ogg", "wav", "w64", "flac", "aiff", "caf", "mxf", "rm", "ivf"}
)
_RESTARTING: Final = frozenset({"mpegts", "mpeg"})
_CLOCK: Final = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")
_MICROSECONDS: Final = 1_000_000


class Container:
    """One opening of a file: streams chosen, nothing decoded yet."""

    def __init__(
        self, bytes_from: source.Source, demuxers: tuple[str, ...], limits: Limits, threads: int = 1
    ) -> None:
        self.source = bytes_from
        self.limits = limits
        self._threads = threads
        self.av = self._open(demuxers)
        self.format = self.av.format.name.split(",")[0]
        self.video = self._best_video()
        self.sound = self._best_sound()

    def _open(self, demuxers: tuple[str, ...]) -> av.container.InputContainer:
        options = {
            "format_whitelist": ",".join(demuxers),
            "protocol_whitelist": "none",
            "max_pixels": str(self.limits.pixels),
            "threads": "1",
        }
        try:
            return av.open(
                self.source.reader(),
                "r",
                format=demuxers[0] if len(demuxers) == 1 else None,
                options=options,
                metadata_errors="replace",
                buffer_size=_READ_BYTES,
            )
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError) as error:
            self.source.check()
            raise errors.DamagedMedia(path=self.source.name, reason=describe(error)) from error

    def _best_video(self) -> av.VideoStream | None:
        streams = [stream for stream in self.av.streams.video if not stream.disposition & _NOT_VIDEO]
        best = self.av.streams.best("video")
        return next((stream for stream in streams if stream == best), streams[0] if streams else None)

    def _best_sound(self) -> av.AudioStream | None:
        best = self.av.streams.best("audio", related=self.video)
        return next((stream for stream in self.av.streams.audio if stream == best and decodes(stream)), None)

    def keep(self, *streams: av.VideoStream | av.AudioStream) -> None:
        """Let the demuxer drop all streams but these, and give these their decoder's settings."""
        numbers = {kept.index for kept in streams}
        for stream in self.av.streams:
            if stream.index not in numbers:
                stream.discard = Discard.all
        for kept in streams:
            kept.codec_context.thread_count = self._threads
            kept.codec_context.options = {"max_pixels": str(self.limits.pixels)}

    @property
    def start_s(self) -> float | None:
        """The earliest stamp of any stream, where it is known."""
        start = cast("int | None", self.av.start_time)
        return None if start is None else start / _MICROSECONDS

    @property
    def restarts(self) -> bool:
        """Whether stamps may start anew in mid-stream."""
        return self.format in _RESTARTING

    @property
    def announced_s(self) -> float | None:
        """How long the whole file says it lasts; None where it says nothing (an estimate is nothing)."""
        duration = self.av.duration
        if duration is None or duration <= 0 or self.format not in _ANNOUNCING:
            return None
        return duration / _MICROSECONDS

    def stream_announced_s(self, stream: av.VideoStream | av.AudioStream) -> float | None:
        """How long one stream says it lasts."""
        if self.format not in _ANNOUNCING:
            return None
        if stream.duration is not None and stream.duration > 0 and stream.time_base is not None:
            return float(stream.duration * stream.time_base)
        clock = _CLOCK.match(stream.metadata.get("DURATION", ""))
        if clock is None:
            return None
        hours, minutes, seconds = clock.groups()
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)

    def close(self) -> None:
        self.av.close()


def decodes(stream: av.VideoStream | av.AudioStream) -> bool:
    """Whether there is a decoder for it."""
    return cast("av.CodecContext | None", stream.codec_context) is not None


def describe(error: Exception) -> str:
    """FFmpeg's words for an error, without its number or the file's name."""
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
