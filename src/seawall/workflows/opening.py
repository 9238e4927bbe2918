"""What a library is made of, as the settings say."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING

from seawall import config, errors, media
from seawall.model import hold
from seawall.outbound.web import Web
from seawall.signals import learned
from seawall.store.store import Store

if TYPE_CHECKING:
    from seawall.sealing import Sealer


def store(settings: config.Settings) -> Store:
    """The database that is set, or where none is, the one in the data folder.

    Raises BadSetting, StoreUnreachable, StoreVersion, StoreCorrupt.
    """
    url = settings.text("database")
    return Store.connect(url) if url else Store.open(settings.data)


def limits(settings: config.Settings) -> media.Limits:
    """What one file may cost, as set."""
    return media.Limits(
        bytes=settings.whole("max_bytes"),
        pixels=settings.whole("max_pixels"),
        duration_s=settings.number("max_duration_s"),
        frames=settings.whole("max_frames"),
        cpu_s=settings.number("max_cpu_s"),
        wall_s=settings.number("max_wall_s"),
        memory_bytes=settings.whole("max_memory_bytes"),
    )


def flood_rule(settings: config.Settings) -> hold.Rule:
    """When a reference is held, as set."""
    return hold.Rule(
        window_h=max(1, settings.whole("flood_window_h")),
        floor=settings.whole("flood_floor"),
        factor=settings.number("flood_factor"),
        baseline_h=round(settings.number("flood_baseline_days") * 24),
    )


def model(settings: config.Settings) -> learned.Model | None:
    """The network that is set. Raises BadSetting, at once rather than in the middle of a run."""
    path = settings.text("learned_model")
    return learned.Model(Path(path)) if path else None


def sealer(settings: config.Settings) -> Sealer:
    """What seals credentials. Loaded when it is needed: it comes with the extra that serves."""
    try:
        from seawall import sealing  # noqa: PLC0415 - as said above
    except ImportError as cause:
        raise errors.ServiceMissing(name=cause.name) from cause
    return sealing.sealer(settings.text("secret_key"), settings.data)


def web(settings: config.Settings) -> Web:
    """The guarded way out, loaded as `sealer`."""
    try:
        from seawall.outbound import guarded  # noqa: PLC0415 - as said above
    except ImportError as cause:
        raise errors.ServiceMissing(name=cause.name) from cause
    return guarded.opened(settings)


def login_name() -> str:
    """Who runs this process, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return f"uid {os.getuid()}"
