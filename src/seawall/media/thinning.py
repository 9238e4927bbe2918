"""Which packets of a video have to be decoded, where not every frame is needed.

A group of pictures begins with a key frame, which needs no other frame to be decoded; all that follow it
in the group need some of those before. So a short group may stand by its key frame alone, at a small part
of the work, in a file that has enough of them. In a long one everything is decoded up to its end, but for
frames that no other needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import av
from av.packet import Packet
from av.stream import Stream

from seawall.media.timeline import seconds

_MOST_HELD: Final = 2048  #: packets, and ...
_MOST_HELD_BYTES: Final = 64 << 20  #: ... bytes, that are held back while it is open how long a group is
_MOST_LEFT_S: Final = 10.0  #: that a video may be said to go on after the last frame that was decoded
_NEEDED_GAP_S: Final = 0.4  #: after so long without a frame, one that no other needs is decoded too


@dataclass(frozen=True, slots=True)
class Thinning:
    """How few frames are enough."""

    group_s: float = 0.0  #: groups no longer than that are shown by their key frames; 0: no group is
    gap_s: float = 0.0  #: of such key frames, those nearer to the last one than that are left out
    looks: int = 0  #: of a file with fewer such key frames than that, no group is shown by one


@dataclass(frozen=True, slots=True)
class Piece:
    """Packets that follow each other."""

    packets: list[Packet[Stream]]
    begins: bool  #: the first one is a key frame
    alone: bool  #: which stands for all of them


class Pieces:
    """Parts packets into pieces, each told as soon as it is known how long its group is."""

    def __init__(self, group_s: float, base: Fraction | None) -> None:
        self._longest = 0 if base is None else math.floor(group_s / base)  #: of a short group, in stamps
        self.end: int | None = None  #: the latest end of showing in the last group, in stamps

    def of(self, packets: Iterable[Packet[Stream]]) -> Iterator[Piece]:
        """The pieces, in order. A group that is too long to stand by its key frame comes in several."""
        held: list[Packet[Stream]] = []
        held_bytes = 0
        first: int | None = None  # when the group's key frame is decoded
        running, begins = True, False  # before the first key frame nothing can be left out
        for packet in packets:
            shown, decoded = packet.pts, packet.dts
            now = shown if decoded is None else decoded  # stamps of showing go back and forth
            if packet.is_keyframe:
                if held:
                    yield Piece(held, begins, alone=True)
                held, held_bytes, first = [], 0, now
                running, begins = False, True
                self.end = None  # stamps may begin anew
            if shown is not None and (self.end is None or shown + (packet.duration or 0) > self.end):
                self.end = shown + (packet.duration or 0)
            held.append(packet)
            held_bytes += packet.size
            if not running:
                # Up to where this packet begins: the next group may begin where it ends.
                running = first is None or now is None or now - first >= self._longest
                running = running or len(held) > _MOST_HELD or held_bytes > _MOST_HELD_BYTES
            if running:
                yield Piece(held, begins, alone=False)
                held, held_bytes, begins = [], 0, False
        if held:
            yield Piece(held, begins, alone=True)

    def stop_thinning(self) -> None:
        """From here on, no key frame stands alone."""
        self._longest = 0


class Thinner:
    """Decodes what is needed of one stream. decode: gives the frames of a packet, of None the last ones."""

    def __init__(
        self,
        stream: av.VideoStream,
        decode: Callable[[Packet[Stream] | None], Iterator[av.VideoFrame]],
        thinning: Thinning,
    ) -> None:
        self._base = stream.time_base
        self._decoder = stream.codec_context
        self._decode = decode
        self._gap_s, self._looks = thinning.gap_s, thinning.looks
        self._pieces = Pieces(thinning.group_s, self._base)
        self._shown: int | None = None  # the latest frame's stamp since the decoder began
        self._next_s: float | None = None
        self._interlaced = self._whole = False
        self.left_out = False  #: whether a key frame stood for a group of pictures

    def frames(self, packets: Iterable[Packet[Stream]]) -> Iterator[av.VideoFrame]:
        """The frames that are enough, in order of presentation. Of interlaced footage those are all."""
        follows = False  # whether the decoder has had what comes before the piece
        since: int | None = None
        for piece in self._enough(self._pieces.of(packets)):
            first = piece.packets[0]
            if piece.alone and not self._whole:
                if follows:
                    yield from self._drained()
                    follows = False
                if self._soon(first):
                    continue
                shown = self._alone(first)
                if shown is not None:
                    yield shown
                    continue
                self._pieces.stop_thinning()
                self._whole = True
            if piece.begins:
                # What is shown before such a key frame may need what was left out.
                since, follows = (None if follows else first.pts), True
            for packet in piece.packets:
                if since is None or packet.pts is None or packet.pts >= since:
                    yield from self._running(packet)
        yield from self._decode(None)

    def _enough(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        """The same pieces; if the file ends with too few key frames that stand alone, none of them does.

        They are held back until that is told, as far as they may be.
        """
        held: list[Piece] = []
        packets = size = looks = 0
        next_s: float | None = None
        for piece in pieces:
            held.append(piece)
            packets += len(piece.packets)
            size += sum(packet.size for packet in piece.packets)
            key_s = self._shown_s(piece.packets[0])
            if piece.alone and (next_s is None or key_s is None or key_s >= next_s):
                looks += 1
                next_s = None if key_s is None else key_s + self._gap_s
            if looks >= self._looks or packets > _MOST_HELD or size > _MOST_HELD_BYTES:
                yield from held
                yield from pieces
                return
        yield from (replace(piece, alone=False) for piece in held)

    def left_s(self, stamp: int | None) -> float:
        """How long the pictures go on from the last frame, with that stamp, on; 0 where nothing tells."""
        end = self._pieces.end
        beyond_s = seconds(None if end is None or stamp is None else end - stamp, self._base)
        return beyond_s if beyond_s is not None and 0 < beyond_s <= _MOST_LEFT_S else 0.0

    def _soon(self, key: Packet[Stream]) -> bool:
        """Whether the key frame comes too soon after the last one to be needed."""
        key_s = self._shown_s(key)
        self.left_out = True
        if key_s is None:
            return False
        if self._next_s is not None and self._next_s - self._gap_s <= key_s < self._next_s:
            return True
        self._next_s = key_s + self._gap_s
        return False

    def _alone(self, key: Packet[Stream]) -> av.VideoFrame | None:
        """The picture of a key frame; None where there is none, or half of one, without other packets."""
        shown = list(self._drained(key))
        whole = len(shown) == 1 and not (shown[0].is_corrupt or shown[0].interlaced_frame)
        return shown[0] if whole else None

    def _drained(self, packet: Packet[Stream] | None = None) -> Iterator[av.VideoFrame]:
        """All that the decoder has to give, after a last packet if there is one; then it is as at first."""
        if packet is not None:
            self._decoder.skip_frame = "DEFAULT"
            yield from self._decode(packet)
        yield from self._decode(None)
        self._decoder.flush_buffers()
        self._shown = None

    def _running(self, packet: Packet[Stream]) -> Iterator[av.VideoFrame]:
        """The frames of a packet of a group that is decoded to its end; none of one that is not needed."""
        gone = None if packet.pts is None or self._shown is None else packet.pts - self._shown
        since_s = seconds(gone, self._base)
        needed = self._interlaced or since_s is None or since_s >= _NEEDED_GAP_S
        self._decoder.skip_frame = "DEFAULT" if needed else "NONREF"
        for frame in self._decode(packet):
            self._interlaced = frame.interlaced_frame
            if frame.pts is not None:
                self._shown = frame.pts if self._shown is None else max(self._shown, frame.pts)
            yield frame

    def _shown_s(self, packet: Packet[Stream]) -> float | None:
        return seconds(packet.pts if packet.pts is not None else packet.dts, self._base)
