"""Words in names that are no names: titles, particles, numbers, words for kinds of institutions and of works.

A line is one meaning in German, English and Latin, written plainly (`graph.names.plain`); its first word stands for it.
"""

from __future__ import annotations


def _lines(text: str) -> dict[str, str]:
    return {word: line.split()[0] for line in text.strip().splitlines() for word in line.split()}


COURTESY = frozenset(
    "dr doktor doctor prof professor mag magister lic sir lord lady dame herr hr frau fr frl mr mrs ms miss monsieur "
    "madame signor signora don donna pater father bruder frater brother geheimrat hofrat kommerzienrat hon rev "
    "ing dipl med phil jur theol habil hc freiherr baron ritter edler maitre mme mlle".split()
)
"""Titles that anybody may bear or be called without."""

RANKS = _lines(
    """
    kaiser emperor imperator
    kaiserin empress imperatrix
    koenig king rex roi
    koenigin queen regina reine
    kurfuerst elector
    kurfuerstin electress
    erzherzog archduke
    erzherzogin archduchess
    grossherzog
    herzog duke dux duc hzg
    herzogin duchess ducissa
    fuerst prince princeps prinz kronprinz
    fuerstin princess prinzessin
    landgraf landgrave
    markgraf margrave
    pfalzgraf
    graf count earl comes comte gf
    graefin countess comtesse
    papst pope papa
    bischof bishop episcopus
    erzbischof archbishop
    kardinal cardinal cardinalis
    abt abbot abbas
    heiliger sankt saint st sanctus heilige sanct sanctae hl san
    zar tsar czar
    zarin tsarina czarina
    sultan
    schah shah
    """
)
WOMEN = frozenset(
    "frau fr frl mrs ms miss lady dame madame mme mlle signora donna kaiserin koenigin kurfuerstin erzherzogin "
    "herzogin fuerstin graefin zarin grossherzogin".split()
)
MEN = frozenset(
    "herr hr mr sir monsieur signor pater kaiser koenig kurfuerst erzherzog herzog fuerst landgraf markgraf "
    "pfalzgraf graf papst bischof erzbischof kardinal abt zar sultan grossherzog lord".split()
)

PARTICLES = frozenset(
    "von vom van v de del della di da du des der die das den dem the le la les el of zu zur zum zw an am a im i in "
    "ob o bei bey auf und u and et e y te ter ten s al ad sur stadt city ueber".split()
)
TO, FROM = frozenset("an to ad".split()), frozenset("von from vom".split())

ELDER, YOUNGER = "elder", "younger"
GENERATIONS = {
    **dict.fromkeys("aeltere aelterer aeltern elder senior sen sr vater pere maior aelt".split(), ELDER),
    **dict.fromkeys("juengere juengerer juengern younger junior jun jr sohn fils juengste".split(), YOUNGER),
}

ORDINALS = {
    word: str(number)
    for number, words in enumerate(
        (
            "erste erster erstes ersten first",
            "zweite zweiter zweites zweiten second",
            "dritte dritter drittes dritten third",
            "vierte vierter viertes vierten fourth",
            "fuenfte fuenfter fuenftes fuenften fifth",
            "sechste sechster sechstes sechsten sixth",
            "siebte siebter siebtes siebten siebente siebenter seventh",
            "achte achter achtes achten eighth",
            "neunte neunter neuntes neunten ninth",
            "zehnte zehnter zehntes zehnten tenth",
            "elfte elfter elftes elften eleventh",
            "zwoelfte zwoelfter zwoelftes zwoelften twelfth",
        ),
        start=1,
    )
    for word in words.split()
} | {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}

COUNTED = frozenset("nr no num numero number nummer".split())
"""Words before a number that say nothing more than that it is one."""

EPITHETS = _lines(
    """
    gross grosse grosser grossen great magnus
    gelehrte gelehrter gelehrten learned
    starke starker starken strong
    fromme frommer frommen pious
    schoene schoener schoenen fair
    kuehne kuehner kuehnen bold
    """
)
"""What follows "the" in the name of a ruler."""

MEANINGS = _lines(
    """
    museum musaeum musei
    universitaet university universitas univ uniuersitaet academia
    bibliothek library bibliotheca
    staatsbibliothek
    akademie academy
    gesellschaft society societas
    koeniglich royal regius
    bayerisch bayrisch baierisch bavarian
    preussisch prussian
    oesterreichisch austrian
    saechsisch saxon
    deutsch german
    schweizerisch swiss
    daenisch danish
    schwedisch swedish
    englisch english
    franzoesisch french
    niederlaendisch dutch
    italienisch italian
    russisch russian
    spanisch spanish
    roemisch roman
    griechisch greek
    germanisch germanic
    christlich christian
    juedisch jewish
    technisch technical
    medizinisch medical
    botanisch botanical
    zoologisch zoological
    historisch historical
    wissenschaften sciences
    kompanie compagnie company
    nationalbibliothek
    stiftung stiftungen foundation foundations
    archiv archive archives
    schloss castle
    kloster abbey monastery
    dom cathedral
    kirche church
    britisch british
    kanton canton
    see lake
    fluss river
    brief letter epistola
    band bd volume vol tome tomus
    teil theil part pars tl
    symphonie sinfonie symphony
    krieg war
    weltkrieg
    schlacht battle
    reichstag diet
    bildnis bildniss portrait portraet
    inventar inventarium inventory
    kritik critik critique
    codex kodex cod
    mai may
    januar january
    februar february
    maerz march
    juni june
    juli july
    oktober october
    dezember december
    jesu jesus
    unter lower nieder
    ober upper
    """
)

KINDS = tuple(
    "universitaet bibliothek universitaetsbibliothek staatsbibliothek museum akademie gesellschaft stiftung archiv "
    "staatsarchiv schloss kloster dom kirche kanton see fluss press verlag club verein schule gymnasium hochschule "
    "institut institute college kolleg theater theatre oper hospital rathaus burg bruecke platz strasse tor garten "
    "kreis landkreis bezirk grafschaft herzogtum fuerstentum koenigreich county province provinz bistum "
    "gallery galerie cabinet kabinett treasury "
    "collection sammlung kammer society foundation senate".split()
)
"""What has one of these before a name is something else than what bears the name alone."""
APART = frozenset(
    "neu neue neuer new alt alte alter old ober unter gross klein little bad sankt nord sued ost west north south east "
    "hinter vorder mittel".split()
)
"""Words that set one place apart from another of the same name."""

RIVERS = frozenset("main oder saale rhein neckar donau spree elbe weser lahn mosel ruhr inn isar".split())
"""Rivers whose first letter is enough behind the name of a town: Frankfurt a. M."""
