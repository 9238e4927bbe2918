"""Footage, pictures, recordings and statements that a text mentions: things to look for, never proof of a
match.

A medium mentioned again is the same one only where the text plainly says so: "the video" after "a video" of
the same group of claims. Whether two texts mean the same footage is for matching to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from seawall.claims.parsed import Parsed
from seawall.claims.spans import Holders
from seawall.model.claim import Span
from seawall.model.report import LineKind, Medium, MediumKind

_KINDS: Final = {
    MediumKind.VIDEO: (
        r"videos?|videotapes?|footage|clips?|films?|livestreams?|live[- ]streams?|recording"
        r"|vidéos?|enregistrement"
        r"|فيديو|مقطع|شريط|تسجيل\s+مصور|إصدار"
    ),
    MediumKind.PHOTO: (
        r"photos?|photographs?|pictures?|images?|screenshots?|stills?|snapshots?|clichés?|صور|صورة"
    ),
    MediumKind.AUDIO: (
        r"audio\s+(?:message|recording|tape|statement|file)s?|audiotapes?|voice\s+(?:note|message)s?"
        r"|nasheeds?|تسجيل\s+صوتي"
    ),
    MediumKind.TEXT: (
        r"statements?|communiqu[eé]s?|leaflets?|pamphlets?|magazine|newsletter|posts?|tweets?"
        r"|manifestos?|بيان"
    ),
}
_NOUN: Final = re.compile(
    "|".join(rf"(?P<{kind.value}>(?<!\w)(?:{words})(?!\w))" for kind, words in _KINDS.items()), re.IGNORECASE
)
_DETERMINER: Final = re.compile(
    r"(?:^|(?<=\W))(?P<word>a|an|another|the|this|that|these|those|its|his|her|their|one|two"
    r"|three|several|many|some"
    r"|recent|new|earlier|previous|separate|second|un|une|cette|la|le|les|des|deux)\s+"
    r"(?:(?!(?:in|of|a|an|the|at|on|from|by|to|and)\b)[\w'\u2019-]+\s+){0,4}?$",
    re.IGNORECASE,
)
#: a picture that is none: "the picture is bleak" is beyond rules, these are not
_NO_MEDIUM: Final = re.compile(
    r"^\s*(?:cameras?|games?|calls?|editing|conference|link|sharing|platform|director|maker"
    r"|industry|festival|star|office"
    r"|offices|of\s+the\s+(?:city|situation))\b|^-",
    re.IGNORECASE,
)
_POSTED_TEXT: Final = re.compile(
    r"\b(?:released|issued|published|posted|statement|online|claimed|claiming|attributed|signed"
    r"|publié|diffusé)\b",
    re.IGNORECASE,
)
_PLATFORM: Final = re.compile(
    r"(?<!\w)(?:YouTube|Telegram|Twitter|Facebook|Instagram|TikTok|WhatsApp|Snapchat|Rumble"
    r"|BitChute|Odysee|Vimeo"
    r"|Dailymotion|Rocket\.Chat|Hoop Messenger|Element|Discord|4chan|8chan|8kun|Reddit|Gab|Parler"
    r"|LiveLeak|VK|VKontakte"
    r"|Internet Archive|archive\.org|JustPaste\.it|Mega|Dropbox|SoundCloud|Twitch|Steam|Signal"
    r"|Threema|X(?=\s*(?:[,.;)]|$|\(|formerly|account|users?|posts?|and\b))"
    r"|social media(?: platforms?| accounts?| channels?| sites?)?|social networks?"
    r"|jihadi(?:st)? (?:forums?|websites?|channels?)"
    r"|dark web|the internet|online|réseaux sociaux|internet|مواقع التواصل(?: الاجتماعي)?|تلغرام"
    r"|تليغرام|يوتيوب|تويتر|فيسبوك)(?!\w)"
)
_ON_PLATFORM: Final = re.compile(
    r"(?:\b(?:on|to|via|through|over|across|from|in|sur|via|par|into)\s+(?:the\s+|a\s+|an\s+"
    r"|its\s+|their\s+|les\s+|private\s+|encrypted\s+|messaging\s+|app\s+|several\s+"
    r"|video[- ]sharing\s+site\s+|pro-\w+\s+|\w+[- ]linked\s+|official\s+)*|على\s+|عبر\s+|^)$",
    re.IGNORECASE,
)
_NP: Final = (
    r"(?:the\s+|an?\s+|its\s+|le\s+|la\s+|l['\u2019]"
    r"|les\s+)?[\w'\u2019-]+(?:\s\(\w+\))?(?:\s+(?!(?:on|to|via|in|at|and|which|that|who|showing"
    r"|shows|was|were|has|have|had|last|this|earlier|yesterday|today|with|after|sur|dans|aimed"
    r"|purporting|purportedly|appears|apparently|over|from|titled"
    r"|entitled)\b)[\w'\u2019-]+(?:\s\(\w+\))?){0,5}"
)
_RELEASED_BY: Final = re.compile(
    r"\b(?:released|published|issued|produced|put\s+out|distributed|uploaded|posted|broadcast"
    r"|aired|made|diffusée?s?|publiée?s?)\s+(?:\w+ly\s+)?(?:(?:on|to|online|in"
    rf"|via)\s+(?:[\w-]+\s+){{0,3}})?(?:by|par)\s+(?P<who>{_NP})",
    re.IGNORECASE,
)
_SHARED_BY: Final = re.compile(
    r"\b(?:shared|circulated|spread|reposted|re-posted|retweeted|disseminated|forwarded|promoted"
    r"|partagée?s?|relayée?s?)\s+(?:\w+ly\s+)?(?:(?:on|across"
    rf"|online)\s+(?:[\w-]+\s+){{0,3}})?(?:by|among|par)\s+(?P<who>{_NP})",
    re.IGNORECASE,
)
_RELEASER: Final = re.compile(
    r"(?P<who>(?:the\s+"
    r"|an?\s+)?(?:[\w'\u2019-]+(?:\s\(\w+\))?\s+){0,4}?[\w'\u2019-]+(?:\s\(\w+\))?)\s+(?:has\s+"
    r"|have\s+|had\s+|also\s+|later\s+|recently\s+|then\s+|this\s+week\s+)*"
    r"(?:released?s?|publish(?:ed|es)|issued|posted|put\s+out|broadcast|uploaded|aired|a\s+publié"
    r"|a\s+diffusé|a\s+mis\s+en\s+ligne)\s+"
    r"(?:\w+\s+){0,1}?(?P<object>(?:an?|the|another|its|new|several|two|three|une?|des|this"
    r"|these)\s+(?:[\w'\u2019-]+\s+){0,4}?)$",
    re.IGNORECASE,
)
_SHARER: Final = re.compile(
    r"(?P<who>(?:the\s+|an?\s+)?(?:[\w'\u2019-]+(?:\s\(\w+\))?\s+){0,3}?(?:supporters"
    r"|sympathi[sz]ers|accounts|users|channels|followers|members|partisans|sympathisants))\s+"
    r"(?:have\s+|has\s+|had\s+|also\s+|quickly\s+|ont\s+)*(?:shared|circulated|spread|posted"
    r"|reposted|celebrated|partagé|relayé)\s+(?:[\w'\u2019-]+\s+){0,4}?$",
    re.IGNORECASE,
)
#: without such a verb nobody released or shared anything
_VERB: Final = re.compile(
    r"releas|publi|issued|posted|put\s+out|broadcast|uploaded|aired|diffusé|mis\s+en\s+ligne|shared|circulated|spread|celebrated"
    r"|partagé|relayé",
    re.IGNORECASE,
)
_REACH: Final = 160  #: characters of the sentence before and after the noun that are looked at


@dataclass(frozen=True, slots=True)
class Found:
    """A medium with the rule that found it, and whether the text speaks of it as of one already mentioned."""

    medium: Medium
    again: bool
    plural: bool
    rule: str


def mentions(parsed: Parsed) -> tuple[Found, ...]:
    """Every mention outside of credits, in the text's order; each in the group "main" until groups are
    known.
    """
    sentences = Holders(parsed.sentences)
    found: list[Found] = []
    for line in parsed.lines:
        if line.kind is LineKind.CREDIT:
            continue
        for match in _NOUN.finditer(parsed.text, line.start, line.end):
            start, end = sentences.bounds(match.start(), (line.start, line.end))
            before = parsed.text[max(start, match.start() - _REACH) : match.start()]
            after = parsed.text[match.end() : min(end, match.end() + _REACH)]
            kind = MediumKind(match.lastgroup or MediumKind.VIDEO)
            if _NO_MEDIUM.match(after) or (
                kind is MediumKind.TEXT and not _POSTED_TEXT.search(before[-60:] + match[0] + after[:60])
            ):
                continue
            found.append(_mention(parsed, match, kind, before, after))
    return tuple(_numbered(found))


def _mention(parsed: Parsed, match: re.Match[str], kind: MediumKind, before: str, after: str) -> Found:
    determiner = _DETERMINER.search(before)
    word = determiner["word"].lower() if determiner else ""
    start = match.start() - (len(before) - determiner.start("word")) if determiner else match.start()
    medium = Medium(
        "",
        parsed.span(start, match.end()),
        kind,
        "main",
        _platform(parsed, match.end(), after),
        _publisher(parsed, match.start(), match.end(), before, after),
        _spreader(parsed, match.start(), match.end(), before, after),
    )
    if medium.platform is None and (credit := _credit(parsed, match.end())) is not None:
        medium = replace(medium, platform=credit)
    plural = match[0].lower().endswith("s") or match[0].lower() == "footage"
    return Found(medium, word in _AGAIN, plural, "media.noun")


def _credit(parsed: Parsed, offset: int) -> Span | None:
    """The platform that the credit of a caption names."""
    for line, after in pairwise(parsed.lines):
        if (
            line.start <= offset <= line.end
            and line.kind is LineKind.CAPTION
            and after.kind is LineKind.CREDIT
        ):
            named = _PLATFORM.search(parsed.text, after.start, after.end)
            return parsed.span(*named.span()) if named else None
    return None


def _platform(parsed: Parsed, end: int, after: str) -> Span | None:
    for found in _PLATFORM.finditer(after):
        if found[0].lower() in {"online", "internet"} or _ON_PLATFORM.search(after[: found.start()]):
            return parsed.span(end + found.start(), end + found.end())
    return None


def _publisher(parsed: Parsed, start: int, end: int, before: str, after: str) -> Span | None:
    if found := _RELEASED_BY.search(after):
        return parsed.span(end + found.start("who"), end + found.end("who"))
    if _VERB.search(before) and (active := _RELEASER.search(before)) and active["who"].lower() not in _NOBODY:
        return _who(parsed, active, start - len(before))
    return None


def _spreader(parsed: Parsed, start: int, end: int, before: str, after: str) -> Span | None:
    if found := _SHARED_BY.search(after):
        return parsed.span(end + found.start("who"), end + found.end("who"))
    if _VERB.search(before) and (active := _SHARER.search(before)):
        return _who(parsed, active, start - len(before))
    return None


def _who(parsed: Parsed, match: re.Match[str], offset: int) -> Span:
    """The subject of a verb without adverbs of time before it."""
    skipped = _NOT_OF_SUBJECT.match(match["who"])
    start = match.start("who") + (skipped.end() if skipped else 0)
    return parsed.span(offset + start, offset + match.end("who"))


_AGAIN: Final = frozenset({"the", "this", "that", "these", "those", "cette", "la", "le", "les"})
_NOBODY: Final = frozenset({"it", "they", "he", "she", "which", "that", "who", "and", "was", "been", "were"})
_NOT_OF_SUBJECT: Final = re.compile(
    r"(?:(?:earlier|later|this|last|the(?=\s+(?:previous|next|same|week|month|year)\b)|previous|month|week|year|on|yesterday|today|recently"
    r"|meanwhile|monday|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday|then|after|when|that|and|in|january|february"
    r"|march|april|may|june|july"
    r"|august|september|october|november|december|\d+)\s+)+",
    re.IGNORECASE,
)


def _numbered(found: list[Found]) -> Iterator[Found]:
    for number, one in enumerate(found, start=1):
        yield replace(one, medium=replace(one.medium, id=f"media-{number}"))


def distinct(found: tuple[Found, ...], groups: tuple[str, ...]) -> tuple[Medium, ...]:
    """Media in their groups, without the mentions that plainly go back to one before.

    A definite mention goes back to the latest medium of its kind in its group; in a group without one it is
    no new medium either where the text has one of its kind. What a further mention adds (a
    platform, a publisher, who spread it) is kept with the first where that says nothing.
    """
    kept: list[Medium] = []
    kinds: set[MediumKind] = set()
    latest: dict[tuple[str, MediumKind], int] = {}
    for one, group in zip(found, groups, strict=True):
        medium = replace(one.medium, group=group)
        known = latest.get((group, medium.kind))
        if known is not None and (one.again or not _differs(kept[known], medium)):
            first = kept[known]
            kept[known] = replace(
                first,
                platform=first.platform or medium.platform,
                publisher=first.publisher or medium.publisher,
                spread_by=first.spread_by or medium.spread_by,
            )
        elif not (one.again and medium.kind in kinds):
            latest[group, medium.kind] = len(kept)
            kinds.add(medium.kind)
            kept.append(medium)
    return tuple(replace(medium, id=f"media-{number}") for number, medium in enumerate(kept, start=1))


def _differs(first: Medium, second: Medium) -> bool:
    """Whether "another" or the like says that a mention in the same group is of a further medium."""
    return bool(_FURTHER.match(second.span.text)) and first.span != second.span


_FURTHER: Final = re.compile(
    r"(?:another|a\s+(?:second|third|separate|further|different|new)|two|three|several|many"
    r"|recent|une?\s+autre)\b",
    re.IGNORECASE,
)
