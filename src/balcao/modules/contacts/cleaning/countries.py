"""The countries of ISO 3166-1 by name in Portuguese, English and Spanish, and by code of two and three letters.

Written from the names of Unicode CLDR (through Babel), with those that people in Brazil use besides. They are in lower
case, without accents, and hold only letters and blanks, as `country_key` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from balcao.brazil.addresses import fold

_TABLE: Final = """
AD and andorra
AE are emirados arabes unidos|united arab emirates|emiratos arabes unidos|emirados arabes|uae|eau|dubai
AF afg afeganistao|afghanistan|afganistan
AG atg antigua e barbuda|antigua barbuda|antigua and barbuda|antigua y barbuda
AI aia anguila|anguilla
AL alb albania
AM arm armenia
AO ago angola
AQ ata antartida|antarctica
AR arg argentina
AS asm samoa americana|american samoa
AT aut austria
AU aus australia
AW abw aruba
AX ala ilhas aland|alanda|aland islands|islas aland
AZ aze azerbaijao|azerbaijan|azerbaiyan
BA bih bosnia e herzegovina|bosnia herzegovina|bosnia and herzegovina|bosnia y herzegovina|bosnia
BB brb barbados
BD bgd bangladesh|bangladeche|banglades
BE bel belgica|belgium
BF bfa burquina faso|burkina faso
BG bgr bulgaria
BH bhr barein|barem|bahrain
BI bdi burundi
BJ ben benin|benim
BL blm sao bartolomeu|st barthelemy|san bartolome
BM bmu bermudas|bermuda
BN brn brunei|brunei darussalam
BO bol bolivia|estado plurinacional da bolivia
BQ bes paises baixos caribenhos|caribbean netherlands|caribe neerlandes|bonaire
BR bra brasil|brazil|republica federativa do brasil|bresil|brasile
BS bhs bahamas|baamas
BT btn butao|bhutan|butan
BV bvt ilha bouvet|bouvet island|isla bouvet
BW bwa botsuana|botswana
BY blr bielorrussia|belarus|bielorrusia|bielorussia
BZ blz belize|belice
CA can canada
CC cck ilhas cocos keeling|ilhas cocos|ilhas dos cocos keeling|ilhas dos cocos|cocos keeling islands|cocos islands|islas cocos
CD cod congo kinshasa|republica democratica del congo|republica democratica do congo|rd congo|democratic republic of the congo|drc
CF caf republica centro africana|central african republic|republica centroafricana
CG cog republica do congo|congo brazzaville|congo
CH che suica|switzerland|suiza
CI civ costa do marfim|cote d ivoire costa do marfim|cote d ivoire|ivory coast
CK cok ilhas cook|cook islands|islas cook
CL chl chile
CM cmr camaroes|cameroon|camerun
CN chn china
CO col colombia
CR cri costa rica
CU cub cuba
CV cpv cabo verde|cape verde
CW cuw curacao|curacau|curazao
CX cxr ilha christmas|ilha do natal|christmas island|isla de navidad
CY cyp chipre|cyprus
CZ cze tchequia|chequia|czechia|czech republic|republica tcheca|republica checa
DE deu alemanha|germany|alemania|deutschland
DJ dji djibuti|jibuti|djibouti|yibuti
DK dnk dinamarca|denmark
DM dma dominica
DO dom republica dominicana|dominican republic
DZ dza argelia|algeria
EC ecu equador|ecuador
EE est estonia
EG egy egito|egypt|egipto
EH esh saara ocidental|sara ocidental|western sahara|sahara occidental
ER eri eritreia|eritrea
ES esp espanha|spain|espana
ET eth etiopia|ethiopia
FI fin finlandia|finland
FJ fji fiji|fiyi
FK flk ilhas malvinas|ilhas falkland|falkland islands|islas malvinas|malvinas|falkland
FM fsm micronesia
FO fro ilhas faroe|faroe islands|islas feroe
FR fra franca|france|francia
GA gab gabao|gabon
GB gbr reino unido|united kingdom|uk|england|inglaterra|escocia|scotland|pais de gales|wales|great britain|gra bretanha|irlanda do norte|northern ireland|u k
GD grd granada|grenada
GE geo georgia
GF guf guiana francesa|french guiana|guayana francesa
GG ggy guernsey|guernesey
GH gha gana|ghana
GI gib gibraltar
GL grl groenlandia|gronelandia|greenland
GM gmb gambia
GN gin guine|guinea
GP glp guadalupe|guadeloupe
GQ gnq guine equatorial|equatorial guinea|guinea ecuatorial
GR grc grecia|greece
GS sgs ilhas georgia do sul e sandwich do sul|south georgia south sandwich islands|south georgia and south sandwich islands|islas georgia del sur y sandwich del sur
GT gtm guatemala
GU gum guam|guame
GW gnb guine bissau|guinea bissau|guinea bisau
GY guy guiana|guyana
HK hkg hong kong rae da china|hong kong sar china|rae de hong kong china|rae de hong kong|hong kong
HM hmd ilhas heard e mcdonald|heard mcdonald islands|heard and mcdonald islands|islas heard y mcdonald
HN hnd honduras
HR hrv croacia|croatia
HT hti haiti
HU hun hungria|hungary
ID idn indonesia
IE irl irlanda|ireland
IL isr israel
IM imn ilha de man|isle of man|isla de man
IN ind india
IO iot territorio britanico do oceano indico|british indian ocean territory|territorio britanico del oceano indico
IQ irq iraque|iraq|irak
IR irn ira|irao|iran
IS isl islandia|iceland
IT ita italia|italy
JE jey jersey
JM jam jamaica
JO jor jordania|jordan
JP jpn japao|japan|japon
KE ken quenia|kenya|kenia
KG kgz quirguistao|kyrgyzstan|kirguistan
KH khm camboja|cambodia|camboya
KI kir quiribati|kiribati
KM com comores|comoros|comoras
KN kna sao cristovao e nevis|sao cristovao e neves|st kitts nevis|st kitts and nevis|san cristobal y nieves
KP prk coreia do norte|north korea|corea del norte|coreia norte
KR kor coreia do sul|south korea|corea del sur|coreia|korea|republica da coreia|republic of korea|coreia sul
KW kwt kuwait|koweit
KY cym ilhas cayman|ilhas caimao|cayman islands|islas caiman
KZ kaz cazaquistao|kazakhstan|kazajistan
LA lao laos
LB lbn libano|lebanon
LC lca santa lucia|st lucia
LI lie liechtenstein|listenstaine
LK lka sri lanka|sri lanca
LR lbr liberia
LS lso lesoto|lesotho
LT ltu lituania|lithuania
LU lux luxemburgo|luxembourg
LV lva letonia|latvia
LY lby libia|libya
MA mar marrocos|morocco|marruecos
MC mco monaco
MD mda moldavia|moldova
ME mne montenegro
MF maf sao martinho|sao martinho saint martin|st martin|san martin
MG mdg madagascar
MH mhl ilhas marshall|marshall islands|islas marshall
MK mkd macedonia do norte|north macedonia|macedonia del norte|macedonia
ML mli mali
MM mmr mianmar birmania|mianmar|myanmar burma|myanmar|myanmar birmania|birmania|burma
MN mng mongolia
MO mac macau rae da china|macao sar china|rae de macao china|rae de macao|macau|macao
MP mnp ilhas marianas do norte|northern mariana islands|islas marianas del norte
MQ mtq martinica|martinique
MR mrt mauritania
MS msr montserrat|monserrate
MT mlt malta
MU mus mauricio|mauricia|mauritius
MV mdv maldivas|maldives
MW mwi malaui|malawi
MX mex mexico
MY mys malasia|malaysia
MZ moz mocambique|mozambique
NA nam namibia
NC ncl nova caledonia|new caledonia|nueva caledonia
NE ner niger
NF nfk ilha norfolk|norfolk island|isla norfolk
NG nga nigeria
NI nic nicaragua
NL nld paises baixos|netherlands|paises bajos|holanda|holland|the netherlands
NO nor noruega|norway
NP npl nepal
NR nru nauru
NU niu niue
NZ nzl nova zelandia|new zealand|nueva zelanda
OM omn oma|oman
PA pan panama
PE per peru
PF pyf polinesia francesa|french polynesia
PG png papua nova guine|papua new guinea|papua nueva guinea
PH phl filipinas|philippines
PK pak paquistao|pakistan
PL pol polonia|poland
PM spm sao pedro e miquelao|st pierre miquelon|st pierre and miquelon|san pedro y miquelon
PN pcn ilhas pitcairn|pitcairn islands|islas pitcairn
PR pri porto rico|puerto rico
PS pse territorios palestinos|territorios palestinianos|palestinian territories|palestina|palestine
PT prt portugal
PW plw palau|palaos
PY pry paraguai|paraguay
QA qat catar|qatar
RE reu reuniao|reunion
RO rou romenia|romania|rumania
RS srb servia|serbia
RU rus russia|rusia|russian federation|federacao russa
RW rwa ruanda|rwanda
SA sau arabia saudita|saudi arabia|arabia saudi
SB slb ilhas salomao|solomon islands|islas salomon
SC syc seicheles|seychelles
SD sdn sudao|sudan
SE swe suecia|sweden
SG sgp singapura|singapore|singapur
SH shn santa helena|st helena|santa elena
SI svn eslovenia|slovenia
SJ sjm svalbard e jan mayen|svalbard jan mayen|svalbard and jan mayen|svalbard y jan mayen
SK svk eslovaquia|slovakia
SL sle serra leoa|sierra leone|sierra leona
SM smr san marino|sao marinho
SN sen senegal
SO som somalia
SR sur suriname|surinam
SS ssd sudao do sul|south sudan|sudan del sur
ST stp sao tome e principe|sao tome principe|sao tome and principe|santo tome y principe|sao tome
SV slv el salvador|salvador
SX sxm sint maarten|sao martinho sint maarten
SY syr siria|syria
SZ swz essuatini|eswatini|esuatini|suazilandia|swaziland
TC tca ilhas turcas e caicos|turks caicos islands|turks and caicos islands|islas turcas y caicos
TD tcd chade|chad
TF atf territorios franceses do sul|territorios austrais franceses|french southern territories|territorios australes franceses
TG tgo togo
TH tha tailandia|thailand
TJ tjk tadjiquistao|tajiquistao|tajikistan|tayikistan
TK tkl tokelau|toquelau
TL tls timor leste|timor|east timor
TM tkm turcomenistao|turquemenistao|turkmenistan
TN tun tunisia|tunez
TO ton tonga
TR tur turquia|turkiye|turkey
TT tto trinidad e tobago|trindade e tobago|trinidad tobago|trinidad and tobago|trinidad y tobago|trinidad
TV tuv tuvalu
TW twn taiwan
TZ tza tanzania
UA ukr ucrania|ukraine
UG uga uganda
UM umi ilhas menores distantes dos eua|ilhas menores afastadas dos eua|u s outlying islands|islas menores alejadas de ee uu
US usa estados unidos|united states|eua|e u a|u s a|u s|estados unidos da america|estados unidos da america do norte|united states of america|america|estados unidos america|ee uu|eeuu
UY ury uruguai|uruguay
UZ uzb uzbequistao|usbequistao|uzbekistan
VA vat cidade do vaticano|vatican city|ciudad del vaticano|vaticano|vatican
VC vct sao vicente e granadinas|st vincent grenadines|st vincent and grenadines|san vicente y las granadinas
VE ven venezuela
VG vgb ilhas virgens britanicas|british virgin islands|islas virgenes britanicas
VI vir ilhas virgens americanas|ilhas virgens dos eua|u s virgin islands|islas virgenes de ee uu
VN vnm vietna|vietname|vietnam|viet nam
VU vut vanuatu
WF wlf wallis e futuna|wallis futuna|wallis and futuna|wallis y futuna
WS wsm samoa
XK xkx kosovo
YE yem iemen|yemen
YT myt mayotte|maiote
ZA zaf africa do sul|south africa|sudafrica
ZM zmb zambia
ZW zwe zimbabue|zimbabwe
"""
_NO_LETTER: Final = re.compile(r"[^a-z]+")


def _codes() -> Mapping[str, str]:
    codes: dict[str, str] = {}
    for line in _TABLE.split("\n")[1:-1]:
        alpha_2, alpha_3, names = line.split(" ", 2)
        codes |= dict.fromkeys((alpha_2.lower(), alpha_3, *names.split("|")), alpha_2)
    return MappingProxyType(codes)


COUNTRY_CODES: Final = _codes()
"""The code of two letters by every key."""


def country_key(text: str) -> str:
    """A name or a code as it stands in COUNTRY_CODES: without accents, signs and needless blanks, in lower case."""
    return _NO_LETTER.sub(" ", fold(text)).strip()
