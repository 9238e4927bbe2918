"""`media.open`: one call for every kind of file, told apart by content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from seawall import errors
from seawall.media import sniff
from seawall.media.container import Container
from seawall.media.frame import Frame, LumaSource, RgbPixels
from seawall.media.limits import Limits
from seawall.media.picture import Picture, PictureFile
from seawall.media.sound import Samples, SoundReading
from seawall.media.source import Source
from seawall.media.thinning import Thinning
from seawall.media.video import VideoReading
from seawall.model import content


class Media:
    """One opened file. Use it as a context manager; its decoders read while it is open."""

    def __init__(
        self, source: Source, form: sniff.Format, limits: Limits, threads: int, thinning: Thinning | None
    ) -> None:
        self._source = source
        self._form = form
        self._limits = limits
        self._threads = threads
        self.thinning = thinning  #: how few of a video's frames are enough; None: all are given
        self._picture: PictureFile | None = None
        self._container: Container | None = None
        self._video: VideoReading | None = None
        self._fresh = True
        self._sound: SoundReading | None = None
        self._containers: list[Container] = []
        if form.picture is not None:
            self._picture = PictureFile(source, form.picture, limits)
            return
        try:
            self._open_container()
        except BaseException:
            self._close_containers()
            raise

    def _open_container(self) -> None:
        container = self._container = self._new_container()
        if container.video is not None:
            self._video = VideoReading(container, self.thinning)
        elif container.sound is not None:
            self._sound = SoundReading(container)
        else:
            reason = "there is nothing in it to be seen or heard"
            raise errors.UnsupportedFormat(path=self._source.name, reason=reason)

    def _new_container(self) -> Container:
        container = Container(self._source, self._form.demuxers, self._limits, self._threads)
        self._containers.append(container)
        return container

    @property
    def kind(self) -> content.Kind:
        """A moving picture of a picture format, such as an animated GIF, is a video."""
        if self._picture is not None:
            return content.Kind.VIDEO if self._picture.moving else content.Kind.IMAGE
        return content.Kind.VIDEO if self._video is not None else content.Kind.AUDIO

    @property
    def format(self) -> str:
        """Picture format or container, as its decoder names it, in lower case."""
        if self._picture is not None:
            return self._picture.format
        return self._container.format if self._container is not None else ""

    @property
    def duration_s(self) -> float | None:
        """As announced. Where nothing is announced: None before, and what was presented after reading."""
        if self._picture is not None:
            return self._picture.read_s
        reading = self._video or self._sound
        return reading.duration_s if reading is not None else None

    @property
    def width_px(self) -> int | None:
        """As displayed: upright, with square pixels. None where there is only sound."""
        shown = self._picture or self._video
        return shown.width_px if shown is not None else None

    @property
    def height_px(self) -> int | None:
        """As displayed: upright. None where there is only sound."""
        shown = self._picture or self._video
        return shown.height_px if shown is not None else None

    @property
    def has_video(self) -> bool:
        """Whether `frames` gives anything."""
        return self.kind is content.Kind.VIDEO

    @property
    def has_audio(self) -> bool:
        """Whether `audio` gives anything."""
        return self._container is not None and self._container.sound is not None

    @property
    def partial(self) -> content.Partial | None:
        """Damage that was passed over; complete once everything was read."""
        if self._picture is not None:
            return self._picture.partial()
        readings = [reading for reading in (self._video, self._sound) if reading is not None]
        found = [reading.damage.partial() for reading in readings]
        return next((partial for partial in found if partial is not None), None)

    @property
    def reached_s(self) -> float | None:
        """How far the pictures that were read go, also those that were not decoded; None before reading."""
        return (self._video.damage.read_s or None) if self._video is not None else self.duration_s

    @property
    def left_out(self) -> bool:
        """Whether groups of pictures were shown by their key frames alone."""
        return self._video is not None and self._video.left_out

    def picture(self) -> Picture:
        """The still picture; of an animated one, the first.

        Raises errors.UsageError for other videos and for sound, errors.DamagedMedia.
        """
        if self._picture is None:
            raise errors.UsageError(detail=f"{self._source.name} is not a picture")
        return Picture(self._picture.read())

    def frames(self, *, source: LumaSource = LumaSource.PLANE) -> Iterator[Frame]:
        """The frames in order of presentation, from the first; each call reads the file anew.

        Raises errors.UsageError where there is no video; while reading, errors.MediaTooLarge and
        errors.UnreadableFile. Damage ends the frames or leaves some out, and shows in `partial`.
        """
        if not self.has_video:
            raise errors.UsageError(detail=f"{self._source.name} has no video")
        if self._picture is not None:
            for number, shown in enumerate(self._picture.read_moving()):
                yield Frame(shown.time_s, number, RgbPixels(shown.rgb), source)
            return
        if not self._fresh:
            self._video = VideoReading(self._new_container(), self.thinning)
        self._fresh = False
        if self._video is not None:
            yield from self._video.frames(source)

    def audio(self, rate_hz: int = 16000) -> Iterator[Samples]:
        """Chunks of (samples,) float32, one channel, -1 to 1; sample n is at n / rate_hz seconds.

        Holes are filled with silence. Raises errors.UsageError where there is no sound.
        """
        if not self.has_audio:
            raise errors.UsageError(detail=f"{self._source.name} has no sound")
        self._sound = SoundReading(self._new_container())
        yield from self._sound.samples(rate_hz)

    def close(self) -> None:
        """Let go of the decoders and of the file."""
        self._close_containers()
        self._source.close()

    def _close_containers(self) -> None:
        for container in self._containers:
            container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_DEFAULT_LIMITS = Limits()


def open_media(
    source: str | Path | BinaryIO,
    *,
    limits: Limits = _DEFAULT_LIMITS,
    name: str | None = None,
    threads: int = 1,
    thinning: Thinning | None = None,
) -> Media:
    """Open a picture, a video or a sound in this process.

    source: a path, or a seekable stream of bytes (which stays open). name: what errors call it.
    threads: of the video decoder. thinning: where not all of a video's frames are needed. For files of
    unknown origin use `Sandbox`.

    Raises errors.PathNotFound, UnreadableFile, EmptyFile, UnsupportedFormat, DamagedMedia and MediaTooLarge.
    """
    bytes_from = Source(source, name, limits.bytes)
    try:
        form = sniff.sniff(bytes_from.read_at(0, sniff.HEAD_BYTES))
        bytes_from.check()
        if form is None:
            reason = "its first bytes are of no such format"
            raise errors.UnsupportedFormat(path=bytes_from.name, reason=reason)
        return Media(bytes_from, form, limits, threads, thinning)
    except BaseException:
        bytes_from.close()
        raise
