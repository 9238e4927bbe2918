"""Reading a video: packets in, frames in order of presentation out, damage passed over and counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final, cast

import av
from av.buffer import Buffer
from av.packet import Packet
from av.stream import Stream
from av.video.reformatter import VideoReformatter

from seawall import errors
from seawall.media import orient
from seawall.media.container import Container, decodes, describe
from seawall.media.damage import Damage
from seawall.media.frame import Frame, LumaSource, VideoPixels
from seawall.media.thinning import Thinner, Thinning
from seawall.media.timeline import Timeline, seconds

_USUAL_RATE: Final = Fraction(25)
_ODDEST_ASPECT: Final = 16
_UNTIMED: Final = frozenset({"avi", "h264", "hevc", "vvc", "m4v", "mpegvideo"})


class VideoReading:
    """One pass over the chosen video stream of a container. Decodes up to the first frame at once.

    thinning: how few frames are enough; None for all. Formats that do not say when each is shown give all.
    Raises errors.UnsupportedFormat where there is no decoder, errors.DamagedMedia where nothing can
    be decoded, errors.MediaTooLarge.
    """

    def __init__(self, container: Container, thinning: Thinning | None = None) -> None:
        stream = container.video
        if stream is None:
            raise errors.UsageError(detail=f"{container.source.name} has no video")
        self._container = container
        self._stream = stream
        self._base = stream.time_base  # frames that are flushed at the end bring no clock of their own
        self._name = container.source.name
        self._limits = container.limits
        self.damage = Damage()
        self._sound_reached_s = 0.0
        self._check_announced()
        self._read_along = [container.sound] if container.sound is not None and self._needs_sound() else []
        container.keep(stream, *self._read_along)
        self._period_s = 1 / float(_rate(stream))
        start_s = container.start_s if container.sound is not None else None
        self._timeline = Timeline(start_s, self._period_s, restarts=container.restarts)
        self._thinner: Thinner | None = None
        if thinning is not None and container.format not in _UNTIMED:
            self._thinner = Thinner(stream, self._decode_packet, thinning)
        self._decoded = self._decode()
        self._first = self._first_frame()
        self.orientation = _orientation(self._first)
        self.width_px, self.height_px = self._shown_size(self._first)

    @property
    def duration_s(self) -> float | None:
        """As announced; where nothing is, how long what was read so far lasts, None before reading."""
        announced_s = self._container.stream_announced_s(self._stream) or self._container.announced_s
        return announced_s or self.damage.read_s or None

    @property
    def left_out(self) -> bool:
        """Whether groups of pictures were shown by their key frames alone."""
        return self._thinner is not None and self._thinner.left_out

    def frames(self, source: LumaSource) -> Iterator[Frame]:
        """The frames in order of presentation; to be called once."""
        reformatter = VideoReformatter()
        last_s, last = 0.0, None
        for number, shown in enumerate(self._with_first()):
            if number >= self._limits.frames:
                raise self._too_large(number + 1, "frames", self._limits.frames)
            time_s = self._timeline.place(seconds(shown.pts, self._base), seconds(shown.dts, self._base))
            self._reach(time_s + (seconds(shown.duration or None, self._base) or self._period_s))
            yield Frame(time_s, number, VideoPixels(shown, self.orientation, reformatter), source)
            last_s, last = time_s, shown.pts
        if self._thinner is not None:
            self._reach(max(self.damage.read_s, last_s + self._thinner.left_s(last)))
        self._end()

    def _reach(self, read_s: float) -> None:
        self.damage.read_s = read_s
        if read_s > self._limits.duration_s:
            raise self._too_large(round(read_s, 3), "seconds", self._limits.duration_s)

    def _with_first(self) -> Iterator[av.VideoFrame]:
        yield self._first
        yield from self._decoded

    def _first_frame(self) -> av.VideoFrame:
        first = next(self._decoded, None)
        if first is None:
            partial = self.damage.partial()
            reason = partial.reason if partial else "no frame in it can be decoded"
            raise errors.DamagedMedia(path=self._name, reason=reason)
        return first

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Frames as the decoder gives them. A refused packet is passed over, a broken file ends it."""
        if self._thinner is not None:
            yield from self._thinner.frames(self._packets())
        else:
            for packet in self._packets():
                yield from self._decode_packet(packet)
            yield from self._decode_packet(None)
        self._container.source.check()

    def _packets(self) -> Iterator[Packet[Stream]]:
        """The video's packets with content: an empty one would tell the decoder that the file ends."""
        try:
            for packet in self._container.av.demux(self._stream, *self._read_along):
                if not packet.size:
                    continue
                if packet.stream_index != self._stream.index:
                    self._note_sound(packet)
                    continue
                if packet.is_corrupt:
                    self.damage.refuse("marked as corrupt")
                yield packet
        except MemoryError:
            raise
        except av.FFmpegError as error:
            self.damage.stopped = describe(error)

    def _decode_packet(self, packet: Packet[Stream] | None) -> Iterator[av.VideoFrame]:
        try:
            frames = self._stream.decode(cast("Packet[av.VideoStream] | None", packet))
        except MemoryError:
            raise
        except av.error.EOFError:
            return
        except av.FFmpegError as error:
            self.damage.refuse(describe(error))
            return
        for frame in frames:
            if frame.width * frame.height > self._limits.pixels:
                raise self._too_large(frame.width * frame.height, "pixels", self._limits.pixels)
            if frame.is_corrupt:
                self.damage.refuse("a frame was decoded from damaged data")
            yield frame

    def _needs_sound(self) -> bool:
        """Whether only the whole file announces a length, which the sound may set."""
        container = self._container
        return container.stream_announced_s(self._stream) is None and container.announced_s is not None

    def _note_sound(self, packet: Packet[Stream]) -> None:
        if packet.pts is not None:
            end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self._sound_reached_s = max(self._sound_reached_s, end_s - (self._container.start_s or 0.0))

    def _end(self) -> None:
        own_s = self._container.stream_announced_s(self._stream)
        reached_s = self.damage.read_s
        self.damage.end(
            (reached_s, own_s),
            (max(reached_s, self._sound_reached_s), self._container.announced_s if own_s is None else None),
            slack_s=3 * self._period_s,
        )

    def _check_announced(self) -> None:
        stream, limits = self._stream, self._limits
        if not decodes(stream):
            raise errors.UnsupportedFormat(path=self._name, reason="no decoder for its video")
        if stream.width * stream.height > limits.pixels:
            raise self._too_large(stream.width * stream.height, "pixels", limits.pixels)
        for announced_s in (self._container.announced_s, self._container.stream_announced_s(stream)):
            if announced_s is not None and announced_s > limits.duration_s:
                raise self._too_large(round(announced_s, 3), "seconds", limits.duration_s)

    def _shown_size(self, first: av.VideoFrame) -> tuple[int, int]:
        """(width, height) in pixels, with square pixels and upright."""
        aspect = self._stream.sample_aspect_ratio
        if aspect is None or not 1 / _ODDEST_ASPECT < aspect < _ODDEST_ASPECT:
            aspect = Fraction(1)
        size = max(1, round(first.width * aspect)), first.height
        return size[::-1] if self.orientation.swaps_sides else size

    def _too_large(self, size: float, unit: str, limit: float) -> errors.MediaTooLarge:
        return errors.MediaTooLarge(path=self._name, size=size, unit=unit, limit=limit)


def _rate(stream: av.VideoStream) -> Fraction:
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate is not None and Fraction(1, 1000) < rate <= 1000:
            return rate
    return _USUAL_RATE


def _orientation(frame: av.VideoFrame) -> orient.Orientation:
    matrix = cast("Mapping[str, Buffer]", frame.side_data).get("DISPLAYMATRIX")  # typed for motion only
    return orient.UPRIGHT if matrix is None else orient.from_display_matrix(bytes(matrix))
