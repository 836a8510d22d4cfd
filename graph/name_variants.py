"""Names that languages write in forms of their own: given names, and places that others call otherwise.

A line is one name; each form is written plainly (`graph.names.plain`). Only forms that a dictionary of names gives as
the same name stand together; what is merely alike in sound does not.
"""

from __future__ import annotations

_GIVEN = """
karl carl charles carlo carlos carolus karel karol karoly kaarle
friedrich fridericus frederick frederic frederik fredrik federico federigo friderich fryderyk friderik
wilhelm william guillaume guglielmo guillermo willem guilelmus gulielmus vilhelm wilhelmus
heinrich henry henri enrico enrique hendrik henricus henrik heinricus jindrich henryk
johann johannes john jean giovanni juan jan joao johan ioannes joannes hans ivan ioannis jehan ian iwan
ludwig louis luigi luis lodewijk ludovicus ludovico ludvig lodovico ludwik
leopold leopoldus leopoldo
rudolf rudolph rodolphe rodolfo rudolphus
ferdinand fernando ferdinando ferdinandus
maximilian maximilien massimiliano maximilianus
philipp philip philippe filippo felipe philippus filip filips
georg george georges giorgio jorge georgius jiri joris jerzy georgios jurgen juergen
jakob jacob jacques jakub jacobus giacomo iacobus
james jaime
wolfgang wolfgangus
gottfried godfrey godefroy gottfridus goffredo godefridus
eduard edward edouard eduardo edoardo eduardus edvard
albrecht albert alberto albertus adalbert albrechtus
august augustus auguste augusto
ernst ernest ernesto ernestus
franz francis francois francesco francisco franciscus frantisek ferenc frans franciszek
joseph josef giuseppe jose josephus iosephus jozef
peter pierre pietro pedro petrus pieter pyotr petr pjotr piotr peder peer
paul paulus paolo pablo pavel paulo pawel
michael michel michele miguel mikhail michail mihail michal michaelis
nikolaus nicolaus nicholas nicolas niccolo nicolo nikolai nicola nikolas klaus claus niels nicolai mikolaj
andreas andrew andre andrea andres andrei anders andrzej
anton antonius anthony antoine antonio antonin antoon
thomas tommaso tomas tomasz
matthaeus matthew matthieu matteo mateo matthaus
matthias mathias matthijs
lorenz laurentius lawrence laurence laurent lorenzo laurens lars
stephan stefan stephen etienne stefano esteban stephanus istvan
sebastian sebastiano sebastianus sebastien
hieronymus jerome girolamo jeronimo
gregor gregory gregorius gregoire gregorio grigorii
martin martinus martino martyn
markus marcus mark marc marco
lukas lucas luke luc luca
christoph christopher christophorus cristoforo christophe cristobal kristof
christian christianus kristian cristiano
konrad conrad conradus corrado
kaspar caspar gaspar gaspard casparus jasper gaspare
melchior melchiorre
balthasar baltasar balthazar baldassare
bernhard bernard bernardus bernardo
gerhard gerard gerardus gerrit
hermann herman hermannus arminius
hugo hugh hugues ugo
robert rupert ruprecht roberto robertus
richard richardus riccardo ricardo
raphael raffaello raffael raffaele rafael
daniel daniele
david davide
samuel samuele
simon simone
emanuel immanuel manuel emmanuel
eugen eugene eugenio eugenius
viktor victor vittorio
alexander alessandro alexandre alejandro aleksandr alexandr alexandros aleksander alexandrus
konstantin constantine constantin costantino constantinus
ulrich ulrik ulricus huldrych
adam adamus
adolf adolph adolphe adolphus
moritz maurice maurits mauritius maurizio
joachim gioacchino
tycho tyge
olaf olaus ole oluf
athanasius athanase atanasio athanasios afanasij afanasii afanassi afanasi
aristoteles aristotle aristote aristotelis
platon plato
sokrates socrates
plinius pliny
leo lev lew leon
dmitri dmitry dmitrij dmitrii dimitri demetrius
theodor fjodor fyodor fedor feodor theodore theodorus
alexei alexej aleksei aleksey alexis alexius
sergei sergej sergey serge sergius
ptolemaeus ptolemy ptolemaios
hippokrates hippocrates
clemens clement clemente
vergil virgil vergilius virgilius
horaz horace horatius
ovid ovidius
homer homeros homerus omiros
livius livy
euklid euclid eukleides
averroes averroe
avicenna avicenne
maria mary marie mariam
elisabeth elizabeth isabel isabella elisabetta elisabet
katharina catherine katherine caterina catharina katarina ekaterina catalina kathryn
anna anne ana ann
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
amalie amalia amelia
charlotte carlotta
therese theresia theresa teresa
helene helena helen elena
clara klara claire chiara
ursula orsola
veronika veronica
"""

_PLACES = """
koeln cologne coeln colonia keulen collen
muenchen munich monaco monachium
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
aachen aix aquisgranum
regensburg ratisbon ratisbona ratisbonne
augsburg augusta
braunschweig brunswick
hannover hanover hanovre
luettich liege luik
loewen louvain leuven
bruessel brussels bruxelles brussel
antwerpen antwerp antwerpia anvers
bruegge bruges brugge
gent ghent gand
den haag hague
leiden leyden lugdunum
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
paris parisii lutetia parigi
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
    return {form: forms.split()[0] for forms in lines.strip().splitlines() for form in reversed(forms.split())}


GIVEN: dict[str, str] = _table(_GIVEN)
PLACES: dict[str, str] = _table(_PLACES)
