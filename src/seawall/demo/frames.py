"""What is on the screen at given times, small. Decoded in the sandbox; the page's own JPEGs are made outside.

What comes out of the sandbox is pixels of a checked shape, never a file that somebody else wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall import errors, media
from seawall.media import encode, still_encode
from seawall.model import content

TASK: Final = "seawall.demo.frames:moments"
WIDTH_PX: Final = 320
QUALITY: Final = 80

_SAME_S: Final = 0.001  #: a frame this little later is meant: times are rounded to milliseconds


def take(sandbox: media.Sandbox, path: Path, times_s: Sequence[float]) -> dict[float, bytes]:
    """A JPEG for each time. Raises errors.MediaError, errors.SandboxUnavailable."""
    wanted = sorted(set(times_s))
    answer = sandbox.run(path, TASK, {"times_s": wanted, "width_px": WIDTH_PX})
    if not _is_pictures(answer, len(wanted)):
        raise errors.DecoderCrashed(path=path, cause="its answer makes no sense")
    pictures = np.asarray(answer, np.uint8)
    jpegs = (still_encode.encode_jpeg(rgb, quality=QUALITY) for rgb in pictures)
    return dict(zip(wanted, jpegs, strict=True))


def moments(opened: media.Media, times_s: Sequence[float], width_px: int) -> NDArray[np.uint8]:
    """(times, height_px, width_px, 3): the frame that shows at each of the ascending times.

    Behind the last frame it is the last one; of a still it is the picture itself.
    """
    if opened.kind is content.Kind.IMAGE:
        return np.stack([_small(opened.picture().rgb, width_px)] * len(times_s))
    taken: list[NDArray[np.uint8]] = []
    shown: media.Frame | None = None
    for frame in opened.frames():
        while shown and len(taken) < len(times_s) and frame.time_s > times_s[len(taken)] + _SAME_S:
            taken.append(_small(shown.rgb(), width_px))
        if len(taken) == len(times_s):
            break
        shown = frame
    if shown and len(taken) < len(times_s):
        taken += [_small(shown.rgb(), width_px)] * (len(times_s) - len(taken))
    return np.stack(taken)


def _small(rgb: NDArray[np.uint8], width_px: int) -> NDArray[np.uint8]:
    height_px = max(2, round(rgb.shape[0] * width_px / rgb.shape[1]))
    return encode.scaled(rgb, width_px, height_px)


def _is_pictures(answer: object, count: int) -> bool:
    return (
        isinstance(answer, np.ndarray)
        and answer.dtype == np.uint8
        and answer.ndim == 4
        and (answer.shape[0], answer.shape[2], answer.shape[3]) == (count, WIDTH_PX, 3)
    )
