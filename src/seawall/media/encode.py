"""Pictures and samples become video and picture files: the one place that encodes.

Nothing that Seawall checks is ever encoded before it is checked. The benchmark and the demo make their
material here, `proxy` what a reviewer may be shown. The same frames, sound and settings give the same
bytes: one encoder thread, no dates and no library versions in the container.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self, cast

import av
import av.error
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray
from PIL import Image

from seawall import errors
from seawall.media import orient
from seawall.media.frame import Frame, VideoPixels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

Rgb = NDArray[np.uint8]  #: (height_px, width_px, 3)
Samples = NDArray[np.float32]  #: (samples,) or (samples, channels), -1 to 1

#: Every common frame rate falls on this grid exactly, 24 to 60 and their 1001ths.
TIME_BASE: Final = Fraction(1, 60_000)

_SAMPLE_FORMAT: Final = {"aac": "fltp", "libmp3lame": "fltp", "libopus": "flt"}
_LAYOUT: Final = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, slots=True)
class Planes:
    """A picture as an encoder takes it: limited range, chroma at half the sides (yuv420p)."""

    y: NDArray[np.uint8]  #: (height_px, width_px), 16 to 235
    u: NDArray[np.uint8]  #: (height_px / 2, width_px / 2), 128 is grey
    v: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to encode a video track."""

    codec: str = "libx264"  #: as FFmpeg names it
    crf: int = 23  #: the codec's own constant-quality figure; mpeg4: its quantiser, 2 to 31
    preset: str = "ultrafast"  #: of libx264 only
    group_frames: int | None = None  #: frames from key frame to key frame; None: as the codec likes

    def options(self) -> dict[str, str]:
        """As FFmpeg's options."""
        if self.codec == "libx264":
            return {"crf": str(self.crf), "preset": self.preset, "threads": "1", **self._groups()}
        if self.codec.startswith("libvpx"):
            return {"crf": str(self.crf), "b": "0", "deadline": "realtime", "cpu-used": "8", "threads": "1"}
        return {"qmin": str(self.crf), "qmax": str(self.crf), "threads": "1"}

    def _groups(self) -> dict[str, str]:
        if self.group_frames is None:
            return {}
        return {"g": str(self.group_frames), "keyint_min": str(self.group_frames), "sc_threshold": "0"}


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound track to encode."""

    samples: Samples
    rate_hz: int  #: one that the codec takes: 44100 for all but libopus, which takes 48000
    codec: str = "aac"  #: "aac", "libmp3lame" or "libopus"

    def channels(self) -> NDArray[np.float32]:
        """(channels, samples)."""
        return np.atleast_2d(self.samples.T).astype(np.float32, copy=False)


class Writer:
    """Writes one video file, a frame at a time; a context manager. The suffix chooses the container.

    An open stream, to be written and sought in, gets MP4. Sides are rounded down to even ones. Frames of
    another size are scaled to them.
    """

    def __init__(
        self,
        path: Path | BinaryIO,
        width_px: int,
        height_px: int,
        *,
        rate_hz: Fraction,
        settings: Settings | None = None,
        sound: Sound | None = None,
    ) -> None:
        settings = settings or Settings()
        self.width_px, self.height_px = even(width_px), even(height_px)
        self._path, form = (path, None) if isinstance(path, Path) else (Path("stream"), "mp4")
        self._last_pts = -1
        self._step = max(1, round(1 / (rate_hz * TIME_BASE)))
        with errors.writing(self._path):
            self._container = av.open(path, "w", format=form, options={"fflags": "+bitexact"})
            self._video = cast("VideoStream", self._container.add_stream(settings.codec, rate=rate_hz))
            self._video.width, self._video.height = self.width_px, self.height_px
            self._video.pix_fmt = "yuv420p"
            self._video.codec_context.time_base = TIME_BASE
            self._video.codec_context.bit_rate = 0
            self._video.options = {**settings.options(), "flags": "+bitexact"}
            self._sound = _SoundTrack(_add_sound(self._container, sound), sound) if sound else None

    def write(self, time_s: float, picture: Rgb | Planes) -> None:
        """Add a frame that shows from `time_s` on. Raises ValueError where time does not advance."""
        pts = round(time_s / TIME_BASE)
        if pts <= self._last_pts:
            raise ValueError(f"frame at {time_s} s does not come after the one before it")
        self._last_pts = pts
        frame = _frame(picture, self.width_px, self.height_px)
        frame.pts, frame.time_base, frame.duration = pts, TIME_BASE, self._step
        with errors.writing(self._path):
            if self._sound:
                self._container.mux(list(self._sound.packets(time_s)))
            self._container.mux(self._video.encode(frame))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file; after an error only close it."""
        with errors.writing(self._path):
            try:
                if kind is None:
                    self._flush()
            finally:
                self._container.close()

    def _flush(self) -> None:
        tracks: list[Stream] = [self._video]
        if self._sound:
            self._container.mux(list(self._sound.packets(float("inf"))))
            tracks.append(self._sound.stream)
        for track in tracks:
            self._container.mux(cast("VideoStream", track).encode(None))


