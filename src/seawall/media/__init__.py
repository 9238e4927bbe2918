"""Bytes to pixels and samples: the only importer of decoders.

    with media.open(path) as file:
        if file.kind is Kind.IMAGE: luma = file.picture().luma()
        for frame in file.frames(): frame.time_s, frame.luma()

`open` decodes in this process. `Sandbox` does it in locked-down child processes: use that for every
file whose origin is not known.
"""

from seawall.media.frame import Frame, LumaSource
from seawall.media.limits import Limits
from seawall.media.lockdown import Protection
from seawall.media.opened import (
    Media,
    open_media as open,  # noqa: A004 - `media.open` reads as what it is
)
from seawall.media.picture import Picture
from seawall.media.sandbox import Sandbox
from seawall.media.thinning import Thinning

__all__ = ["Frame", "Limits", "LumaSource", "Media", "Picture", "Protection", "Sandbox", "Thinning", "open"]
