"""Pictures that carry their own number as blocks of black and white, which survive every edit.

So each frame of an edited file tells which frame of its source it is.
"""

import numpy as np
import pytest

from seawall import media
from seawall.bench import corpus
from seawall.media import encode

COLUMNS, ROWS = 4, 4
BITS = COLUMNS * ROWS
WIDTH, HEIGHT = 320, 240
#: share of each side that the blocks take: they leave the lower right corner to the logo
PART = 0.75
HOST = 1 << 14  #: numbers from here on are the host's


def numbered(number, height=HEIGHT, width=WIDTH):
    bits = (number >> np.arange(BITS) & 1).reshape(ROWS, COLUMNS)
    picture = np.full((height, width, 3), 120, np.uint8)
    rows, columns = int(height * PART), int(width * PART)
    row, column = np.arange(rows) * ROWS // rows, np.arange(columns) * COLUMNS // columns
    picture[:rows, :columns] = np.where(bits, 210, 40)[np.ix_(row, column)][..., None]
    return picture


def number_of(luma):
    rows, columns = (int(side * PART) for side in luma.shape)
    centres = luma[
        np.ix_(
            ((np.arange(ROWS) + 0.5) * rows / ROWS).astype(int),
            ((np.arange(COLUMNS) + 0.5) * columns / COLUMNS).astype(int),
        )
    ]
    return int(((centres > 125).ravel() << np.arange(BITS)).sum())


def numbers(path):
    with media.open(path) as source:
        return [(frame.time_s, number_of(frame.luma())) for frame in source.frames()]


def clip(path, times, first=0, height=HEIGHT, width=WIDTH):
    frames = ((time_s, numbered(first + number, height, width)) for number, time_s in enumerate(times))
    sound = encode.Sound(np.zeros(round(44_100 * times[-1]), np.float32), 44_100)
    encode.write_video(path, frames, rate_hz=25, settings=encode.Settings(crf=18), sound=sound)
    made = corpus.scan(path, path.name)
    assert isinstance(made, corpus.Clip), made
    assert made.times_s == pytest.approx(times, abs=1e-3)
    return made
