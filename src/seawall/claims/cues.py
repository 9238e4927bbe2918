"""The words by which English tells who says something, what shows it, and how surely it is said.

Lemmas in lower case unless said otherwise. Other languages need tables of their own.
"""

from __future__ import annotations

from typing import Final

from seawall.model.claim import HedgeLevel

#: marks, escaped where they are hard to tell from each other
DASHES: Final = frozenset({"-", "\u2013", "\u2014", "--"})
APOSTROPHES: Final = "'\u2018\u2019"
CLOSING: Final = frozenset({'"', "\u201d", "'", "\u2019", "''"})
PAIRS: Final = ('""', "\u201c\u201d", "()", "[]")
EDGES: Final = ' \t\r\n,;:.-\u2013\u2014\u2026"\u201c\u201d\u201e\u00ab\u00bb'


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: verbs whose clause is what somebody says: "X said that ..."
SPEECH: Final = _words("""
    accuse acknowledge add admit affirm agree allege announce answer argue assert assure attest aver boast
    brag caution certify charge claim clarify comment complain concede conclude confess confide confirm
    contend counter declare decry deny detail disclose emphasise emphasize estimate exclaim explain
    indicate inform insist instruct joke lament maintain mention note notify observe pledge point predict
    proclaim promise promulgate protest quip read reaffirm reassure recall reckon recount reiterate relate
    relay remark remind repeat reply report respond restate retort reveal say specify speculate state
    stipulate stress suggest surmise swear tell testify threaten tweet underline underscore urge vow warn
    write post verify decide rule find
""")
#: of these such as stand after "as": "as X said"
AS_SAID: Final = _words("""
    say tell report note put write state claim explain describe announce warn argue confirm acknowledge
    mention observe recount reveal show point
""")
#: of these only with words in quotation marks: they are seldom followed by a clause
QUOTING: Final = _words("""
    ask begin bemoan blast continue cry fume go gush hit laugh muse opine plead put question rage rant roar
    scream shout sigh sob sneer snap storm thunder urge vent whisper yell chant call describe brand label
    dub post chime echo interject slam
""")
#: verbs that report what somebody says with a noun: "X denied the charge", "X promised aid"
WITH_NOUN: Final = _words("""
    accuse admit allege announce blame claim condemn confirm criticise criticize decry demand denounce deny
    dismiss dispute document promise pledge refute reject report threaten vow welcome warn praise urge deplore
    slam describe identify characterise characterize put
""")
#: what a source puts "at" so many
COUNTED: Final = _words("number toll figure total count cost damage loss death turnout estimate")
#: sources that are no people but speak: their verbs may be of the seeing kind
PAPERS: Final = _words("""
    report statement document study survey poll figure data record letter transcript investigation inquiry
    probe review analysis research finding statistic memo email indictment affidavit complaint filing
    bulletin communique communiqué dossier file census autopsy audit map notice release assessment tweet
    post message article paper
""")
#: where evidence is given: "the court heard that"
COURTS: Final = _words("court jury inquest inquiry tribunal hearing trial committee commission panel judge")
#: verbs of belief: of institutions, and as asides, they tell who says so
BELIEVING: Final = _words("believe suspect think")
#: of "I" and "we": what they hold without saying that it is so
HELD_OPEN: Final = BELIEVING | {"assess", "assume", "reckon"}
INSTITUTIONS: Final = _words("""
    agency authority police ministry department office army military government council company union
    investigator detective official officer expert analyst scientist prosecutor service coastguard board
    commission committee court intelligence navy source engineer doctor researcher
""")
HEARING: Final = _words("hear")
PAPER_VERBS: Final = _words("show reveal indicate find suggest say state read note conclude detail describe")
#: what holds pictures or sound
MEDIA: Final = _words("""
    video videos footage film clip picture photo photograph image recording cctv tape audio livestream
    screenshot snapshot videotape still frame selfie dashcam bodycam webcam
""")
MEDIA_VERBS: Final = _words(
    "show depict capture feature record document see reveal portray display contain catch"
)
#: what is done by saying it: no assertion
PERFORMED: Final = _words(
    "warn threaten vow pledge promise swear read recite chant shout scream yell urge order"
)
#: whom footage shows without naming them
FIGURES: Final = _words("boy girl man woman child lad youth teenager voice captive prisoner figure narrator")
#: "is seen running", "can be heard shouting"
SEEN: Final = _words("see hear show picture film photograph depict capture record portray visible")
#: what is done with media: who does it is no source of what they show
RELEASING: Final = _words("release share post publish upload circulate broadcast air distribute issue leak")

