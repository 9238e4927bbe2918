"""Every single edit of the full suite, by family and level.

The families and strengths are those of the tables that TRECVID's copy detection task, MPEG-7's video
signature and the Video Similarity Challenge's entrants used, as far as they make sense for one file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from seawall.bench import (
    edits_cover as cover,
    edits_quality as quality,
    edits_screen as screens,
    edits_spatial as spatial,
    edits_temporal as temporal,
)
from seawall.bench.edit import Edit, Level

if TYPE_CHECKING:
    from seawall.bench.step import Draw

#: edits that set the picture among other pictures: two of them would leave a speck
PLACE: Final = "place"
_LEVELS: Final[tuple[Level, ...]] = ("mild", "standard", "severe")


def _family(
    family: str,
    group: str,
    what: str,
    *draws: Draw | None,
    promised: tuple[Level, ...] = (),
) -> tuple[Edit, ...]:
    """An edit for each level that is given; `what` may hold {level}."""
    return tuple(
        Edit(
            name=f"{family}_{level}",
            what=what,
            family=family,
            group=group,
            level=level,
            promised=level in promised,
            draw=draw,
        )
        for level, draw in zip(_LEVELS, draws, strict=False)
        if draw
    )


_STANDARD: Final[tuple[Level, ...]] = ("standard",)
_STRONGER: Final[tuple[Level, ...]] = ("standard", "severe")

_FRAME: Final = (
    *_family("crop", "frame", "5, 10, 25 % cut off each side",
             spatial.crop(0.05), spatial.crop(0.10), spatial.crop(0.25), promised=_STRONGER),
    *_family("crop_off_centre", "frame", "55 x 60 % kept, at a corner",
             spatial.crop_off_centre(0.8, 0.8), spatial.crop_off_centre(0.55, 0.60),
             spatial.crop_off_centre(0.45, 0.45), promised=_STANDARD),
    *_family("letterbox", "frame", "bars above and below, 10, 20, 40 % of the picture",
             *(spatial.bars(share, upright=False) for share in (0.1, 0.2, 0.4)), promised=_STANDARD),
    *_family("pillarbox", "frame", "bars at the sides, 10, 20, 40 % of the picture",
             *(spatial.bars(share, upright=True) for share in (0.1, 0.2, 0.4)), promised=_STANDARD),
    *_family("blurred_vertical", "frame", "on its own blurred copy: square, 9:16, 9:16 at 70 %",
             spatial.blurred_frame(1.0), spatial.blurred_frame(9 / 16),
             spatial.blurred_frame(9 / 16, 0.7), promised=_STANDARD),
    *_family("shift", "frame", "moved by 5, 10, 25 %",
             *(spatial.shift(share) for share in (0.05, 0.10, 0.25))),
)  # fmt: skip

_TURN: Final = (
    *_family("mirror", "turn", "left and right swapped", None, spatial.flip(1, "mirror"), promised=_STANDARD),
    *_family("vertical_flip", "turn", "top and bottom swapped", None, spatial.flip(0, "vertical_flip")),
    *_family("rotate", "turn", "turned by 2, 4, 30 degrees",
             spatial.rotate(2), spatial.rotate(4), spatial.rotate(30), promised=_STANDARD),
    *_family("rotate_10", "turn", "turned by 10 degrees", None, spatial.rotate(10), promised=_STANDARD),
    *(edit for degrees in (90, 180, 270) for edit in
      _family(f"turn_{degrees}", "turn", f"turned by {degrees} degrees", None,
              spatial.quarter_turns(degrees // 90), promised=_STANDARD)),
)  # fmt: skip

_COVER: Final = (
    *_family("logo", "cover", "a logo over 3, 10, 30 %",
             cover.logo(0.03), cover.logo(0.10), cover.logo(0.30), promised=_STRONGER),
    *_family("caption_bars", "cover", "bars with words over 10, 20, 30 %",
             cover.caption_bars(0.1), cover.caption_bars(0.2), cover.caption_bars(0.3), promised=_STRONGER),
    *_family("banner", "cover", "running words over 8, 14, 22 %",
             cover.banner(0.08), cover.banner(0.14), cover.banner(0.22)),
    *_family("pip", PLACE, "in front of other footage, scale 0.7, 0.5, 0.3",
             cover.pip(0.7), cover.pip(0.5), cover.pip(0.3), promised=_STANDARD),
    *_family("pip_behind", PLACE, "other footage over 20, 35, 50 % of it",
             cover.pip_behind(0.2), cover.pip_behind(0.35), cover.pip_behind(0.5)),
    *_family("stack", PLACE, "side by side with other footage: 2, 2 x 2, 3 x 3",
             cover.stack(1, 2), cover.stack(2, 2), cover.stack(3, 3), promised=_STANDARD),
    *_family("blend", PLACE, "other footage over it at opacity 0.1, 0.3, 0.5",
             cover.blend(0.1), cover.blend(0.3), cover.blend(0.5), promised=_STANDARD),
    *_family("screen_recording", PLACE, "filmed off a screen, corners off by up to 3, 7, 12 %",
             screens.screen(0.03, 0.05, 2), screens.screen(0.07, 0.075, 5),
             screens.screen(0.12, 0.10, 10), promised=_STANDARD),
)  # fmt: skip

_QUALITY: Final = (
    *_family("brightness", "tone", "lighter or darker by 10, 30, 60 % of the range",
             quality.brightness(0.1), quality.brightness(0.3), quality.brightness(0.6)),
    *_family("contrast", "tone", "contrast x0.8 or 1.25, 0.6 or 1.7, 0.35 or 3",
             quality.contrast(0.8, 1.25), quality.contrast(0.6, 1.7), quality.contrast(0.35, 3.0)),
    *_family("gamma", "tone", "gamma 0.8 or 1.25, 0.6 or 1.6, 0.4 or 2.5",
             quality.gamma(0.8, 1.25), quality.gamma(0.6, 1.6), quality.gamma(0.4, 2.5)),
    *_family("saturation", "tone", "colour x0.6 or 1.5, 0.3 or 2, 3",
             quality.saturation(0.6, 1.5), quality.saturation(0.3, 2.0), quality.saturation(3.0)),
    *_family("grey", "tone", "no colour", None, quality.grey),
    *_family("sepia", "tone", "brown", None, quality.sepia),
    *_family("negate", "tone", "a negative", None, None, quality.negate),
    *_family("blur", "quality", "blur of sigma 1, 4, 10 pixels",
             quality.blur(1), quality.blur(4), quality.blur(10)),
    *_family("noise", "quality", "noise of sigma 9, 20, 35",
             quality.noise(9), quality.noise(20), quality.noise(35)),
    *_family("pixelise", "quality", "blocks of 2, 5, 10 pixels",
             quality.pixelise(0.5), quality.pixelise(0.2), quality.pixelise(0.1)),
    *_family("resize", "size", "sides x0.7, 0.4, 0.2",
             spatial.resize(0.7), spatial.resize(0.4), spatial.resize(0.2)),
    *_family("aspect", "size", "one side x0.8, 0.6, 0.5",
             spatial.aspect(0.8), spatial.aspect(0.6), spatial.aspect(0.5)),
    *_family("recompress", "quality", "encoded again at crf 28, 36, 45",
             quality.recompress(28), quality.recompress(36), quality.recompress(45)),
    *_family("frame_rate", "rate", "15, 8, 4 frames a second",
             quality.frame_rate(15), quality.frame_rate(8), quality.frame_rate(4), promised=("severe",)),
    *_family("slideshow", "rate", "a frame every 2.5 s", None, None, quality.frame_rate(0.4)),
    *_family("frame_drops", "rate", "10, 30, 60 % of the frames left out",
             quality.frame_drops(0.1), quality.frame_drops(0.3), quality.frame_drops(0.6)),
)  # fmt: skip

_TIME: Final = (
    *_family("speed_0.95", "time", "at 0.95 of the speed", temporal.speed(0.95)),
    *_family("speed_1.05", "time", "at 1.05 times the speed", temporal.speed(1.05)),
    *(edit for factor in (0.8, 1.25, 1.5) for edit in
      _family(f"speed_{factor:g}", "time", f"at {factor:g} times the speed", None, temporal.speed(factor),
              promised=_STANDARD)),
    *_family("speed_0.5", "time", "at half the speed", None, None, temporal.speed(0.5)),
    *_family("speed_2", "time", "at twice the speed", None, None, temporal.speed(2.0), promised=("severe",)),
    *_family("new_opening", "time", "the first 10 % are other footage",
             None, temporal.new_opening(), promised=_STANDARD),
    *_family("reversed", "time", "backwards", None, temporal.backwards, promised=_STANDARD),
    *_family("shuffled", "time", "blocks of 2 to 4 s in another order",
             None, temporal.shuffled, promised=_STANDARD),
    *_family("loop", "time", "twice, three times", temporal.loop(2), temporal.loop(3)),
    *_family("pause", "time", "stands still for 1, 2, 3 s",
             temporal.pause(1), temporal.pause(2), temporal.pause(3)),
    *_family("black", "time", "black for 0.5 to 2 s, once, twice, four times",
             temporal.black(0.5, times=1), temporal.black(0.5, 1, times=2),
             temporal.black(0.5, 1, 2, times=4)),
    *_family("trim", "time", "20, 5, 2 s of it", temporal.trim(20), temporal.trim(5), temporal.trim(2)),
    *_family("replaced_sound", "sound", "another sound track", None, temporal.replaced_sound),
    *_family("muted", "sound", "no sound track", None, temporal.muted),
)  # fmt: skip

SINGLES: Final = (*_FRAME, *_TURN, *_COVER, *_QUALITY, *_TIME)
