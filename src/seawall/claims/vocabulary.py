"""Words that several readers look for."""

from __future__ import annotations

import re
from typing import Final

from seawall.claims import terms

MONTHS: Final = (
    ("january", "jan", "janvier", "يناير", "كانون الثاني"),
    ("february", "feb", "février", "فبراير", "شباط"),
    ("march", "mar", "mars", "مارس", "آذار"),
    ("april", "apr", "avril", "أبريل", "نيسان"),
    ("may", "mai", "مايو", "أيار"),
    ("june", "jun", "juin", "يونيو", "حزيران"),
    ("july", "jul", "juillet", "يوليو", "تموز"),
    ("august", "aug", "août", "أغسطس", "آب"),
    ("september", "sept", "sep", "septembre", "سبتمبر", "أيلول"),
    ("october", "oct", "octobre", "أكتوبر", "تشرين الأول"),
    ("november", "nov", "novembre", "نوفمبر", "تشرين الثاني"),
    ("december", "dec", "décembre", "ديسمبر", "كانون الأول"),
)
WEEKDAYS: Final = (
    ("monday", "lundi", "الاثنين"),
    ("tuesday", "mardi", "الثلاثاء"),
    ("wednesday", "mercredi", "الأربعاء"),
    ("thursday", "jeudi", "الخميس"),
    ("friday", "vendredi", "الجمعة"),
    ("saturday", "samedi", "السبت"),
    ("sunday", "dimanche", "الأحد"),
)
CALENDAR: Final = frozenset(terms.fold(name) for names in (*MONTHS, *WEEKDAYS) for name in names)

#: words for one child, each with its gender where it has one; "youth" alone may be an adult
CHILD: Final = {
    "child": "",
    "boy": "m",
    "girl": "f",
    "schoolboy": "m",
    "schoolgirl": "f",
    "schoolchild": "",
    "toddler": "",
    "infant": "",
    "baby": "",
    "teen": "",
    "teenager": "",
    "adolescent": "",
    "minor": "",
    "youngster": "",
    "juvenile": "",
    "pupil": "",
    "preteen": "",
    "pre-teen": "",
    "kid": "",
    "orphan": "",
    "classmate": "",
    "enfant": "",
    "garçon": "m",
    "garçonnet": "m",
    "fillette": "f",
    "adolescente": "f",
    "écolier": "m",
    "écolière": "f",
    "collégien": "m",
    "collégienne": "f",
    "lycéen": "m",
    "lycéenne": "f",
    "bébé": "",
    "gamin": "m",
    "gamine": "f",
}
CHILDREN: Final = {
    **{f"{word}s": gender for word, gender in CHILD.items() if not word.endswith("child")},
    "children": "",
    "schoolchildren": "",
    "babies": "",
    "youths": "",
    "cubs": "",
    "bébés": "",
}
#: words that say "child" outright; the others only let it be understood
STATED: Final = terms.listed(
    """child boy girl schoolboy schoolgirl schoolchild toddler infant baby minor juvenile teen teenager
    children boys girls schoolboys schoolgirls schoolchildren toddlers infants babies minors
    juveniles teens teenagers adolescent adolescents preteen pre-teen kid kids enfant enfants garçon
    garçons fillette fillettes bébé bébés mineur mineure"""
)
ARMED_NOUNS: Final = re.compile(
    r"\b(?:militants?|jihadis?ts?|jihadis?|djihadistes?|extremists?|insurgents?|rebels?|fighters?"
    r"|gunmen|gunman"
    r"|terror(?:ist)? (?:group|organi[sz]ation)|terrorists?|militants? group|militia(?:men|s)?"
    r"|armed (?:group|men)"
    r"|caliphate|combattants?|مسلحون|مسلحين|مقاتلي)\b",
    re.IGNORECASE,
)
SPEECH: Final = (
    r"(?:said|says|told|tells|added|adds|stated|states|announced|reported|reports|confirmed"
    r"|claimed|claims|explained"
    r"|recalled|recounted|testified|denied|denies|warned|wrote|writes|insisted|noted|alleged"
    r"|commented|tweeted)"
)
