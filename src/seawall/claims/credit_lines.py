"""Lines, and ends of captions, that say where a picture or a text is from; and what a page puts between them.

The tables are of names of agencies, of platforms and of what pages say to their readers. A name that is none
of them is left where it stands: better a credit in a caption than a caption in a credit.
"""

from __future__ import annotations

import re
from typing import Final

from seawall.claims.bylines import NAME
from seawall.claims.tables import listed

_LONGEST: Final = 200  # characters
_MOST_WORDS: Final = 20
_LABELLED_WORDS: Final = 14
_NAMES_SHARE: Final = 0.6
_TAIL: Final = 80  # characters of a line in which its credit is looked for
_CAPTION_LENGTH: Final = 600  # characters; in a longer paragraph, a bare name at the end is part of it


_AGENCY: Final = (
    r"(?:YouTube|AFP|Getty(?: Images)?|Reuters|AP(?: Photo)?|EPA(?:-EFE)?|EFE|ANSA|DPA|dpa|TASS"
    r"|PA(?: Wire| Media| Images)?|Xinhua|Anadolu(?: Agency| Images)?|AA|ANI|PTI|UPI|SANA|IRNA|MAXPPP"
    r"|Alamy|Shutterstock|iStock|SWNS|Rex(?: Features)?|Twitter|Facebook|Telegram|Instagram|TikTok"
    r"|WhatsApp|Vimeo|Dailymotion|LiveLeak|Snapchat|Flickr|Wikimedia(?: Commons)?"
    r"|Google(?: Maps| Earth)?|Maxar(?: Technologies)?|Planet Labs|Handout|HANDOUT|Supplied"
    r"|Screen ?grab|Screenshot|File(?: photo| image| picture)|Agencies|NASA|CCTV|Social media)"
)
_AGENCIES: Final = rf"(?:via )?{_AGENCY}(?:\s?[/,|&]\s?(?:via )?{_AGENCY})*"
_ONLY_AGENCIES: Final = re.compile(rf"[(\[\u00a9]?\s?{_AGENCIES}[)\]]?\.?")
#: "Ann Bee/Agency N": a name and whom it works for
_SLASHED: Final = re.compile(rf"{NAME}(?: {NAME}){{1,3}} ?/ ?{NAME}(?: {NAME}){{0,3}}")
#: "AN/abc/de": who wrote and sent a dispatch
_SIGNATURE: Final = re.compile(r"[A-Z]{2,6}(?:/[\w-]{1,8}){1,4}")
#: " YouTube", " Ann Bee/AFP": names alone at a line's end
_BARE: Final = re.compile(rf"\s(?P<credit>(?:(?:{NAME} ){{0,2}}{NAME}\s?/\s?)?{_AGENCIES})$")
#: " (Photo: Ann Bee / AP)", " | Reuters", " \u2013 AFP/Getty Images", " [AP]"
_SET_OFF: Final = re.compile(
    r"\s(?P<credit>[(\[|\u2022\u2014\u2013-]\s?(?:[^()\[\]|.:;]{0,40}[:/,]\s?|(?:\w+ ){0,3})?"
    rf"{_AGENCIES}[)\]]?)\.?$"
)
_LABEL: Final = (
    r"(?:[Pp]hoto(?:graph)?s?|[Pp]ictures?|[Ii]mages?|[Cc]redits?|[Vv]ideo|[Ff]ootage"
    r"|[Cc]r\u00e9dits?(?: photo)?|(?:[Pp]hoto|[Ii]mage|[Pp]icture|[Vv]ideo) [Cc]redit|PHOTO|IMAGE"
    r"|CREDIT)"
)
_BY: Final = r"(?:\s?[:/]\s?| by )"
_LABELLED: Final = re.compile(
    rf"\s(?P<credit>[(\[]\s?{_LABEL}{_BY}[^()\[\]:;]{{2,60}}[)\]]|(?![a-z]){_LABEL}{_BY}{NAME}[^:.;]{{0,60}}"
    r"|\u00a9\s?[^.;]{2,60})\.?$"
)
#: words after which a name is part of the sentence: "on YouTube", "told AFP"
_GOVERNING: Final = listed(
    "a an the on to by via from of in with at and or for per told tells said says reported quoted agency "
    "agencies group that like as called use uses used sur \u00e0 par de les la le et their his its her over "
    "through than but cited both against into is was are"
)

