"""Every error that Seawall raises on purpose.

    SeawallError
    ├── OutsideError         something around Seawall failed                        exit 20
    │   ├── DiskFull             no room left where Seawall writes
    │   ├── WriteFailed          the system refuses a write
    │   ├── StoreBusy            another process holds the data folder too long
    │   ├── StoreUnreachable     the database server cannot be reached
    │   ├── ObjectsUnreachable   the object store does not do what it is asked
    │   ├── DeliveryFailed       a webhook did not take an event
    │   ├── SandboxUnavailable   the decoding process cannot be started
    │   ├── CannotListen         the service's address or port cannot be had
    │   ├── ServiceUnreachable   a service that a program calls does not answer
    │   ├── BadAnswer            what a service answers is not Seawall's
    │   ├── JobUnfinished        a job takes longer than a program waits for it
    │   ├── ExchangeUnreachable  a list of others cannot be reached
    │   ├── ClusterUnusable      a scan's cluster cannot be reached, or has another Seawall
    │   ├── ServiceBusy          as many uploads or checks are under way as the service takes
    │   └── TransparencyUnreachable the transparency database cannot be reached
    ├── CorruptionError      what Seawall stored is not what it reads back          exit 30
    │   ├── IndexCorrupt         a file of the index fails its digest
    │   ├── StoreCorrupt         the database is damaged or not Seawall's
    │   ├── BackupCorrupt        a backup fails its digests, or is cut short
    │   ├── StoreVersion         the database is of a newer Seawall
    │   ├── BadEvidence          evidence does not prove what it should
    │   └── ScanCorrupt          a file of a scan under way is damaged
    ├── UsageError           the caller asked for something that cannot be done     exit 2
    │   ├── BadSetting           a setting has a value that cannot be used
    │   ├── BadName              a bank's name is not allowed
    │   ├── BankExists           a bank of that name is already there
    │   ├── BankNotFound         no bank of that name
    │   ├── ReferenceNotFound    no reference of that id
    │   ├── StateConflict        the reference's state does not allow that change
    │   ├── StoreNotEmpty        a backup goes into an empty database only
    │   ├── PathNotFound         no file or folder at that path
    │   ├── BadList              a list to import cannot be read at all
    │   ├── BadGazetteer         a file of places cannot be used
    │   ├── BadCorpus            a folder of clips does not serve as a benchmark corpus
    │   ├── BadGold              a gold ledger does not hold in its text
    │   ├── IncidentNotFound     no incident of that id
    │   ├── EntryNotFound        nothing of that name in the incident's record
    │   ├── DocumentExists       the incident has that report already
    │   ├── SpanNotInText        the document does not have those words there
    │   ├── CertaintyRaised      a change would make a claim surer than its source
    │   ├── ClaimConflict        the claim's status does not allow that change
    │   ├── ProtectedName        a text holds a name that must not leave the record
    │   ├── NoCitation           a claim without a source cannot be printed
    │   ├── ExtraMissing         a report cannot be read without packages that are not installed
    │   ├── NotPreserved         a removal of what is not preserved
    │   ├── BadExchange          an exchange cannot be set up so
    │   ├── ExchangeExists       an exchange of that name is already there
    │   ├── ExchangeNotFound     no exchange of that name
    │   ├── ExchangeRefused      a list of others refuses
    │   ├── BadNotice            a notice or order with a field that cannot be
    │   ├── BadClock             a clock's state does not allow that change
    │   ├── BadThreat            a dossier of a threat that nobody could read
    │   ├── NeverBanked          a content that was referred to a hotline
    │   ├── HotlineMissing       a referral with no hotline to go to
    │   ├── BadPolicy            rules that cannot be a policy
    │   ├── NoDryRun             a policy that was not tried out before it goes live
    │   ├── CannotSign           a signature or verification by one who cannot give it
    │   ├── BadDecision          a decision without what its choice needs
    │   ├── SecondPerson         another user has to do it
    │   ├── NotTheirOwn          a decision that another user made is not undone
    │   ├── BadSource            nothing that could be scanned
    │   ├── OtherScan            the output folder holds another scan, or other files
    │   ├── ScanExtraMissing     the packages that scan are not installed
    │   ├── NotSignedIn          no valid key or session came with the call
    │   ├── NotAllowed           the key or role lacks the scope
    │   ├── TooManyCalls         over the limit of calls or of bytes
    │   ├── BadRequest           a request that cannot be used
    │   ├── BadCursor            not a cursor that Seawall has given
    │   ├── KeyReused            an idempotency key that was used for another request
    │   ├── RecordNotFound       no record of that kind and id
    │   ├── RecordConflict       the record's state does not allow that change
    │   ├── ServiceMissing       the packages that serve are not installed
    │   ├── UnsafeUrl            an address that is not fetched, for safety
    │   ├── FetchFailed          an address that could not be fetched
    │   ├── NoSuchRoute          nothing is served at that path
    │   ├── WrongMethod          the path does not take that method
    │   ├── BodyTooSlow          a body that came too slowly
    │   ├── BodyTooLarge         a body over the limit
    │   ├── CallUnderWay         the first call with that idempotency key has not ended
    │   ├── CsrfRefused          a session's change without the session's token
    │   ├── SubmissionHeld       a submission with personal data, or not as the database wants it
    │   ├── TransparencyRefused  the transparency database lets nobody in so
    │   ├── NotForRecipient      a record that is marked so is not for them
    │   ├── BelowFloor           more than the floor allows, without a reason
    │   ├── RevealNotAllowed     a person who may not be shown this
    │   ├── MediaNotKept         a file of which the bytes are not kept
    │   └── NothingToShow        a frame, a sound or a piece that there is not
    └── MediaError           this file cannot be used; the others go on             exit 10
        ├── EmptyFile            0 bytes
        ├── UnreadableFile       the system refuses to read it
        ├── UnsupportedFormat    not a picture, video or sound that Seawall accepts
        ├── DamagedMedia         the format is known, nothing in it can be decoded
        ├── MediaTooLarge        over a limit of bytes, pixels, seconds or frames
        ├── DecodeTimeout        over the limit of processor or wall time
        ├── DecodeMemory         over the limit of memory
        ├── DecoderCrashed       the decoder's process died
        ├── ReportError          a report of which no text can be had
        │   ├── UnknownReport        not text, HTML, PDF or mail, or in no encoding that Seawall knows
        │   ├── DamagedReport        the format is known, it cannot be taken apart
        │   ├── LockedReport         it opens with a password only
        │   └── NoText               pictures of a text, or nothing at all
        └── WorkerLost           its batch of a scan ended its worker again and again

The class is the contract: its docstring is the message, `code` the name in JSON and in logs,
`exit_code` what the command line returns, `http_status` what the API answers, `remedy` what to do.
Fields named in the docstring are keyword arguments and stay on the instance.
"""

