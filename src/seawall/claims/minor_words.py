"""Words around names of children: what leads to a name, what may stand between a name and an age."""

from __future__ import annotations

from typing import Final

from seawall.claims import place_words, terms, vocabulary

PARTICLES: Final = terms.listed(
    """al el as ash ad ar az an at bin ibn bint abu abou umm um abd abdul abdel abdal ould ag de da di du
    van von der den la le bou ben ait mac mc o y e ul ur allah"""
)
#: for one child and for several; of words for schools those that only children go by
NOUNS: Final = frozenset(map(terms.fold, (*vocabulary.CHILD, *vocabulary.CHILDREN))) | terms.listed(
    """grader graders schoolkid schoolkids preschooler preschoolers kindergartner youth newborn mineur
    mineure mineurs underage schoolmate schoolmates fillettes jumeaux twins twin"""
)
NAMING: Final = terms.listed(
    """named named called identified nicknamed known dubbed naming identifying nommé nommée prénommé
    prénommée appelé appelée identifié identifiée surnommé"""
) | frozenset(
    map(
        terms.fold,
        ("nommé", "nommée", "prénommé", "prénommée", "appelé", "appelée", "identifié", "identifiée"),
    )
)
#: what may stand between "the boy" and his name
LEADING: Final = (
    NAMING
    | frozenset(map(terms.fold, vocabulary.CHILD))
    | terms.listed(
        """as only by who was were is are has have been had his her their the a an and later also since then
    locally just simply first name soldier fighter recruit bomber executioner killer victim dead
    deceased victims hostage captive refugee student pupil prisoner son daughter brother sister
    cousin nephew niece grandson granddaughter friend suspect survivor yazidi kurdish christian shia
    sunni muslim palestinian relatives family officials media police local whose it goes named aged
    old year under alias comme qui est était été du de la le jeune petit petite âgé âgée one other
    younger elder oldest youngest eldest little young two three four five hers mr master"""
    )
)
#: what may stand between a name and an age or "a schoolboy"
BETWEEN: Final = terms.listed(
    """celebrated celebrates marked his her
    who is was were are has had have been turned turning just only then now aged age a an the still
    about around barely believed thought said to be reportedly described as one of young younger
    little fellow orphaned displaced local yazidi kurdish syrian iraqi christian shia sunni
    palestinian afghan nigerian somali former slain missing abducted kidnapped injured wounded
    another not even yet almost nearly some at time and he she mere small tiny il elle est était
    avait avec ans âgé âgée un une jeune petit petite fifth sixth fourth third second first seventh
    eighth ninth grade year class qui n"""
) | frozenset(map(terms.fold, ("âgé", "âgée", "était")))
KIN: Final = terms.listed(
    """father mother parents brother sister uncle aunt grandfather grandmother cousin stepfather stepmother
    son daughter père mère frère soeur oncle tante dad mum mom"""
) | frozenset(map(terms.fold, ("père", "mère", "frère", "sœur")))
#: kin that are younger than the one whose kin they are, so that they may be children themselves
YOUNGER_KIN: Final = terms.listed("son daughter brother sister cousin fils fille frere soeur nephew niece")
VICTIMS: Final = terms.listed(
    """victim victims dead deceased hostage captive casualties injured wounded missing body bodies survivor
    survivors bomber executioner killer youth student students suspect victime victimes he she him
    her they them recruit fighter soldier"""
)
#: what makes somebody who is named an adult: age apart, ranks and offices
ADULT: Final = terms.listed(
    """man men woman women adult officer officers colonel col general gen captain capt lieutenant lt major
    maj sergeant sgt corporal brigadier commander governor mayor minister president director
    spokesman spokeswoman spokesperson journalist reporter correspondent doctor dr professor prof
    teacher lawyer judge official chief head leader emir imam sheikh pilot policeman policewoman
    deputy secretary ambassador analyst researcher activist photographer engineer nurse surgeon
    paramedic driver farmer shopkeeper mr mrs ms miss husband wife widow widower grandfather
    grandmother homme femme colonel général commandant directeur directrice médecin professeur maire
    ministre porte-parole juge avocat imam preacher cleric founder coordinator ceo senator mp
    executive representative commissioner psychologist manager principal headteacher"""
)
ARABIC_NOUNS: Final = frozenset(
    map(
        terms.fold,
        [
            "الطفل",
            "الطفلة",
            "طفل",
            "طفلة",
            "الفتى",
            "الفتاة",
            "الصبي",
            "الصبية",
            "القاصر",
            "الرضيع",
            "الرضيعة",
            "المراهق",
            "المراهقة",
            "التلميذ",
            "التلميذة",
            "والطفل",
            "والطفلة",
            "للطفل",
            "للطفلة",
            "بالطفل",
            "الطفلين",
            "الأطفال",
        ],
    )
)
#: words after which no name goes on in Arabic
ARABIC_STOPS: Final = frozenset(
    map(
        terms.fold,
        [
            "في",
            "من",
            "الذي",
            "التي",
            "إلى",
            "على",
            "عن",
            "كان",
            "كانت",
            "قال",
            "قالت",
            "وهو",
            "وهي",
            "البالغ",
            "البالغة",
            "عمره",
            "عمرها",
            "بعد",
            "قبل",
            "قتل",
            "قتلت",
            "و",
            "ثم",
            "أن",
            "إن",
            "ان",
            "مع",
            "بن",
            "لدى",
            "خلال",
            "هو",
            "هي",
            "تم",
            "لم",
            "لا",
            "ما",
            "كما",
            "حيث",
            "الذين",
            "اللذين",
            "والتي",
            "والذي",
            "يبلغ",
            "تبلغ",
            "داعش",
            "تنظيم",
            "المقاتل",
        ],
    )
) - {terms.fold("بن")}
#: words with capitals that are nobody's name
NO_NAME: Final = (
    (
        place_words.ORDINARY
        - terms.listed(
            """mohammed mohammad ahmed ahmad ali omar hassan hussein ibrahim khalid mahmoud mustafa yusuf
            abdullah amir hamza bilal jamal karim sami tariq hani nasser saleh salim maryam fatima john james
            david michael paul peter mark george charles henry maria anna sarah victoria sofia alice lincoln
            jackson young rose will may prince king islam grace hope joy said"""
        )
    )
    | place_words.DIRECTIONS
    | frozenset(place_words.FEATURES)
    | terms.listed(
        """the this that these those it its he she they we you his her their our my your an in on at by to
        from with and or but if as is are was were been be has have had do does did who what when where
    why how there here then than isis isil daesh police army government authorities reuters afp ap
    bbc cnn video footage image photo source sources witness witnesses residents activists
    opposition regime state un nato eu us usa uk telegram youtube facebook twitter whatsapp
    instagram arab arabs arabic english kurd kurds yazidi yazidis christian christians shia sunni
    muslim muslims islamic jewish jew jews human rights watch children child boy girl boys girls
    year years old aged named according speaking asked born mr mrs ms dr caliphate allah god quran
    koran islam ministry brothers sisters siblings science secondary primary executive special
    united general cousins friends classmates students pupils relatives council court hospital
    school university camp front brigade forces le la les un une des il elle selon dans"""
    )
) - terms.listed("mr mrs ms dr")
