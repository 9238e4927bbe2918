"""A sound's outline: how loud it is over time, without anything that could be heard."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from seawall.media.opened import Media

MOST_PEAKS: Final = 600
RATE_HZ: Final = 8000
STEP_S: Final = 0.05  #: of one peak at first; doubled wherever there are too many


def in_sandbox(file: Media) -> dict[str, Any]:
    """{"parts": [{step_s, data}]}: a byte a peak, 0 to 100, each of `step_s` seconds; none without sound."""
    if not file.has_audio:
        return {"parts": []}
    step = round(STEP_S * RATE_HZ)
    peaks = np.zeros(0, np.float32)
    rest = np.zeros(0, np.float32)
    for chunk in file.audio(RATE_HZ):
        samples = np.concatenate([rest, np.abs(chunk)])
        whole = len(samples) // step * step
        peaks = np.concatenate([peaks, samples[:whole].reshape(-1, step).max(axis=1, initial=0)])
        rest = samples[whole:]
        while len(peaks) > MOST_PEAKS:
            even = len(peaks) // 2 * 2
            # An odd peak out is not lost: it is of the samples that are counted next.
            rest = np.concatenate([np.repeat(peaks[even:], step), rest])
            peaks, step = peaks[:even].reshape(-1, 2).max(axis=1), 2 * step
    if len(rest):
        peaks = np.append(peaks, np.float32(rest.max()))
    data = np.rint(np.minimum(peaks, 1.0) * 100).astype(np.uint8).tobytes()
    return {"parts": [{"step_s": step / RATE_HZ, "data": data}]}