_PICTURE_CREDIT: Final = re.compile(
    rf"(?:[Ff]ile )?{_LABEL}(?: [Ss]ource| [Cc]ourtesy)?(?:\s?[:,/]\s?| by | \u00a9\s?)"
    rf"(?:[Cc]ourtesy of |via |by )?(?={NAME})"
)
_CREDIT: Final = re.compile(
    r"(?:maps?\s?:|graphics?\s?:|courtesy(?: of|:)|sources?\s?:|\u00a9|\(c\) ?\d{4}"
    r"|copyright(?:$|:| \d| \(c| \u00a9)|all rights reserved|tous droits r\u00e9serv\u00e9s"
    r"|with (?:agencies|agency input|afp|reuters|ap)$|\(?agencies\)?$|avec (?:afp|reuters)$"
    r"|\u062a\u0635\u0648\u064a\u0631\s?:|\u0627\u0644\u0645\u0635\u062f\u0631\s?:"
    r"|\u062d\u0642\u0648\u0642 \u0627\u0644)",
    re.IGNORECASE,
)
#: what a page says to its readers, whatever follows
_PAGE: Final = re.compile(
    r"(?:read (?:more|also|next)\b|read the full |also read\b|more on this|share (?:this|on|via)\b"
    r"|shares?\W*\d*$|(?:tweet|email|print|advertisement|advertising|sponsored|newsletter)$"
    r"|(?:subscribe|sign in|log in|sign up|copy link)$|subscribe (?:to|now)\b|sign up (?:for|to) our"
    r"|save (?:this )?(?:article|story)|follow (?:us|@)|(?:story|article) continues|continue reading"
    r"|click here|listen to (?:this|the) (?:article|story)|(?:view )?comments?\W*\d*$|\d+ comments?$"
    r"|lire aussi|lire la suite|\u00e0 lire aussi|partager$|publicit\u00e9$|abonnez-vous"
    r"|\u0627\u0642\u0631\u0623 \u0623\u064a\u0636|\u0634\u0627\u0631\u0643$"
    r"|skip to (?:main|content)|back to top)",
    re.IGNORECASE,
)
#: what may open a sentence too: only where none ends
_PAGE_UNLESS_SENTENCE: Final = re.compile(
    r"(?:see also\b|more from |related(?: articles?| stories| topics)?(?::|$)|trending\b"
    r"|recommended(?: for you)?:?$|most (?:read|popular|viewed)\b|watch(?: now| live| more)?\s?[:|]"
    r"|tags?\s?:|topics?\s?:|filed under\b)",
    re.IGNORECASE,
)
_SHARE_BAR: Final = listed(
    "facebook twitter x whatsapp email e-mail mail print share linkedin reddit telegram pinterest "
    "messenger copy link tweet save comment comments pocket instagram youtube tiktok google+ flipboard "
    "this bluesky threads | / \u00b7 \u2022"
)
_CAPTION: Final = re.compile(
    r"(?:(?:pictured|caption|image|photo|picture|video|above|below|l\u00e9gende|file photo|file image)"
    r"(?: \((?:above|below|left|right|l-r)\))?\s?[:|]\s|\((?:l|left|r|right)(?:-| to )(?:r|right|l|left)\)"
    r"|a (?:still|screengrab|screenshot|frame|screen grab) (?:image )?(?:from|of|taken from)\b"
    r"|(?:this|a|an) (?:undated )?(?:handout|file) (?:photo|picture|image))",
    re.IGNORECASE,
)


def credit(line: str) -> bool:
    """Whether a line is a credit, or a page's own words: links, share bars, copyright."""
    words = line.lower().split()
    if len(line) > _LONGEST or len(words) > _MOST_WORDS:
        return False
    if any(form.fullmatch(line) for form in (_ONLY_AGENCIES, _SIGNATURE, _SLASHED)) or _PAGE.match(line):
        return True
    if _PAGE_UNLESS_SENTENCE.match(line):
        return not line.endswith((".", "!", "?"))
    if _CREDIT.match(line):
        return len(words) <= _LABELLED_WORDS
    labelled = _PICTURE_CREDIT.match(line)
    if labelled is not None:
        return _is_names(line[labelled.end() :])
    return all(word.strip(",;:") in _SHARE_BAR for word in words)


def _is_names(text: str) -> bool:
    """Whether words are names for the greater part: a caption's are not."""
    words = text.split()
    return sum(not word[0].islower() for word in words) >= _NAMES_SHARE * len(words)


def caption(line: str) -> bool:
    """Whether a line says of itself that it stands under a picture."""
    return _CAPTION.match(line) is not None


def trailing(line: str) -> int | None:
    """Where the credit at the end of a line starts, if it has one behind other words."""
    at = max(0, len(line) - _TAIL)
    tail = line[at:]
    for pattern in (_LABELLED, _SET_OFF):
        found = pattern.search(tail)
        if found is not None and line[: at + found.start()].strip():
            return at + found.start("credit")
    found = _BARE.search(tail)
    if found is None or len(line) > _CAPTION_LENGTH:
        return None
    start = at + found.start("credit")
    return None if _is_governed(line[max(0, start - _TAIL) : start]) else start


def _is_governed(before: str) -> bool:
    """Whether the words before a name make it part of their sentence."""
    words = before.split()
    if not words or words[-1][-1] in ",;:":
        return True
    last = words[-1].lower().strip("\"'\u2019\u2018\u201c\u201d")
    return last in _GOVERNING or last.endswith(("ly", "ing"))
