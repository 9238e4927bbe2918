"""Reading sound: one channel of float samples at one rate, on the same clock as the video."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from seawall import errors
from seawall.media.container import Container, describe
from seawall.media.damage import Damage

Samples = NDArray[np.float32]

_GAP_S: Final = 0.1  # a hole of less is a rounding of stamps
_SILENCE_S: Final = 60.0  # silence is handed out in pieces of at most this
_GATHERED: Final = 1 << 15  # samples that are handed out at once: to look at a frame's few costs as much


class SoundReading:
    """One pass over the chosen audio stream of a container."""

    def __init__(self, container: Container) -> None:
        stream = container.sound
        if stream is None:
            raise errors.UsageError(detail=f"{container.source.name} has no sound")
        self._container = container
        self._stream = stream
        self._name = container.source.name
        self._limit_s = container.limits.duration_s
        self.damage = Damage()
        container.keep(stream)
        for announced_s in (container.announced_s, container.stream_announced_s(stream)):
            if announced_s is not None and announced_s > self._limit_s:
                raise self._too_long(announced_s)

    @property
    def duration_s(self) -> float | None:
        """As announced; where nothing is, how long what was read so far lasts, None before reading."""
        announced_s = self._container.stream_announced_s(self._stream) or self._container.announced_s
        return announced_s or self.damage.read_s or None

    def samples(self, rate_hz: int) -> Iterator[Samples]:
        """(samples,) chunks of any length; sample n of all is at n / rate_hz seconds."""
        waiting: list[Samples] = []
        count = 0
        for piece in self._pieces(rate_hz):
            waiting.append(piece)
            count += len(piece)
            if count >= _GATHERED:
                yield _numbers(waiting)
                waiting, count = [], 0
        if waiting:
            yield _numbers(waiting)

    def _pieces(self, rate_hz: int) -> Iterator[Samples]:
        resampler = AudioResampler(format="flt", layout="mono", rate=rate_hz)
        given = 0
        for frame in self._decode():
            missing = self._missing(frame, given, rate_hz)
            for piece in _silence(missing, rate_hz):
                yield piece
                given += len(piece)
            for chunk in self._resample(resampler, frame):
                yield chunk
                given += len(chunk)
            self.damage.read_s = given / rate_hz
            if self.damage.read_s > self._limit_s:
                raise self._too_long(self.damage.read_s)
        if given == 0:
            partial = self.damage.partial()
            raise errors.DamagedMedia(
                path=self._name, reason=partial.reason if partial else "no sound in it can be decoded"
            )
        yield from self._resample(resampler, None)
        self.damage.end((self.damage.read_s, self._container.stream_announced_s(self._stream)), slack_s=0.0)

    def _decode(self) -> Iterator[av.AudioFrame]:
        try:
            for packet in self._container.av.demux(self._stream):
                if packet.size:
                    if packet.is_corrupt:
                        self.damage.refuse("marked as corrupt")
                    yield from self._decode_packet(packet)
        except MemoryError:
            raise
        except av.FFmpegError as error:
            self.damage.stopped = describe(error)
        yield from self._decode_packet(None)
        self._container.source.check()

    def _decode_packet(self, packet: av.Packet[av.AudioStream] | None) -> Iterator[av.AudioFrame]:
        try:
            yield from self._stream.decode(packet)
        except MemoryError:
            raise
        except av.error.EOFError:
            return
        except av.FFmpegError as error:
            self.damage.refuse(describe(error))

    def _resample(self, resampler: AudioResampler, frame: av.AudioFrame | None) -> Iterator[Samples]:
        try:
            resampled = resampler.resample(frame)
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError) as error:  # layout or rate changed in mid-stream
            self.damage.refuse(describe(error))
            return
        for piece in resampled:
            if piece.samples:
                yield np.frombuffer(memoryview(piece.planes[0]), np.float32, piece.samples)

    def _missing(self, frame: av.AudioFrame, given: int, rate_hz: int) -> int:
        """Samples of silence that bring the next sample to its time."""
        base = frame.time_base
        if frame.pts is None or base is None:
            return 0
        time_s = frame.pts * base.numerator / base.denominator - (self._container.start_s or 0.0)
        gap_s = time_s - given / rate_hz
        if time_s > self._limit_s:
            raise self._too_long(time_s)
        return round(gap_s * rate_hz) if gap_s > _GAP_S else 0

    def _too_long(self, seconds: float) -> errors.MediaTooLarge:
        return errors.MediaTooLarge(
            path=self._name, size=round(seconds, 3), unit="seconds", limit=self._limit_s
        )


def _numbers(pieces: list[Samples]) -> Samples:
    """The pieces as one; what is no number, as damage leaves it, is silence."""
    return np.nan_to_num(np.concatenate(pieces), copy=False, nan=0.0, posinf=0.0, neginf=0.0)


def _silence(samples: int, rate_hz: int) -> Iterator[Samples]:
    piece = round(_SILENCE_S * rate_hz)
    for first in range(0, samples, piece):
        yield np.zeros(min(piece, samples - first), np.float32)
