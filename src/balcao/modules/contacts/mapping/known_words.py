"""Words by which contents are known: common first names and surnames, large cities, states, countries, answers."""

from __future__ import annotations

from typing import Final

from balcao.brazil.addresses import UFS, fold


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(fold(phrase) for phrase in text.split("|"))


FIRST_NAMES: Final = _words(
    """
    bia beto cris chico carol duda edu gabi guga isa juca leo lu malu mari nanda nando paty rafa tati
    tata tina vini ze zeca abel abigail adalberto adao adelaide ademar ademir adilson adriana adriano
    adrielle agatha agnaldo aguinaldo ailton alan alana alberto alcides aldo alessandra alessandro alex
    alexandra alexandre alexsandro alfredo alice alicia aline alisson allan altair aluisio alvaro alzira
    amanda amauri amelia ana anderson andre andrea andreia andressa andreza angela angelica angelo anna
    anne antonia antonio aparecida aparecido ariana ariane ariel arlete arlindo armando arnaldo arthur
    artur augusto aurea beatriz benedita benedito benicio benjamin bento bernardo bianca brenda breno
    bruna bruno caio camila camille camilo carina carla carlos carmem carmen carol carolina caroline
    cassia cassio catarina cauan caua cecilia celia celio celso cesar christian christiane cibele cicera
    cicero cintia clara clarice claudete claudia claudinei claudio clayton cleber cleide cleiton clelia
    cleonice cleusa cleuza clovis conceicao cristian cristiana cristiane cristiano cristina cynthia
    daiana daiane dalva daniel daniela daniele danielle danilo darci david davi debora deise denilson
    denis denise denilton deborah diana diego dilma dimas diogo dirce diva djalma domingos dora douglas
    dulce eder edgar edilene edilson edimar edinaldo edith edivaldo edmar edmilson edna ednaldo edson
    eduarda eduardo elaine elenice eli eliana eliane elias eliete elisa elisabete elisabeth elisangela
    eliseu elizabete elizabeth elizangela eloa eloisa elton elza emanuel emanuelle emerson emilia emilio
    emilly enzo erica erick erika ernesto esmeralda ester esther eugenio eunice eva evandro evelin
    evelyn everaldo everton ezequiel fabiana fabiane fabiano fabio fabiola fabricio fatima felicia
    felipe fernanda fernando filipe flavia flavio francieli francielle francisca francisco franciele
    frederico gabriel gabriela gabriele gabrielle genilson genival geovana geovanna geraldo germano
    gerson gilberto gildo gilmar gilson gilvan giovana giovani giovanna giovanni gisela gisele giselle
    gislaine givaldo glaucia gleice gloria grace graciela graziela graziele guilherme gustavo heitor
    helder helen helena helio hellen heloisa henrique herbert hercules hilda hugo humberto iago iara
    igor ilda ines ingrid iolanda iracema iraci irene iris isaac isabel isabela isabella isabelle
    isabelly isadora isaias isis ismael israel itamar ivan ivana ivanete ivani ivanilda ivo ivone izabel
    jacira jackson jacqueline jaime jair jairo jamile janaina jandira jane janete janice jaqueline jean
    jefferson jenifer jennifer jeronimo jessica jesus joana joao joaquim joel joelma john jonas jonatas
    jonathan jordana jorge jose josefa josefina joseane joselito josiane josias josue joyce jucelino
    judite julia juliana juliane juliano juliette julio junior juraci jurandir jussara kaique karen
    karin karina karine karla karoline katia kauan kaua keila kelly kelvin kevin laercio laila lais lara
    larissa laura lauro lavinia lazaro lea leandra leandro leia leila leonardo leonor leticia lia lidia
    lidiane ligia lilian liliane lindalva livia lorena lorenzo lourdes lourenco lourival luan luana
    lucas lucca lucelia lucia luciana luciane luciano luciene lucila lucilene lucimar lucimara lucineia
    lucio luis luisa luiz luiza luzia luzinete madalena magali magda magno maicon maira manoel manuel
    manuela mara marcela marcelo marcia marciano marcio marco marcos margarete margarida maria mariana
    mariane mariangela marilda marilene marilia marina marinalva mario marisa maristela marisol mariza
    marlene marli marlon marta martha mateus matheus mauricio mauro maximiliano maya mayara mayra
    melissa mercedes michel michele michelle miguel milena milton mirela miriam mirian moacir moises
    monica monique murilo nadia nadir nair naiara natalia natalie natasha nathalia nathan neide neila
    nelson neuza newton nicolas nicole nilda nilson nilton nilza nivaldo noah noemi norma octavio odair
    odete olga olivia orlando oscar osmar osvaldo oswaldo otavio otto pablo paloma pamela patricia paula
    paulina paulo pedro penha pietra pietro poliana priscila priscilla rafael rafaela rafaella raimunda
    raimundo ramon raphael raquel raul rayane rayssa rebeca regiane regina reginaldo reinaldo renan
    renata renato renilda rian ricardo rita roberta roberto robson rodolfo rodrigo rogerio romario romeu
    romilda romulo ronaldo roney roni rosa rosana rosane rosangela rosaria roseane roseli rosemary
    rosemeire rosilda rosilene rosimeire rosinei rozilda rubens ruan rute ruth ryan sabrina salete
    salvador samanta samantha samara samira samuel sandra sandro santiago sara sarah sebastiana
    sebastiao selma sergio severina severino shirley sidney sidnei silas silmara silvana silvania
    silveria silvia silvio simao simara simone socorro sofia solange sonia sophia stefani stefany stela
    stella stephanie suelen sueli suely susana suzana taina tais tales talita tamara tamires tania
    tarcisio tatiana tatiane telma tereza teresa terezinha teresinha thais thaina thaiane thales thalita
    thamires theo thiago tiago tomas tulio ubirajara ulisses vagner valdeci valdecir valdemar valdete
    valdir valdirene valentina valeria valerio valmir valter vanda vandeir vanderlei vanessa vania vera
    veronica vicente victor victoria vilma vinicius virginia vitor vitoria viviane vivian wagner waldir
    wallace walter wanda wanderley wanderson washington welington wellington wendel wesley weslley
    william willian wilma wilson yago yan yara yasmin yolanda yuri zelia zenaide zilda zuleide zulmira
    """
)
SURNAMES: Final = _words(
    """
    almeida alves amaral andrade antunes aragao araujo arruda assis azevedo barbosa barreto barros
    batista bezerra borges braga brandao brito bueno cabral caldas camargo campos cardoso carneiro
    carvalho castro cavalcante cavalcanti coelho cordeiro correa correia costa coutinho couto cruz cunha
    dantas dias domingues duarte esteves farias fernandes ferraz ferreira figueiredo filho fonseca
    franca franco freire freitas furtado garcia gomes goncalves gouveia guedes guimaraes leal leao leite
    lemos lima lopes louzada macedo machado maciel magalhaes maia marques martins matos medeiros mello
    melo mendes mendonca menezes miranda monteiro moraes morais moreira mota moura muniz nascimento neto
    neves nogueira nunes oliveira pacheco paiva peixoto pereira pimentel pinheiro pinto pires porto
    prado queiroz ramos rangel rego reis rezende ribeiro rocha rodrigues sales sampaio santana santiago
    santos saraiva silva silveira siqueira soares souza sousa tavares teixeira teles toledo torres
    trindade vasconcelos vaz viana vieira xavier
    """
)
CITIES: Final = _phrases(
    """
    São Paulo|Rio de Janeiro|Brasília|Salvador|Fortaleza|Belo Horizonte|Manaus|Curitiba|Recife|Goiânia|
    Porto Alegre|Belém|Guarulhos|Campinas|São Luís|Maceió|Campo Grande|São Gonçalo|Teresina|João Pessoa|
    Duque de Caxias|São Bernardo do Campo|Nova Iguaçu|Natal|Santo André|Sorocaba|Osasco|Uberlândia|
    Ribeirão Preto|São José dos Campos|Cuiabá|Jaboatão dos Guararapes|Contagem|Joinville|Feira de Santana|
    Aracaju|Londrina|Juiz de Fora|Florianópolis|Aparecida de Goiânia|Serra|Campos dos Goytacazes|
    Belford Roxo|Niterói|São José do Rio Preto|Ananindeua|Vila Velha|Caxias do Sul|Porto Velho|
    Mogi das Cruzes|São João de Meriti|Jundiaí|Macapá|Piracicaba|Montes Claros|Campina Grande|Betim|
    Boa Vista|Olinda|Maringá|Santos|Mauá|Carapicuíba|Anápolis|Bauru|Diadema|Vitória|Caruaru|
    Vitória da Conquista|Itaquaquecetuba|Petrolina|Canoas|Blumenau|Ponta Grossa|Caucaia|Franca|Rio Branco|
    Ribeirão das Neves|Cascavel|Uberaba|Paulista|Praia Grande|São Vicente|Cariacica|São José dos Pinhais|
    Suzano|Taubaté|Limeira|Petrópolis|Santarém|Camaçari|Mossoró|Sumaré|Palmas|Governador Valadares|Pelotas|
    Barueri|Taboão da Serra|São José|Foz do Iguaçu|Várzea Grande|Volta Redonda|Gravataí|Imperatriz|
    Parnamirim|Juazeiro do Norte|Ipatinga|Viamão|Novo Hamburgo|São Carlos|Embu das Artes|Macaé|Marabá|Magé|
    Itaboraí|Cotia|Indaiatuba|Americana|Marília|Divinópolis|São Leopoldo|Itajaí|Colombo|Sete Lagoas|
    Araraquara|Jacareí|Presidente Prudente|Hortolândia|Itabuna|Juazeiro|Rondonópolis|
    Cachoeiro de Itapemirim|Rio Claro|Santa Maria|Chapecó|Criciúma|Dourados|Guarapuava|Passo Fundo|
    Arapiraca|Cabo Frio|Nova Friburgo|Teresópolis|Santa Luzia|Ilhéus|Balneário Camboriú|Jaraguá do Sul|
    Araçatuba|Atibaia|Itu|Valinhos|Vinhedo|Bragança Paulista|Botucatu|Poços de Caldas|Varginha|Pouso Alegre|
    Araguaína|Parauapebas|Sinop|Luziânia|Valparaíso de Goiás|Rio Verde|Lages|Palhoça|Garanhuns|Sobral|
    Parnaíba|Santa Bárbara d'Oeste|Guarujá
    """
)
STATES: Final = frozenset(
    text
    for code, name in UFS.items()
    for plain in (fold(name),)
    for text in (plain, f"{code} - {name}", f"{name} - {code}", f"{name} ({code})", f"{code}/{name}", f"estado de {plain}",
                 f"estado do {plain}", f"estado da {plain}")
    for text in (fold(text),)
)  # fmt: skip
UF_CODES: Final = frozenset(code.lower() for code in UFS)
COUNTRIES: Final = _phrases(
    """
    brasil|brazil|br|bra|portugal|pt|argentina|ar|uruguai|uruguay|paraguai|paraguay|chile|bolivia|peru|
    colombia|venezuela|estados unidos|united states|usa|us|eua|espanha|spain|espana|italia|italy|franca|
    france|alemanha|germany|japao|japan|angola|mocambique|reino unido|united kingdom|uk|inglaterra|canada|
    mexico|irlanda|suica
    """
)
CHOICES: Final = _phrases("sim|nao|s|n|yes|no|y|true|false|verdadeiro|falso|ok|aceito|nao aceito")
