"""Names that languages write in forms of their own: given names, and places that others call otherwise.

A line is one name; each form is written plainly (`graph.names.plain`). Only forms that a dictionary of names gives as
the same name stand together; what is merely alike in sound does not. Behind a bar stand forms that are names of their
own as well.
"""

from __future__ import annotations

_GIVEN = """
karl carl charles carlo carlos carolus karel karol karoly kaarle
friedrich fridericus frederick frederic frederik fredrik federico federigo friderich fryderyk friderik
wilhelm william guillaume guglielmo guillermo willem guilelmus gulielmus vilhelm wilhelmus
heinrich henry henri enrico enrique henricus heinricus jindrich henryk | hendrik henrik
johann john jean giovanni juan joao johan ioannes joannes ivan ioannis jehan iwan | johannes hans jan ian
ludwig louis luigi luis lodewijk ludovicus ludovico ludvig lodovico ludwik
leopold leopoldus leopoldo
rudolf rudolph rodolphe rodolfo rudolphus
ferdinand fernando ferdinando ferdinandus
maximilian maximilien massimiliano maximilianus
philipp philip philippe filippo felipe philippus filip filips
georg george georges giorgio jorge georgius jiri jerzy georgios | jurgen juergen joris
jakob jacob jacques jakub jacobus giacomo iacobus
james jaime
wolfgang wolfgangus
gottfried godfrey godefroy gottfridus goffredo godefridus
eduard edward edouard eduardo edoardo eduardus edvard
albrecht albrechtus | albert alberto albertus adalbert
august auguste augusto | augustus
ernst ernest ernestus | ernesto
franz francis francois francesco francisco franciscus frantisek ferenc franciszek | frans
joseph josef giuseppe jose josephus iosephus jozef
peter pierre pietro pedro petrus pieter pyotr petr pjotr piotr | peder peer
paul paulus paolo pablo pavel paulo pawel
michael michele miguel mikhail michail mihail michal michaelis | michel
nikolaus nicolaus nicholas nicolas niccolo nicolo nikolai nicola nicolai mikolaj | klaus claus niels nikolas
andreas andrew andre andrea andres andrei andrzej | anders
anton antonius anthony antoine antonio | antonin antoon
thomas tommaso tomas tomasz
matthaeus matthew matthieu matteo mateo matthaus
matthias mathias matthijs
lorenz laurentius lawrence laurence laurent lorenzo | lars laurens
stephan stefan stephen etienne stefano esteban stephanus istvan
sebastian sebastiano sebastianus sebastien
hieronymus jerome girolamo jeronimo
gregor gregory gregorius gregoire gregorio grigorii
martin martinus martino martyn
markus marcus | mark marc marco
lukas lucas | luc luca luke
christoph christopher christophorus cristoforo christophe cristobal | kristof
christian christianus kristian cristiano
konrad conrad conradus corrado
kaspar caspar gaspar gaspard casparus jasper gaspare
melchior melchiorre
balthasar baltasar balthazar baldassare
bernhard bernard bernardus bernardo
gerhard gerard gerardus gerrit
hermann herman hermannus | arminius
hugo hugh hugues ugo
robert roberto robertus | rupert ruprecht
richard richardus riccardo ricardo
raphael raffaello raffael raffaele | rafael
daniel | daniele
david davide
samuel samuele
simon | simone
emanuel immanuel emmanuel | manuel
eugen eugene eugenio eugenius
viktor victor vittorio
alexander alessandro alexandre alejandro aleksandr alexandr alexandros aleksander alexandrus
konstantin constantine constantin costantino constantinus
ulrich ulrik ulricus huldrych
adam adamus
adolf adolph adolphe adolphus
moritz maurice mauritius maurizio | maurits
joachim gioacchino
tycho tyge
olaf olaus | ole oluf
athanasius athanase atanasio athanasios afanasij afanasii afanassi afanasi
leo lev lew | leon
dmitri dmitry dmitrij dmitrii dimitri demetrius
theodor fjodor fyodor fedor feodor theodore | theodorus
alexei alexej aleksei aleksey alexius | alexis
sergei sergej sergey serge sergius
clemens clement clemente
maria mary | marie mariam
elisabeth elizabeth elisabetta elisabet | isabel isabella
katharina catherine katherine caterina catharina katarina ekaterina catalina kathryn
anna ana | anne ann
margarethe margaret margareta margarete marguerite margherita margaretha margrethe
johanna joan jeanne giovanna juana joanna
sophie sophia sofia
christine christina kristina cristina
barbara barbe
magdalena magdalene madeleine maddalena
dorothea dorothy dorothee
eleonore eleanor eleonora leonor leonora
luise louise luisa
karoline caroline carolina
wilhelmine wilhelmina
friederike frederica friederica
amalie amalia | amelia
charlotte carlotta
therese theresia theresa teresa
helene helena helen | elena
clara klara claire chiara
ursula orsola
veronika veronica
"""

