"""The hash list of Tech Against Terrorism, version 2, which its analysts and archive keep.

A user and a password give a token; the list comes oldest change first, in pages, each with a checkpoint
`TIME,ID` of its last record. A record is one hash, with its algorithm, ideology, file type, times and id;
`deleted` is a tombstone. All algorithms are kept, also those that Seawall cannot search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from seawall import errors
from seawall.exchange import adapter
from seawall.exchange.adapter import Field, Outgoing
from seawall.model.content import Kind
from seawall.model.exchange import BadItem, Hash, Json, ListItem, ListPage
from seawall.outbound.web import Web

NAME: Final = "tech-against-terrorism"
BASE: Final = "https://app.terrorismanalytics.org"
PAGE: Final = 1000
_LOGIN: Final = "token-auth/tcap/"
_LIST: Final = "api/hash-list/v2/all"
_VIDEO: Final = frozenset({"mov", "m4v", "mp4", "webm", "mkv", "avi", "mpg", "mpeg", "3gp", "wmv", "flv"})
_AUDIO: Final = frozenset({"mp3", "m4a", "wav", "ogg", "opus", "aac", "flac"})
_IMAGE: Final = frozenset({"jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "heic"})
_DETAILS: Final = ("id", "ideology", "file_type", "created_on", "updated_on", "algorithm")


class TechAgainstTerrorism:
    """The list of one account."""

    def __init__(self, user: str, password: str, web: Web, base: str = BASE, page: int = PAGE) -> None:
        self._user = user
        self._password = password
        self._web = web
        self._base = base
        self._page = page

    def pages(self, checkpoint: Mapping[str, Json] | None) -> Iterator[ListPage]:
        """One login serves all pages."""
        token = self._login()
        after = str((checkpoint or {}).get("after") or "")
        limit, skips = self._page, 0
        while True:
            found = self._ask(token, after, limit)
            if found is None and limit > 1:
                limit = max(1, limit // 10)  # something in this page cannot be read: the pages around it can
                continue
            if found is None:
                skips = adapter.skipped(skips, NAME)
                following = _behind(after)
                yield ListPage((), (adapter.bad(after, "a page that is no list"),), {"after": following})
                if following == after:
                    raise errors.ExchangeUnreachable(exchange=NAME, reason="its first page cannot be read")
                after, limit = following, self._page
                continue
            records, following, more = found
            items = [_item(one) for one in records]
            moved = following or _last(records) or after
            yield ListPage(
                tuple(one for one in items if isinstance(one, ListItem)),
                tuple(one for one in items if isinstance(one, BadItem)),
                {"after": moved},
            )
            if not more or moved == after:
                return
            after, limit = moved, self._page

    def send(self, opinion: Outgoing) -> bool:
        return False

    def _login(self) -> str:
        body = adapter.form({"username": self._user, "password": self._password, "resend": "False"})
        answer = self._web.call(
            "POST",
            adapter.address(self._base, _LOGIN),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=body,
        )
        found = adapter.document(answer, NAME)
        token = None if found is None else found.get("token")
        if not isinstance(token, str) or not token:
            raise errors.ExchangeRefused(exchange=NAME, reason="it gave no token for user and password")
        return token

    def _ask(self, token: str, after: str, limit: int) -> tuple[list[object], str, bool] | None:
        """Records, checkpoint and whether there are more; None where the page cannot be read."""
        query = {"order": "asc", "after": after, "limit": limit}
        url = adapter.address(self._base, _LIST, query)
        found = adapter.document(
            self._web.call("GET", url, headers={"Authorization": f"Bearer {token}"}), NAME
        )
        records = None if found is None else found.get("results")
        if found is None or not isinstance(records, list):
            return None
        following = found.get("checkpoint")
        return records, following if isinstance(following, str) else "", bool(found.get("next"))


class Source:
    """How the list is set up."""

    name = NAME
    about = "The hash list of Tech Against Terrorism: one reference a hash, with ideology and file type."
    fields: Sequence[Field] = (
        Field("user", "The account's user name.", required=True, secret=True),
        Field("password", "The account's password.", required=True, secret=True),
        Field("url", "Another address of the service."),
    )

    def open(self, told: Mapping[str, str], web: Web) -> TechAgainstTerrorism:
        """Raises BadExchange."""
        given = adapter.checked(self, told)
        return TechAgainstTerrorism(given["user"], given["password"], web, given.get("url", BASE))


def _item(record: object) -> ListItem | BadItem:
    if not isinstance(record, dict):
        return adapter.bad("", "a record that is no object")
    key = record.get("id")
    if not isinstance(key, int | str) or isinstance(key, bool) or key == "":
        return adapter.bad("", "a record without an id")
    algorithm, value = record.get("algorithm"), record.get("hash_digest")
    if not isinstance(algorithm, str) or not isinstance(value, str) or not algorithm:
        return adapter.bad(key, "a record without algorithm and hash")
    ideology = record.get("ideology")
    return ListItem(
        key=str(key),
        hashes=(Hash(algorithm, value),),
        deleted=record.get("deleted") is True,
        kind=_kind(record.get("file_type")),
        name=f"tat-{key}",
        labels=(f"ideology:{ideology}",) if isinstance(ideology, str) and ideology else (),
        details={name: record[name] for name in _DETAILS if name in record},
    )


def _kind(file_type: object) -> str | None:
    suffix = str(file_type).lower().lstrip(".")
    for kind, suffixes in ((Kind.VIDEO, _VIDEO), (Kind.AUDIO, _AUDIO), (Kind.IMAGE, _IMAGE)):
        if suffix in suffixes:
            return kind.value
    return None


def _last(records: Sequence[object]) -> str:
    """The checkpoint behind the last record, where the page names none."""
    for record in reversed(records):
        if isinstance(record, dict) and "updated_on" in record and "id" in record:
            return f"{record['updated_on']},{record['id']}"
    return ""


def _behind(after: str) -> str:
    """A checkpoint that leaves out the one record that cannot be read."""
    time, _, key = after.rpartition(",")
    return f"{time},{int(key) + 1}" if time and key.isdigit() else after