from __future__ import annotations

from seawall.errors.base import (
    SeawallError as SeawallError,
    named as named,
)
from seawall.errors.calling import (
    BadAnswer as BadAnswer,
    JobUnfinished as JobUnfinished,
    ServiceUnreachable as ServiceUnreachable,
)
from seawall.errors.evidence import (
    BadEvidence as BadEvidence,
    NotPreserved as NotPreserved,
)
from seawall.errors.exchange import (
    BadExchange as BadExchange,
    ExchangeExists as ExchangeExists,
    ExchangeNotFound as ExchangeNotFound,
    ExchangeRefused as ExchangeRefused,
    ExchangeUnreachable as ExchangeUnreachable,
)
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
from seawall.errors.notices import (
    BadClock as BadClock,
    BadNotice as BadNotice,
    BadThreat as BadThreat,
    HotlineMissing as HotlineMissing,
    NeverBanked as NeverBanked,
)
from seawall.errors.outside import (
    BackupCorrupt as BackupCorrupt,
    CannotListen as CannotListen,
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
from seawall.errors.review import (
    BadDecision as BadDecision,
    BadPolicy as BadPolicy,
    CannotSign as CannotSign,
    NoDryRun as NoDryRun,
    NotTheirOwn as NotTheirOwn,
    SecondPerson as SecondPerson,
)
from seawall.errors.scanning import (
    BadSource as BadSource,
    ClusterUnusable as ClusterUnusable,
    OtherScan as OtherScan,
    ScanCorrupt as ScanCorrupt,
    ScanExtraMissing as ScanExtraMissing,
    WorkerLost as WorkerLost,
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
from seawall.errors.serving import (
    BodyTooLarge as BodyTooLarge,
    BodyTooSlow as BodyTooSlow,
    CallUnderWay as CallUnderWay,
    CsrfRefused as CsrfRefused,
    NoSuchRoute as NoSuchRoute,
    ServiceBusy as ServiceBusy,
    WrongMethod as WrongMethod,
)
from seawall.errors.submissions import (
    NotForRecipient as NotForRecipient,
    SubmissionHeld as SubmissionHeld,
    TransparencyRefused as TransparencyRefused,
    TransparencyUnreachable as TransparencyUnreachable,
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
    StoreNotEmpty as StoreNotEmpty,
    UsageError as UsageError,
)
from seawall.errors.viewing import (
    BelowFloor as BelowFloor,
    MediaNotKept as MediaNotKept,
    NothingToShow as NothingToShow,
    RevealNotAllowed as RevealNotAllowed,
)
