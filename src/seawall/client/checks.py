"""What checks answer: of files, of addresses, of hashes alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from seawall.client.reading import WHOLE


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of the query that is a run of the reference."""

    signal: str
    query_start_s: float
    query_end_s: float
    reference_start_s: float
    reference_end_s: float
    speed: float
    transform: tuple[str, ...]
    score: float
    query_region: tuple[float, ...] | None  #: where in the picture, as shares of it; None: all of it
    reference_region: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class KnownGood:
    """The reference of a negative bank that explains a match."""

    bank: str
    reference: str
    reference_name: str


@dataclass(frozen=True, slots=True)
class Match:
    """What was found of one reference."""

    bank: str
    reference: str
    reference_name: str
    incident: str | None
    score: float  #: 0 to 1
    recommendation: str  #: strong, suggest, none
    coverage_query: float
    coverage_reference: float
    parts: Mapping[str, float]
    segments: tuple[Segment, ...]
    suppressed_by: KnownGood | None
    id: str | None  #: of the match on record
    held: bool | None  #: whether a person decides first, as the reference is held
    record: Mapping[str, object] = field(metadata=WHOLE, repr=False)  #: all of it, as it came


@dataclass(frozen=True, slots=True)
class Skipped:
    """A kind of signal that was not made."""

    signal: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileError:
    """Why a file could not be read."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known in one file. Without matches, look at `error` first: it may not have been read."""

    path: str  #: the file's name as it was sent
    sha256: str | None
    kind: str | None  #: image, video, audio
    duration_s: float | None
    matches: tuple[Match, ...]  #: the surest first
    suppressed: tuple[Match, ...]  #: known-good content explains them
    skipped: tuple[Skipped, ...]
    error: FileError | None
    check: str | None  #: id of the check on record
    record: Mapping[str, object] = field(metadata=WHOLE, repr=False)  #: all of it, as it came


@dataclass(frozen=True, slots=True)
class Moment:
    """The hash of a frame of a video."""

    pdq: str  #: 64 hex digits
    offset_s: float
    quality: int = 100


@dataclass(frozen=True, slots=True)
class Hashes:
    """What is known of one content that is not sent: at least one of its hashes, in hex digits."""

    pdq: str | None = None
    quality: int = 100  #: of `pdq`
    video: Sequence[Moment] = ()
    sha256: str | None = None
    md5: str | None = None
    uploader: str | None = None
    post: str | None = None
    url: str | None = None
    labels: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class HashesChecked:
    """What is known of one content of which only hashes were given."""

    check: str  #: id of the check on record
    matches: tuple[Match, ...]
    suppressed: tuple[Match, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Where a content stands on the platform, as the caller said."""

    uploader: str | None
    post: str | None
    url: str | None