class _SoundTrack:
    """Hands out a sound's packets no further than the picture has come, so that both interleave."""

    def __init__(self, stream: AudioStream, sound: Sound) -> None:
        self.stream = stream
        self._channels = sound.channels()
        self._rate_hz = sound.rate_hz
        self._format = _SAMPLE_FORMAT[sound.codec]
        self._planar = self._format.endswith("p")
        self._at = 0

    def packets(self, until_s: float) -> Iterator[av.Packet[AudioStream]]:
        block = self.stream.codec_context.frame_size or 1024
        total = self._channels.shape[1]
        while self._at < total and self._at <= until_s * self._rate_hz:
            part = self._channels[:, self._at : self._at + block]
            data = part if self._planar else part.T.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(data), format=self._format, layout=_LAYOUT[len(part)]
            )
            frame.sample_rate, frame.pts = self._rate_hz, self._at
            frame.time_base = Fraction(1, self._rate_hz)
            self._at += block
            yield from self.stream.encode(frame)


def _add_sound(container: OutputContainer, sound: Sound) -> AudioStream:
    stream = cast("AudioStream", container.add_stream(sound.codec, rate=sound.rate_hz))
    stream.codec_context.format = _SAMPLE_FORMAT[sound.codec]
    stream.codec_context.layout = _LAYOUT[len(sound.channels())]
    stream.options = {"flags": "+bitexact", "aac_coder": "fast"}
    stream.codec_context.open(strict=False)
    return stream


def write_sound(stream: BinaryIO, sound: Sound) -> None:
    """Write a file of sound alone, as MP4, to an open stream that can be sought in."""
    with av.open(stream, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        track = _SoundTrack(_add_sound(container, sound), sound)
        container.mux(list(track.packets(float("inf"))))
        container.mux(track.stream.encode(None))


def write_video(
    path: Path,
    frames: Iterable[tuple[float, Rgb]],
    *,
    rate_hz: Fraction | float,
    settings: Settings | None = None,
    sound: Sound | None = None,
) -> int:
    """Write `frames`, (time_s, picture) in order of time, and return how many there were.

    The first picture gives the file's size. `rate_hz` is nominal: the times are what is written.
    Raises ValueError where there is no frame; errors.DiskFull, errors.WriteFailed.
    """
    rest = iter(frames)
    first = next(rest, None)
    if first is None:
        raise ValueError("no frames to write")
    height_px, width_px = first[1].shape[:2]
    rate = Fraction(rate_hz).limit_denominator(100_000)
    written = 1
    with Writer(path, width_px, height_px, rate_hz=rate, settings=settings, sound=sound) as writer:
        writer.write(*first)
        for time_s, picture in rest:
            writer.write(time_s, picture)
            written += 1
    return written


def write_jpeg(path: Path, rgb: Rgb, *, quality: int) -> None:
    """Write a picture as JPEG; `quality` is 1 to 95. Raises errors.DiskFull, errors.WriteFailed."""
    with errors.writing(path):
        Image.fromarray(rgb).save(path, "JPEG", quality=quality)


def scaled(rgb: Rgb, width_px: int, height_px: int) -> Rgb:
    """The picture at another size, averaged over area."""
    if rgb.shape[:2] == (height_px, width_px):
        return rgb
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    return cast("Rgb", _reformatted(frame, width_px, height_px, "rgb24").to_ndarray())


def planes(picture: Rgb | Frame, width_px: int, height_px: int) -> Planes:
    """The picture as an encoder takes it, at another size of even sides.

    A decoded frame stays in the decoder's own planes where it stands upright, which is much cheaper
    than the way through red, green and blue.
    """
    height, width = even(height_px), even(width_px)
    if isinstance(picture, Frame):
        pixels = picture.pixels
        if not isinstance(pixels, VideoPixels) or pixels.orientation != orient.UPRIGHT:
            return planes(picture.rgb(), width, height)
        frame = _reformatted(pixels.frame, width, height)
    else:
        frame = _frame(picture, width, height)
    flat = cast("NDArray[np.uint8]", frame.to_ndarray())
    chroma = flat[height:].reshape(2, height // 2, width // 2)
    return Planes(flat[:height], chroma[0], chroma[1])


def even(side_px: int) -> int:
    """The next even side at or below; at least 2."""
    return max(2, side_px - side_px % 2)


def _frame(picture: Rgb | Planes, width_px: int, height_px: int) -> VideoFrame:
    if isinstance(picture, Planes):
        rows, columns = picture.y.shape
        # One plane after another: half a plane may end in the middle of a row.
        flat = np.concatenate([plane.ravel() for plane in (picture.y, picture.u, picture.v)])
        frame = VideoFrame.from_ndarray(flat.reshape(-1, columns), format="yuv420p")
        if (rows, columns) == (height_px, width_px):
            return frame
    else:
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    return _reformatted(frame, width_px, height_px)


def _reformatted(
    frame: VideoFrame, width_px: int, height_px: int, pixel_format: str = "yuv420p"
) -> VideoFrame:
    """In the one colour space that players assume where a file names none."""
    route = (frame.format.name, frame.width, frame.height, pixel_format, width_px, height_px)
    return _reformatter(threading.get_ident(), route).reformat(
        frame,
        width_px,
        height_px,
        pixel_format,
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.MPEG,
        interpolation="AREA",
        threads=1,
    )


@lru_cache(maxsize=64)
def _reformatter(thread: int, route: tuple[str | int, ...]) -> VideoReformatter:  # noqa: ARG001
    """One for each thread and route: making its tables costs more than using them for a picture."""
    return VideoReformatter()