#: what joins a clause that stands against the one before it
CONTRASTS: Final = _words("but yet although though whereas")

#: passives without an agent, each with its level: "is believed to have"
BELIEFS: Final[dict[str, HedgeLevel]] = {
    "believe": HedgeLevel.BELIEVED,
    "understand": HedgeLevel.BELIEVED,
    "think": HedgeLevel.BELIEVED,
    "assume": HedgeLevel.BELIEVED,
    "presume": HedgeLevel.BELIEVED,
    "suppose": HedgeLevel.BELIEVED,
    "estimate": HedgeLevel.BELIEVED,
    "fear": HedgeLevel.BELIEVED,
    "suspect": HedgeLevel.BELIEVED,
    "say": HedgeLevel.REPORTED,
    "report": HedgeLevel.REPORTED,
    "rumour": HedgeLevel.REPORTED,
    "rumor": HedgeLevel.REPORTED,
    "allege": HedgeLevel.ALLEGED,
    "claim": HedgeLevel.ALLEGED,
    "purport": HedgeLevel.ALLEGED,
    "blame": HedgeLevel.ALLEGED,
    "accuse": HedgeLevel.ALLEGED,
}
#: adverbs that say that somebody says so, and not who: in lower case as written
HEARSAY: Final[dict[str, HedgeLevel]] = {
    "reportedly": HedgeLevel.REPORTED,
    "allegedly": HedgeLevel.ALLEGED,
    "purportedly": HedgeLevel.ALLEGED,
    "supposedly": HedgeLevel.ALLEGED,
    "ostensibly": HedgeLevel.ALLEGED,
}
#: the outlet's own reserve: adverbs and predicates, in lower case as written
RESERVES: Final[dict[str, HedgeLevel]] = {
    "apparently": HedgeLevel.APPARENT,
    "seemingly": HedgeLevel.APPARENT,
    "evidently": HedgeLevel.APPARENT,
    "presumably": HedgeLevel.BELIEVED,
    "likely": HedgeLevel.POSSIBLE,
    "unlikely": HedgeLevel.POSSIBLE,
    "probably": HedgeLevel.POSSIBLE,
    "possibly": HedgeLevel.POSSIBLE,
    "perhaps": HedgeLevel.POSSIBLE,
    "maybe": HedgeLevel.POSSIBLE,
    "potentially": HedgeLevel.POSSIBLE,
    "conceivably": HedgeLevel.POSSIBLE,
    "possible": HedgeLevel.POSSIBLE,
    "unclear": HedgeLevel.POSSIBLE,
    "unconfirmed": HedgeLevel.REPORTED,
    "unverified": HedgeLevel.POSSIBLE,
}
#: adjectives before a noun: "the first reported execution", "suspected militants"
BEFORE_NOUNS: Final[dict[str, HedgeLevel]] = {
    "reported": HedgeLevel.REPORTED,
    "alleged": HedgeLevel.ALLEGED,
    "purported": HedgeLevel.ALLEGED,
    "supposed": HedgeLevel.ALLEGED,
    "suspected": HedgeLevel.BELIEVED,
    "presumed": HedgeLevel.BELIEVED,
    "believed": HedgeLevel.BELIEVED,
    "apparent": HedgeLevel.APPARENT,
    "possible": HedgeLevel.POSSIBLE,
    "probable": HedgeLevel.POSSIBLE,
    "unconfirmed": HedgeLevel.REPORTED,
    "unverified": HedgeLevel.POSSIBLE,
}
#: verbs of how it looks
SEEMING: Final = _words("appear seem look")
MODALS: Final = _words("may might could")
#: speech verbs by which the outlet keeps its distance
DISTANCING: Final[dict[str, HedgeLevel]] = {
    "claim": HedgeLevel.ALLEGED,
    "allege": HedgeLevel.ALLEGED,
    "accuse": HedgeLevel.ALLEGED,
    "purport": HedgeLevel.ALLEGED,
    "deny": HedgeLevel.DENIED,
    "dispute": HedgeLevel.DENIED,
    "refute": HedgeLevel.DENIED,
    "reject": HedgeLevel.DENIED,
    "dismiss": HedgeLevel.DENIED,
    "speculate": HedgeLevel.POSSIBLE,
    "suggest": HedgeLevel.APPARENT,
    "believe": HedgeLevel.BELIEVED,
    "suspect": HedgeLevel.BELIEVED,
    "think": HedgeLevel.BELIEVED,
}
#: verbs that, with a negation, leave something open
CHECKING: Final = _words("verify confirm authenticate corroborate establish ascertain substantiate")

