"""One file on disk to its digests and signals: digests here, all decoding in the sandbox."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from seawall import errors, media
from seawall.media import source
from seawall.model import content
from seawall.signals import compute, exact, learned, roles


@dataclass(frozen=True, slots=True)
class Hashed:
    """A file's digests, and its signals or why there are none."""

    digests: exact.Digests
    computed: compute.Computed | None
    error: errors.SeawallError | None

    def content(self) -> content.Content | None:
        """The record of the file, if it could be decoded."""
        if self.computed is None:
            return None
        return content.Content(
            sha256=self.digests.sha256,
            md5=self.digests.md5,
            size_bytes=self.digests.size_bytes,
            kind=self.computed.kind,
            format=self.computed.format,
            duration_s=self.computed.duration_s,
            width_px=self.computed.width_px,
            height_px=self.computed.height_px,
            partial=self.computed.partial,
        )


def digest(path: Path, limits: media.Limits) -> exact.Digests:
    """Digests of a file. Raises PathNotFound, and MediaError where it cannot be read."""
    name = os.fspath(path)
    descriptor = source.open_descriptor(name, limits.bytes)
    try:
        with os.fdopen(descriptor, "rb") as stream:
            return exact.digest(stream)
    except OSError as cause:
        raise errors.UnreadableFile(path=name, reason=cause.strerror or str(cause)) from cause


def signals(
    path: Path,
    sandbox: media.Sandbox,
    role: roles.Role,
    model: learned.Model | None = None,
    glance_s: float = 0.0,
) -> compute.Computed:
    """Signals of a file, made in the sandbox; a network runs here, on the small pictures made there.

    glance_s: groups of pictures of a query that are no longer are looked at by their key frames alone.
    Raises MediaError where the file cannot be decoded, BadSetting where the network fails.
    """
    learned_px = 0 if model is None else model.side_px
    params = {"role": role.value, "learned_px": learned_px}
    answer = sandbox.run(path, compute.TASK, params, thinning=compute.thinning(role, glance_s))
    try:
        computed = compute.parse(answer, learned_px)
    except ValueError as cause:
        raise errors.DecoderCrashed(
            path=os.fspath(path), cause=f"its answer makes no sense: {cause}"
        ) from cause
    return computed if model is None else computed.described(model)


def hashed(
    path: Path,
    sandbox: media.Sandbox,
    role: roles.Role,
    limits: media.Limits,
    model: learned.Model | None = None,
    glance_s: float = 0.0,
) -> Hashed:
    """Digests and signals of a file; what went wrong in decoding is part of the result.

    glance_s: as `signals` takes it.

    Raises PathNotFound and MediaError where not even its bytes can be read.
    """
    digests = digest(path, limits)
    try:
        return Hashed(digests, signals(path, sandbox, role, model, glance_s), None)
    except errors.MediaError as error:
        return Hashed(digests, None, error)
