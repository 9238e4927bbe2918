"""ThreatExchange of Meta, over its Graph API: the updates of one privacy group, as those of GIFCT.

`threat_updates` gives each indicator with all descriptors that its owners have of it; an update without
descriptors, or with `should_delete`, is a tombstone. A descriptor's status is its owner's opinion, and
reactions are opinions of other members. The checkpoint is the time of the last update, in whole seconds;
updates of that second may come twice, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from seawall.exchange import adapter, gifct
from seawall.exchange.adapter import Field, Outgoing
from seawall.model.content import Kind
from seawall.model.exchange import BadItem, Hash, Json, ListItem, ListPage, Opinion, Stance
from seawall.outbound.web import Web

NAME: Final = "threatexchange"
BASE: Final = "https://graph.facebook.com/v19.0"
PAGE: Final = 500
_FIELDS: Final = (
    "id,indicator,type,creation_time,last_updated,should_delete,"
    "descriptors{id,owner{id,name},status,confidence,severity,review_status,share_level,tags,reactions}"
)
_STATUS: Final = {"MALICIOUS": Stance.POSITIVE, "NON_MALICIOUS": Stance.NEGATIVE}
_REACTION: Final = {
    "HELPFUL": Stance.POSITIVE,
    "SAW_THIS_TOO": Stance.POSITIVE,
    "DISAGREE_WITH_TAGS": Stance.NEGATIVE,
}
_OURS: Final = {Stance.POSITIVE: "HELPFUL", Stance.NEGATIVE: "DISAGREE_WITH_TAGS"}
_VIDEO: Final = "HASH_VIDEO"


class ThreatExchange:
    """One privacy group."""

    def __init__(self, token: str, group: str, web: Web, base: str = BASE, page: int = PAGE) -> None:
        self._token = token
        self._group = group
        self._web = web
        self._base = base
        self._page = page

    def pages(self, checkpoint: Mapping[str, Json] | None) -> Iterator[ListPage]:
        """Updates from a checkpoint on, the oldest first."""
        since = reached = _whole((checkpoint or {}).get("since")) or 0
        after: str | None = None
        limit, skips = self._page, 0
        while True:
            found = self._ask(since, after, limit)
            if found is None and limit > 1:
                limit = max(1, limit // 10)
                continue
            if found is None:
                # One update that cannot be read, and a cursor that only its page would have given: go on
                # with the second after the last one that could be.
                skips = adapter.skipped(skips, NAME)
                since = reached = reached + 1
                after, limit = None, self._page
                yield ListPage((), (adapter.bad(f"after {since - 1}", "a page that is no list"),), _at(since))
                continue
            records, after, more = found
            items = [_item(one) for one in records]
            reached = max([reached, *(_updated(one) for one in records)])
            yield ListPage(
                tuple(one for one in items if isinstance(one, ListItem)),
                tuple(one for one in items if isinstance(one, BadItem)),
                _at(reached),
            )
            if not more or after is None:
                return
            limit = self._page

    def send(self, opinion: Outgoing) -> bool:
        """React to the descriptors of others; there is no reaction for what is only worth a look."""
        reaction = _OURS.get(opinion.opinion.stance)
        descriptors = opinion.details.get("descriptors")
        if reaction is None or not isinstance(descriptors, list) or not descriptors:
            return False
        for descriptor in descriptors:
            answer = self._web.call(
                "POST",
                adapter.address(self._base, str(descriptor)),
                headers={**self._headers(), "Content-Type": "application/x-www-form-urlencoded"},
                body=adapter.form({"reactions": reaction}),
            )
            adapter.document(answer, NAME)
        return True

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _ask(self, since: int, after: str | None, limit: int) -> tuple[list[object], str | None, bool] | None:
        """Updates, cursor and whether there are more; None where the page cannot be read."""
        query = {"fields": _FIELDS, "limit": limit, "start_time": since or None, "after": after}
        url = adapter.address(self._base, f"{self._group}/threat_updates", query)
        found = adapter.document(self._web.call("GET", url, headers=self._headers()), NAME)
        records = None if found is None else found.get("data")
        if found is None or not isinstance(records, list):
            return None
        paging = found.get("paging")
        cursors = paging.get("cursors") if isinstance(paging, dict) else None
        following = cursors.get("after") if isinstance(cursors, dict) else None
        more = isinstance(paging, dict) and bool(paging.get("next"))
        return records, following if isinstance(following, str) else None, more


class Source:
    """How a privacy group is set up."""

    name = NAME
    about = "A privacy group of ThreatExchange, such as GIFCT's: indicators with their members' opinions."
    fields: Sequence[Field] = (
        Field("token", "The application's access token.", required=True, secret=True),
        Field("group", "The privacy group's number.", required=True),
        Field("url", "Another address of the Graph API."),
    )

    def open(self, told: Mapping[str, str], web: Web) -> ThreatExchange:
        """Raises BadExchange."""
        given = adapter.checked(self, told)
        return ThreatExchange(given["token"], given["group"], web, given.get("url", BASE))


def _item(record: object) -> ListItem | BadItem:
    if not isinstance(record, dict):
        return adapter.bad("", "an update that is no object")
    key, algorithm, value = record.get("id"), record.get("type"), record.get("indicator")
    if not isinstance(key, int | str) or isinstance(key, bool) or key == "":
        return adapter.bad("", "an update without an id")
    descriptors = _descriptors(record)
    if record.get("should_delete") is True or not descriptors:
        return ListItem(key=str(key), deleted=True)
    if not isinstance(algorithm, str) or not isinstance(value, str):
        return adapter.bad(key, "an update without type and indicator")
    tags = sorted({tag for one in descriptors for tag in _tags(one)})
    details: dict[str, Json] = {
        "type": algorithm,
        "last_updated": _updated(record),
        "descriptors": [str(one.get("id")) for one in descriptors if one.get("id") is not None],
        "confidence": max((_whole(one.get("confidence")) or 0 for one in descriptors), default=0),
        "gifct": gifct.read(tags).as_record(),
    }
    return ListItem(
        key=str(key),
        hashes=(Hash(algorithm, value),),
        kind=Kind.VIDEO.value if algorithm.startswith(_VIDEO) else None,
        name=f"threatexchange-{key}",
        labels=tuple(tags),
        opinions=_opinions(descriptors),
        details=details,
    )


def _descriptors(record: Mapping[str, object]) -> list[Mapping[str, object]]:
    found = record.get("descriptors")
    data = found.get("data") if isinstance(found, dict) else None
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def _opinions(descriptors: Sequence[Mapping[str, object]]) -> tuple[Opinion, ...]:
    """Each owner's own word; a reaction counts only for those who have no descriptor of their own."""
    said: dict[str, Opinion] = {}
    reacted: dict[str, Stance] = {}
    for one in descriptors:
        owner = one.get("owner")
        if isinstance(owner, dict) and owner.get("id") is not None:
            stance = _STATUS.get(str(one.get("status")), Stance.SEED)
            said[str(owner["id"])] = Opinion(str(owner["id"]), stance, tuple(_tags(one)))
        for member, stance in _reactions(one.get("reactions")):
            if reacted.get(member) is not Stance.POSITIVE:
                reacted[member] = stance
    for member, stance in reacted.items():
        said.setdefault(member, Opinion(member, stance))
    return tuple(said[owner] for owner in sorted(said))


def _reactions(found: object) -> Iterator[tuple[str, Stance]]:
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and str(one.get("key")) in _REACTION:
            for member in str(one.get("value", "")).split(","):
                if member.strip():
                    yield member.strip(), _REACTION[str(one["key"])]


def _tags(descriptor: Mapping[str, object]) -> list[str]:
    """Tags come as texts, or as objects with a text."""
    found = descriptor.get("tags")
    given = found.get("data") if isinstance(found, dict) else found
    data = given if isinstance(given, list) else []
    texts = [one.get("text") if isinstance(one, dict) else one for one in data]
    return [one for one in texts if isinstance(one, str) and one]


def _updated(record: object) -> int:
    return (_whole(record.get("last_updated")) or 0) if isinstance(record, dict) else 0


def _whole(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


def _at(since: int) -> dict[str, Json]:
    return {"since": since}
