"""Every error that Seawall raises on purpose.

    SeawallError
    ├── MediaError             this file cannot be used; the others go on            exit 10
    │   ├── EmptyFile          0 bytes
    │   ├── UnreadableFile     the system refuses to read it
    │   ├── UnsupportedFormat  not a picture, video or sound that Seawall accepts
    │   ├── DamagedMedia       the format is known, nothing in it can be decoded
    │   ├── MediaTooLarge      over a limit of bytes, pixels, seconds or frames
    │   ├── DecodeTimeout      over the limit of processor or wall time
    │   ├── DecodeMemory       over the limit of memory
    │   ├── DecoderCrashed     the decoder's process died
    │   └── ReportError        a report of which no text can be had
    │       ├── UnknownReport  not text, HTML, PDF or mail, or in no encoding that Seawall knows
    │       ├── DamagedReport  the format is known, it cannot be taken apart
    │       ├── LockedReport   it opens with a password only
    │       └── NoText         pictures of a text, or nothing at all
    ├── OutsideError           something around Seawall failed                       exit 20
    │   ├── DiskFull           no room left where Seawall writes
    │   ├── WriteFailed        the system refuses a write
    │   ├── StoreBusy          another process holds the data folder too long
    │   ├── StoreUnreachable   the database server cannot be reached
    │   ├── ObjectsUnreachable the object store does not do what it is asked
    │   ├── DeliveryFailed     a webhook did not take an event
    │   └── SandboxUnavailable the decoding process cannot be started
    ├── CorruptionError        what Seawall stored is not what it reads back         exit 30
    │   ├── IndexCorrupt       a file of the index fails its digest
    │   ├── StoreCorrupt       the database is damaged or not Seawall's
    │   └── StoreVersion       the database is of a newer Seawall
    └── UsageError             the caller asked for something that cannot be done    exit 2
        ├── BadSetting         a setting has a value that cannot be used
        ├── BadName            a bank's name is not allowed
        ├── BankExists         a bank of that name is already there
        ├── BankNotFound       no bank of that name
        ├── ReferenceNotFound  no reference of that id
        ├── StateConflict      the reference's state does not allow that change
        ├── PathNotFound       no file or folder at that path
        ├── BadList            a list to import cannot be read at all
        ├── BadGazetteer       a file of places cannot be used
        ├── BadCorpus          a folder of clips does not serve as a benchmark corpus
        ├── BadGold            a gold ledger does not hold in its text
        ├── IncidentNotFound   no incident of that id
        ├── EntryNotFound      nothing of that name in the incident's record
        ├── DocumentExists     the incident has that report already
        ├── SpanNotInText      the document does not have those words there
        ├── CertaintyRaised    a change would make a claim surer than its source
        ├── ClaimConflict      the claim's status does not allow that change
        ├── ProtectedName      a text holds a name that must not leave the record
        ├── NoCitation         a claim without a source cannot be printed
        ├── ExtraMissing       a report cannot be read without packages that are not installed
        ├── NotSignedIn        no valid key or session came with the call
        ├── NotAllowed         the key or role lacks the scope
        ├── TooManyCalls       over the limit of calls or of bytes
        ├── BadRequest         a request that cannot be used
        ├── BadCursor          not a cursor that Seawall has given
        ├── KeyReused          an idempotency key that was used for another request
        ├── RecordNotFound     no record of that kind and id
        ├── RecordConflict     the record's state does not allow that change
        ├── ServiceMissing     the packages that serve and do jobs are not installed
        ├── UnsafeUrl          an address that is not fetched, for safety
        └── FetchFailed        an address that could not be fetched

The class is the contract: its docstring is the message, `code` the name in JSON and in logs,
`exit_code` what the command line returns, `http_status` what the API answers, `remedy` what to do.
Fields named in the docstring are keyword arguments and stay on the instance.
"""

from __future__ import annotations

from seawall.errors.base import SeawallError as SeawallError
from seawall.errors.media import (
    DamagedMedia as DamagedMedia,
    DamagedReport as DamagedReport,
    DecodeMemory as DecodeMemory,
    DecoderCrashed as DecoderCrashed,
    DecodeTimeout as DecodeTimeout,
    EmptyFile as EmptyFile,
    LockedReport as LockedReport,
    MediaError as MediaError,
    MediaTooLarge as MediaTooLarge,
    NoText as NoText,
    ReportError as ReportError,
    UnknownReport as UnknownReport,
    UnreadableFile as UnreadableFile,
    UnsupportedFormat as UnsupportedFormat,
)
from seawall.errors.outside import (
    CorruptionError as CorruptionError,
    DeliveryFailed as DeliveryFailed,
    DiskFull as DiskFull,
    IndexCorrupt as IndexCorrupt,
    ObjectsUnreachable as ObjectsUnreachable,
    OutsideError as OutsideError,
    SandboxUnavailable as SandboxUnavailable,
    StoreBusy as StoreBusy,
    StoreCorrupt as StoreCorrupt,
    StoreUnreachable as StoreUnreachable,
    StoreVersion as StoreVersion,
    WriteFailed as WriteFailed,
    writing as writing,
)
from seawall.errors.service import (
    BadCursor as BadCursor,
    BadRequest as BadRequest,
    FetchFailed as FetchFailed,
    KeyReused as KeyReused,
    NotAllowed as NotAllowed,
    NotSignedIn as NotSignedIn,
    RecordConflict as RecordConflict,
    RecordNotFound as RecordNotFound,
    ServiceMissing as ServiceMissing,
    TooManyCalls as TooManyCalls,
    UnsafeUrl as UnsafeUrl,
)
from seawall.errors.usage import (
    BadCorpus as BadCorpus,
    BadGazetteer as BadGazetteer,
    BadGold as BadGold,
    BadList as BadList,
    BadName as BadName,
    BadSetting as BadSetting,
    BankExists as BankExists,
    BankNotFound as BankNotFound,
    CertaintyRaised as CertaintyRaised,
    ClaimConflict as ClaimConflict,
    DocumentExists as DocumentExists,
    EntryNotFound as EntryNotFound,
    ExtraMissing as ExtraMissing,
    IncidentNotFound as IncidentNotFound,
    NoCitation as NoCitation,
    PathNotFound as PathNotFound,
    ProtectedName as ProtectedName,
    ReferenceNotFound as ReferenceNotFound,
    SpanNotInText as SpanNotInText,
    StateConflict as StateConflict,
    UsageError as UsageError,
)