_ALONE = """
aristoteles aristotle aristote aristotelis
platon plato
sokrates socrates
plinius pliny
ptolemaeus ptolemy ptolemaios
hippokrates hippocrates
vergil virgil vergilius virgilius
horaz horace horatius
ovid ovidius
homer homeros homerus omiros
livius livy
euklid euclid eukleides
averroes averroe
avicenna avicenne
"""

_PLACES = """
koeln cologne coeln keulen collen
muenchen munich monachium
nuernberg nuremberg norimberga nurnberg nuremburg
wien vienna vindobona
prag prague praha praga
kopenhagen copenhagen kobenhavn koebenhavn copenhague hafnia
rom rome roma
venedig venice venezia venetia venise
florenz florence firenze florentia
mailand milan milano mediolanum
neapel naples napoli neapolis
turin torino
genua genoa genova genes
padua padova patavium padoue
basel basle basilea bale
zuerich zurich turicum zurigo
genf geneva geneve ginevra
luzern lucerne lucerna
strassburg strasbourg argentoratum strasburg
mainz mayence moguntia moguntiacum
trier treves
aachen aquisgranum
regensburg ratisbon ratisbona ratisbonne
augsburg
braunschweig brunswick
hannover hanover hanovre
luettich liege luik
loewen louvain leuven
bruessel brussels bruxelles brussel
antwerpen antwerp antwerpia anvers
bruegge bruges brugge
gent ghent gand
haag hague
leiden leyden
lissabon lisbon lisboa olisipo
warschau warsaw warszawa varsovia
krakau cracow krakow cracovia
danzig gdansk
breslau wroclaw vratislavia
koenigsberg kaliningrad regiomontum
pressburg bratislava pozsony posonium
moskau moscow moskva
athen athens athina athenae
alexandria alexandrien
konstantinopel constantinople konstantinoupolis
kairo cairo
jerusalem hierosolyma
damaskus damascus
paris lutetia parigi
london londinium londres londra
oxford oxonia oxonium
cambridge cantabrigia
edinburgh edinburg
bayern bavaria baiern
sachsen saxony saxonia saxe
preussen prussia borussia prusse
oesterreich austria autriche
boehmen bohemia boheme
maehren moravia
schlesien silesia
schwaben swabia suevia
franken franconia
hessen hesse hassia
thueringen thuringia
westfalen westphalia westphalen
pommern pomerania
kaernten carinthia
steiermark styria
tirol tyrol
elsass alsace alsatia
lothringen lorraine
burgund burgundy bourgogne
flandern flanders vlaanderen flandre
schweiz switzerland helvetia suisse
deutschland germany germania allemagne
frankreich france francia gallia
italien italy italia
spanien spain hispania espana
daenemark denmark dania danmark
schweden sweden suecia sverige
norwegen norway norvegia norge
polen poland polonia polska
russland russia rossija rossiya
ungarn hungary hungaria
griechenland greece graecia
tuerkei turkey
aegypten egypt aegyptus
rhein rhine rhenus rhin
donau danube danubius
elbe albis
gottorf gottorp gottorff
thorn torun
"""


def _table(lines: str) -> dict[str, str]:
    """Each form with the first of its line, which stands for all of them."""
    return {
        form: forms.split()[0]
        for forms in lines.strip().splitlines()
        for form in reversed(forms.replace("|", "").split())
    }


GIVEN: dict[str, str] = _table(_GIVEN + _ALONE)
KNOWN_ALONE = frozenset(_ALONE.split())
"""Names that say who is meant although they stand alone; any other given name is many people's."""
PLACES: dict[str, str] = _table(_PLACES)
OFTEN_APART = frozenset(form for line in _GIVEN.splitlines() for form in line.partition("|")[2].split())
"""Given names that stand for another one, and are just as often a name of their own: Hans is Johann, or Hans."""
