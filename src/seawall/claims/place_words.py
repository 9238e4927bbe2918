"""Words beside a name that tell a place from a person, and what sort of place."""

from __future__ import annotations

from typing import Final

from seawall.claims import terms
from seawall.model.report import Feature

ARTICLES: Final = terms.listed(
    "al el ul as ash ar az ad an at e i bin d l de du des la le les sur en der ez es us ou"
)
DIRECTIONS: Final = terms.listed(
    """northern southern eastern western central north south east west northeast northwest southeast
    southwest north-eastern northeastern northwestern southeastern southwestern downtown rural
    greater upper lower"""
)
#: words after which a name is a place's
PLACED: Final = DIRECTIONS | terms.listed(
    """in at near from to inside outside around across into towards toward between through within beyond
    throughout besieged over via leaving entering reached reach à au aux en dans vers depuis près
    sur nord sud est ouest conquer capture captured seized retook recaptured bombed shelled stormed
    overran fled liberated retake"""
)
ADMIN1: Final = terms.listed("province governorate region wilayat wilaya oblast gouvernorat région muhafaza")
STATE: Final = terms.listed("state emirate canton prefecture département")
ADMIN2: Final = terms.listed("district county subdistrict cercle municipality")
CITY: Final = terms.listed(
    "city town village hamlet port neighbourhood neighborhood suburb capital ville village cité localité"
)
FEATURES: Final[dict[str, Feature]] = {
    **{terms.fold(word): Feature.ADMIN1 for word in ADMIN1 | STATE},
    **dict.fromkeys(ADMIN2, Feature.ADMIN2),
    **{terms.fold(word): Feature.CITY for word in CITY},
}
ARABIC_FEATURES: Final[dict[str, Feature]] = {
    **{terms.fold(word): Feature.CITY for word in ("مدينة", "بلدة", "قرية", "بمدينة", "لمدينة")},
    **{terms.fold(word): Feature.ADMIN1 for word in ("محافظة", "بمحافظة", "ولاية", "ريف")},
}
#: words that begin sentences and headlines, or name something else, and are also names of towns
ORDINARY: Final = terms.listed(
    """a about after again all also although among an and another any april army as august bath battle
    because before best boy boys both but by can children church city come council could day death
    did do during each earlier early east eight eleven enough even every evening few fifteen fifty
    first five following footage for force former four friday general god good group had has have he
    her here him his home hours how however human i if isis islam islamic it its just king last late
    later law least less like local long lord love lower major man many march may men might militant
    minister mobile monday more morning most mother moment much muslim muslims my never new news
    next nice no north not now observatory of officials old on once one only or orange other our out
    over own page paradise peace people photo police president prince prophet queen quite reading
    recent reporters road roman rose same saint saturday save school second security see seven
    several she should since sir six so some son soon south star state still such summer sunday
    supporters ten than that the their them then there these they this those three thursday time
    today tuesday twelve two uncle under union until up upper us very victory video war was water we
    wednesday week well west what when where which while white who why will winter with witness
    women world would year years yes yesterday yet you young your est les des une pour dans avec
    sans mais plus selon après avant elle ils elles nous vous leur leurs mohammed mohammad ahmed
    ahmad ali omar hassan hussein ibrahim khalid mahmoud mustafa yusuf abdullah said amir hamza
    bilal jamal karim sami tariq hani nasser saleh salim maryam fatima john james david michael paul
    peter mark george charles henry maria anna sarah victoria sofia alice lincoln jackson
    washingtonians"""
)
TITLES: Final = terms.listed(
    "mr"
    " mrs ms miss dr prof gen col capt lt sgt maj cpl pvt sheikh imam president minister king queen sir lady"
    " abu umm"
)
ARABIC_PLACED: Final = frozenset(ARABIC_FEATURES) | frozenset(
    map(
        terms.fold,
        [
            "منطقة",
            "في",
            "من",
            "إلى",
            "قرب",
            "شمال",
            "جنوب",
            "شرق",
            "غرب",
            "حي",
            "وسط",
            "شمالي",
            "جنوبي",
            "شرقي",
            "غربي",
        ],
    )
)
#: words of Arabic that are also names of towns
ARABIC_ORDINARY: Final = ARABIC_PLACED | frozenset(
    map(
        terms.fold,
        [
            "كان",
            "كانت",
            "قال",
            "قالت",
            "يوم",
            "شهر",
            "عام",
            "بعد",
            "قبل",
            "هذا",
            "هذه",
            "على",
            "عن",
            "مع",
            "كل",
            "بين",
            "التي",
            "الذي",
            "خلال",
            "وقال",
            "حيث",
            "كما",
            "بن",
            "علي",
            "حسن",
        ],
    )
)
#: what Arabic writes as one with the name after it; the longest first
ARABIC_JOINED: Final = ("وبال", "بال", "وال", "ب", "و", "ل", "ف")
#: first words of names that come in many transliterations
TRANSLITERATED: Final = terms.listed(
    "bayt beit deir dayr tal tel tell jabal jebel umm abu khan wadi ain ayn kafr kfar qasr qalat ras bab bir"
)


def arabic_spellings(written: str) -> list[str]:
    """A name, and what is left of it without words that Arabic writes as one with it."""
    spellings = [written]
    for joined in ARABIC_JOINED:
        if written.startswith(joined) and len(written) - len(joined) >= 3:
            rest = written.removeprefix(joined)
            spellings.append("ال" + rest if joined.endswith("ال") else rest)
    if written.startswith("لل") and len(written) > 5:
        spellings.append("ال" + written.removeprefix("لل"))
    return spellings
