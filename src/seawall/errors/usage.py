"""The caller asked for something that cannot be done."""

from __future__ import annotations

from seawall.errors.base import SeawallError


class UsageError(SeawallError):
    """{detail}"""

    code = "usage"
    exit_code = 2
    http_status = 400
    remedy = "Correct the call; `seawall --help` lists what there is."


class BadSetting(UsageError):
    """Setting {name}: {value!r} cannot be used: {reason}"""

    code = "bad_setting"
    remedy = "Give the setting a value of the kind that the settings reference names."


class BadName(UsageError):
    """{name!r} cannot be a bank's name: use 1 to 64 of A-Z, a-z, 0-9, '_', '-' and '.'"""

    code = "bad_name"
    remedy = "Choose a name of those characters; what it stands for goes into labels."


class BankExists(UsageError):
    """There is a bank {bank!r} already"""

    code = "bank_exists"
    http_status = 409
    remedy = "Use that bank, or choose another name."


class BankNotFound(UsageError):
    """There is no bank {bank!r}"""

    code = "bank_not_found"
    http_status = 404
    remedy = "`seawall bank list` shows the banks; `seawall bank create` makes one."


class ReferenceNotFound(UsageError):
    """There is no reference {reference!r}"""

    code = "reference_not_found"
    http_status = 404
    remedy = "`seawall bank show NAME` lists a bank's references with their ids."


class StateConflict(UsageError):
    """Reference {reference} is {state}; it cannot be {wanted}"""

    code = "state_conflict"
    http_status = 409
    remedy = "A withdrawn reference stays withdrawn: add the file again to use it again."


class StoreNotEmpty(UsageError):
    """The database {place} is not empty: a backup goes into an empty one only"""

    code = "store_not_empty"
    http_status = 409
    remedy = "Name an empty data folder or database, or move what is there out of the way."


class PathNotFound(UsageError):
    """There is no file or folder at {path}"""

    code = "path_not_found"
    http_status = 404
    remedy = "Check the path; quote it where it holds spaces or the shell's own characters."


class BadList(UsageError):
    """{path} cannot be read as a list: {reason}"""

    code = "bad_list"
    remedy = "Lists are CSV with a header line, or JSON lines; the reference page shows both."


class BadGazetteer(UsageError):
    """{path} cannot be used as a list of places: {reason}"""

    code = "bad_gazetteer"
    remedy = "A list of places is CSV with a header line; name, latitude and longitude are needed."


class BadCorpus(UsageError):
    """{path} does not serve as a corpus: {reason}"""

    code = "bad_corpus"
    remedy = "Point --corpus at a folder with at least four video clips of 4 seconds or more."


class BadGold(UsageError):
    """{path} does not serve as a gold ledger: {reason}"""

    code = "bad_gold"
    remedy = (
        "Each text needs NAME.claims.json beside NAME.txt, with spans that the text has at their offsets."
    )


class IncidentNotFound(UsageError):
    """There is no incident {incident!r}"""

    code = "incident_not_found"
    http_status = 404
    remedy = "`seawall incident list` shows the incidents with their ids."


class EntryNotFound(UsageError):
    """There is no {entry} {name!r} in this incident"""

    code = "entry_not_found"
    http_status = 404
    remedy = "`seawall incident show ID` lists what the record holds, with its ids."


class DocumentExists(UsageError):
    """The incident has the report {path} already"""

    code = "document_exists"
    http_status = 409
    remedy = "Nothing is to be done: the same bytes say nothing new."


class SpanNotInText(UsageError):
    """The document does not have these words at {start} to {end}"""

    code = "span_not_in_text"
    http_status = 422
    remedy = "Give the words as they stand in the text, character for character."


class CertaintyRaised(UsageError):
    """Claim {claim} would become surer than its source: {reason}"""

    code = "certainty_raised"
    http_status = 409
    remedy = "Reject the claim with a reason, and add one from the text that says what you read there."


class ClaimConflict(UsageError):
    """Claim {claim} is {status}; it cannot be {wanted}"""

    code = "claim_conflict"
    http_status = 409
    remedy = "A rejected or withdrawn claim stays so: add one from the text. Settle a dispute before an edit."


class ProtectedName(UsageError):
    """The {field} holds a name that is protected in this incident"""

    code = "protected_name"
    http_status = 422
    remedy = "Write it without the name; a person has a pseudonym in the record."


class NoCitation(UsageError):
    """Claim {claim} has no source, and is not printed: {reason}"""

    code = "no_citation"
    http_status = 409
    remedy = "Add the report that it is taken from, and the claim from its text."


class ExtraMissing(UsageError):
    """Reading reports needs {name}, which is not installed"""

    code = "extra_missing"
    http_status = 501
    remedy = "Install the extra that reads reports: pip install 'seawall[incident]'."