#: deeds that a noun can tell of
EVENTS: Final = _words("""
    abduction arrest assassination assault attack beating beheading bombing collapse collision crash
    decapitation demolition detention execution explosion fire hanging killing kidnapping looting massacre
    murder raid rape shooting siege stabbing stoning strike theft torture
""")
#: verbs that say nothing without such a noun
LIGHT: Final = _words("carry commit perform conduct stage execute")
#: verbs that say little by themselves
IDLE: Final = _words("be come do get go have make mean seem happen follow take say let")
#: verbs whose "-ing" is no piece of its own
ASPECTS: Final = _words(
    "see hear begin start stop keep show spot film picture catch photograph continue try avoid leave"
)
#: nouns after which a clause only says which: "the first time that"
WHENCE: Final = _words("time day way moment reason place year")
#: nouns of time, of which a piece has no more weight
TIMES: Final = _words("day week month year hour minute morning evening night time today yesterday tomorrow")
#: what a source's wish not to be named is told with
ANONYMOUS: Final = _words("name anonymity anonymous identify")
#: who may be meant by "he" and "she"
OFFICES: Final = _words("""
    spokesman spokeswoman spokesperson minister president chief commander general officer mayor governor
    director chairman chairwoman lawyer prosecutor judge doctor senator secretary ambassador coach manager
    captain leader deputy driver farmer teacher owner agent author
""")

#: deeds that harm, as verbs and as nouns
HARM: Final = _words("""
    abuse ambush assassinate assault attack behead beat bomb burn crash crucify decapitate demolish
    destroy die drown execute explode fire force gun hang harm hit injure kill knife lynch maim massacre
    mutilate murder open punch raid rape sever shell shoot slaughter slay slit stab storm strangle strike
    stone throw torture wound collapse capsize sink flood damage blow
""")
HELD: Final = _words(
    "abduct arrest capture detain imprison jail kidnap seize hostage captive prisoner custody"
)
MEANS: Final = _words(
    "knife gun rifle pistol bomb grenade explosive machete axe sword weapon blade poison rope"
)
YOUNG: Final = _words(
    "child boy girl schoolboy schoolgirl teenager youngster pupil baby toddler minor kid schoolchildren"
)
RAISING: Final = _words("recruit enrol enroll train indoctrinate groom inculcate conscript enlist spawn")
THREATS: Final = _words("threaten threat vow warn warning")
SUFFERING: Final = _words("victim hostage soldier captive prisoner civilian driver")

#: nouns whose clause or complement somebody claims: "the claim that ..."
CLAIM_NOUNS: Final = _words("""
    claim allegation assertion statement report rumour rumor accusation suggestion announcement confession
    admission declaration denial warning
""")
#: nouns that announce the words which follow in quotation marks
UTTERANCES: Final = _words("""
    threat warning message speech statement appeal vow remark address declaration call plea sermon oath
    answer reply response boast
""")

#: heads of those who act for an armed group
PERPETRATORS: Final = _words("""
    militant fighter gunman terrorist jihadist jihadi insurgent extremist executioner kidnapper hijacker
    attacker bomber guerrilla militia militiaman rebel captor assailant hostage-taker
""")
#: names of groups whose words on their own deeds are a perpetrator's claim, in lower case
ARMED_GROUPS: Final = (
    "isis", "isil", "islamic state", "daesh", "al-qaeda", "al qaeda", "al-qaida", "al-shabaab",
    "boko haram", "armed group", "militant group", "terror group", "terrorist group", "rebel group",
    "jihadist group", "extremist group", "insurgent group", "taliban",
)  # fmt: skip
#: sources without a name
NAMELESS: Final = _words("""
    source insider relative witness eyewitness resident neighbour neighbor activist person people man woman
    boy girl child official analyst expert observer bystander passer-by villager survivor friend colleague
    parent mother father brother sister family user viewer worker diplomat somebody someone other
    schoolchildren student passenger local fan officer
""")
PRONOUNS: Final = _words("he she they it i we you who")

#: verbs that go on or hold in general: their present tense is no narrative of footage
STATIVE: Final = _words("""
    be have remain continue want believe know need live exist include seem appear belong mean hope fear
    think understand expect plan deserve own depend consist contain cost matter concern stay suffer like
    love hate require represent say tell claim call face risk prohibit contradict remind can
""")
