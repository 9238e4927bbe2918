"""A small picture as the bytes of a JPEG file, for pages that hold their pictures in themselves."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def encode_jpeg(rgb: NDArray[np.uint8], *, quality: int) -> bytes:
    """(height_px, width_px, 3) as JPEG; `quality` is 1 to 95."""
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()
