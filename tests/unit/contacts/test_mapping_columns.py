"""Whole files: memory, shapes, headers and contents together, and no single field twice."""

import pytest

from balcao.modules.contacts.mapping.assignment import map_columns
from balcao.modules.contacts.mapping.headers import header_signature

MOBILES = ["11987654321", "21998765432", "31912345678", "85987651234"]
LANDLINES = ["11 3456-7890", "21 2345-6789"]
EMAILS = ["ana@x.com.br", "bia@y.com", "caio@z.com"]
NAMES = ["Ana Souza", "João da Silva", "Maria Oliveira"]
FIRST = ["Ana", "João", "Maria"]
LAST = ["Souza", "da Silva", "Oliveira"]
CPFS = ["529.982.247-25", "52998224725", "111.444.777-35"]
NUMBERS = ["10", "123", "s/n", "45A"]
STREETS = ["Rua das Flores", "Av. Brasil, 100", "Travessa A"]
CITIES = ["São Paulo", "Campinas", "Santos"]
WORDS = ["Camiseta Azul", "Calça Jeans", "Meia Branca"]
COMPANIES = ["Padaria Sol LTDA", "Mercado Bom ME", "Lua Eireli"]
YES = ["Sim", "Não", "Sim"]
DATES = ["03/05/1990", "25/12/1980", "01/02/2001"]


def mapped(columns, *, saved=None, seen=None, chosen=None):
    """Columns are (header, cells); a bare text is a header without cells."""
    pairs = [(column, []) if isinstance(column, str) else column for column in columns]
    headers = [header for header, _ in pairs]
    return map_columns(headers, [cells for _, cells in pairs], saved=saved, seen=seen or {}, chosen=chosen)


def fields(columns, **memory):
    return [column.field for column in mapped(columns, **memory).columns]


def test_an_export_of_excel_in_brazil():
    found = mapped(
        [
            ("Nome", NAMES),
            ("E-mail", EMAILS),
            ("Celular", MOBILES),
            ("Endereço", STREETS),
            ("Município", CITIES),
            ("UF", ["SP"]),
        ]
    )
    assert [column.field for column in found.columns] == [
        "full_name",
        "email",
        "mobile",
        "address",
        "city",
        "state",
    ]
    assert all(column.confidence >= 0.9 and column.status == "applied" for column in found.columns)
    assert found.is_sure
    assert found.shape == ""
    assert found.signature == header_signature(["Nome", "E-mail", "Celular", "Endereço", "Município", "UF"])


def test_a_list_without_header_is_known_by_its_contents_and_is_not_sure():
    found = mapped([("", MOBILES), ("", EMAILS), ("", NAMES)])
    assert [column.field for column in found.columns] == ["mobile", "email", "full_name"]
    assert {(column.status, column.evidence, column.confidence) for column in found.columns} == {
        ("confirm", "content", 0.75)
    }
    assert not found.is_sure


def test_headers_made_up_by_programs_count_as_none():
    assert fields([("Coluna1", NAMES), ("Unnamed: 2", EMAILS), ("F3", CITIES), ("B", MOBILES)]) == [
        "full_name", "email", "city", "mobile",
    ]  # fmt: skip


def test_a_cpf_is_never_a_telephone():
    assert fields([("", CPFS), ("", MOBILES)]) == ["cpf", "mobile"]
    assert fields([("Telefone", ["52998224725"] * 4)]) == ["cpf"]
    # What may be both is a CPF: one random number in a hundred has its check digits.
    assert fields([("", ["11900000083"])]) == ["cpf"]


def test_invalid_cpfs_under_their_header_stay_cpfs_and_mobiles_do_not():
    assert fields([("CPF", ["111.222.333-44", "12345678900", "22233344455"])]) == ["cpf"]
    assert fields([("CPF", MOBILES)]) == ["mobile"]


def test_area_code_in_a_column_of_its_own():
    assert fields([("DDD", ["11", "20"]), ("Telefone", ["98765-4321", "3456-7890"])]) == ["ddd", "phone"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["Nome", "Sobrenome"], ["first_name", "last_name"]),
        (["Nome"], ["full_name"]),
        (["Nome completo", "Sobrenome"], ["full_name", "last_name"]),
        (["Nome", "Primeiro nome", "Sobrenome"], ["full_name", "first_name", "last_name"]),
        (["Nome", "Nome completo"], [None, "full_name"]),
        (["Sobrenome", "Nome", "Nome completo"], ["last_name", "first_name", "full_name"]),
        (["Name", "Last Name"], ["first_name", "last_name"]),
    ],
)
def test_what_a_name_is_depends_on_the_last_name(headers, expected):
    assert fields(headers) == expected


def test_what_a_person_called_a_whole_name_stays_one():
    assert fields(["Nome", "Sobrenome"], chosen={0: "full_name"}) == ["full_name", "last_name"]
    assert fields(["Nome", "Sobrenome"], saved={"nome": "full_name"}) == ["full_name", "last_name"]


def test_first_names_and_surnames_without_header():
    assert fields([("", FIRST), ("", LAST), ("", MOBILES)]) == ["first_name", "last_name", "mobile"]
    assert fields([("", NAMES), ("", ["Souza", "Silva"])]) == ["full_name", None]


def test_number_is_what_stands_beside_it():
    address, number, mobile = ("Endereço", STREETS), ("Número", NUMBERS), ("Número", MOBILES)
    assert fields([address, number]) == ["address", "address_number"]
    assert fields(["Endereço", "Nº"]) == ["address", "address_number"]
    assert fields([("CEP", ["01001-000"]), ("Nº", NUMBERS)]) == ["postal_code", "address_number"]
    assert fields([address, mobile]) == ["address", "mobile"]
    assert fields([("Número", ["98765-4321", "3456-7890"])]) == ["phone"]
    assert fields([("Número", CPFS), address]) == ["cpf", "address"]
    assert fields([number]) == [None]
    assert fields(["Número"]) == [None]
    assert fields([("Número", ["abc", "def"])]) == [None]
    apart = mapped([number, ("Nome", NAMES), address]).columns[0]
    assert (apart.field, apart.confidence, apart.status) == ("address_number", 0.65, "confirm")
    assert fields([("Nº", ["1", "2", "3"]), ("Nome", NAMES), address]) == [None, "full_name", "address"]


def test_what_belongs_to_somebody_else():
    assert fields([("Documento", CPFS), ("Documento do Produtor", CPFS)]) == ["cpf_cnpj", None]
    assert fields([("CNPJ", []), ("Produtor", CPFS)]) == ["cnpj", "cpf"]
    assert fields(["Primary Associated Company ID", "Nome do afiliado"]) == [None, None]


def test_parts_of_an_address_named_after_it():
    columns = [
        ("Endereço - Rua", STREETS),
        ("Endereço - Número", NUMBERS),
        "Endereço - Bairro",
        ("Endereço - Cidade", CITIES),
    ]
    assert fields(columns) == ["address", "address_number", "neighborhood", "city"]
    assert fields([("Endereço, número", STREETS)]) == ["address"]


def test_contents_correct_headers():
    assert fields([("Cliente", COMPANIES), ("Contato", MOBILES)]) == ["full_name", "mobile"]
    assert fields([("Nome", NAMES), ("Contato", EMAILS), ("Cliente", YES)]) == ["full_name", "email", None]
    assert fields([("Estado", ["Novo", "Usado", "Novo"]), ("E-mail válido?", YES)]) == [None, None]
    assert fields([("Country Code", ["+55", "55", "1"])]) == ["ddi"]
    assert fields([("Country Code", ["BR", "Brasil", "PT"])]) == [None]
    assert fields([("Nomee", YES)]) == [None]
    assert fields([("Sobrenme", NAMES), ("Sobrenom", ["12", "x1", "??"])]) == ["last_name", None]


def test_contents_under_strange_headers():
    assert fields([("Retornar para", MOBILES), ("Coisa", EMAILS), ("Data", DATES), ("Lugar", CITIES)]) == [
        "mobile", "email", None, None,
    ]  # fmt: skip
    assert fields([("Nome da peça", WORDS), ("Nome de guerreiro", NAMES)]) == [None, "full_name"]
    assert fields([("Nome da mãe", NAMES), ("Fax", LANDLINES), ("E-mail do vendedor", EMAILS)]) == [
        None,
        None,
        None,
    ]
    assert fields([("E-mail válido?", EMAILS)]) == ["email"]


def test_a_person_responsible_is_the_contact_when_nobody_else_is_named():
    columns = [("Empresa", COMPANIES), ("Responsável", NAMES)]
    assert fields(columns) == ["company", "full_name"]
    assert fields([*columns, ("Nome", NAMES)]) == ["company", "owner", "full_name"]
    assert fields([("Empresa", COMPANIES), ("Responsável", ["Ana"] * 9)]) == ["company", "owner"]
    assert fields([("Empresa", COMPANIES), ("Vendedor", NAMES)]) == ["company", "owner"]
    assert fields(columns, chosen={1: "owner"}) == ["company", "owner"]
    assert fields(["Empresa", "Responsável"]) == ["company", "owner"]


def test_people_under_a_strange_header_are_found_when_nobody_else_is_named():
    found = mapped([("Quem comprou", NAMES), ("Contato", MOBILES)]).columns[0]
    assert (found.field, found.confidence, found.status) == ("full_name", 0.65, "confirm")
    assert fields([("Quem comprou", NAMES), ("Nome", NAMES)]) == [None, "full_name"]
    assert fields([("Quem comprou", NAMES), ("Quem pagou", [*NAMES, "Zyx Qwert"])]) == ["full_name", None]
    assert fields([("Quem comprou", NAMES)], seen={"quem comprou": ""}) == [None]
    assert fields([("Quem comprou", NAMES)], chosen={0: ""}) == [None]
    assert (
        fields(
            [("Cadastrado por", NAMES), ("Nome do pai", NAMES), ("Peça", WORDS), ("Xyz", ["Ana Lima"] * 9)]
        )
        == [None] * 4
    )


def test_a_single_field_is_given_once_and_to_the_better_column():
    assert fields(["Logradouro", "Endereço"]) == [None, "address"]
    assert fields(["Nome Fantasia", "Razão Social"]) == [None, "company"]
    assert fields([("Cidade", []), ("Home City", CITIES)]) == [None, "city"]
    assert fields(["Cidade", "Cidade"]) == ["city", None]
    assert fields(["Bairro", "Bairro 2"]) == ["neighborhood", None]


def test_many_columns_of_telephones_and_emails():
    found = mapped(
        ["Telefone", "Telefone", "Telefone 2", "E-mail", "E-mail 2", "Tags", "Categoria", "Obs", "Mensagem"]
    )
    assert [column.field for column in found.columns] == [
        "phone", "phone", "phone", "email", "email", "tags", "tags", "notes", "notes",
    ]  # fmt: skip
    assert [column.normalised for column in found.columns[:3]] == ["telefone", "telefone 3", "telefone 2"]
    assert [column.ordinal for column in found.columns[:5]] == [0, 0, 2, 0, 2]


def test_empty_headers_between_named_ones():
    assert fields([("Nome", NAMES), ("", EMAILS), ("", []), ("Telefone", MOBILES), ("", ["SP", "RJ"])]) == [
        "full_name", "email", None, "phone", "state",
    ]  # fmt: skip


def test_memory_of_this_shape_wins_over_everything_but_a_person():
    columns = [("Telefone", MOBILES), ("Coisa", WORDS), ("Nome", NAMES)]
    saved = {"telefone": "", "coisa": "company", "nome": "first_name"}
    found = mapped(columns, saved=saved)
    assert [column.field for column in found.columns] == [None, "company", "first_name"]
    assert [column.evidence for column in found.columns] == ["saved"] * 3
    assert [column.status for column in found.columns] == ["unmapped", "applied", "applied"]
    assert [column.confidence for column in found.columns] == [1.0, 1.0, 1.0]
    assert fields(columns, saved=saved, chosen={1: "", 0: "whatsapp"}) == ["whatsapp", None, "first_name"]


def test_memory_is_doubted_when_the_contents_contradict():
    column = mapped([("E-mail", NAMES)], saved={"email": "email"}).columns[0]
    assert (column.field, column.confidence, column.status) == ("email", 0.60, "confirm")
    assert fields([("Coisa", MOBILES)], seen={"coisa": "email"}) == ["mobile"]


def test_memory_of_other_files():
    found = mapped([("Coisa", WORDS), ("Nome", NAMES)], seen={"coisa": "job_title"}).columns
    assert (found[0].field, found[0].confidence, found[0].evidence) == ("job_title", 0.97, "seen")
    # What was left out elsewhere is not guessed at, but a plain name of a field is no guess.
    assert fields([("Retorno", MOBILES), ("Telefone", MOBILES)], seen={"retorno": "", "telefone": ""}) == [
        None,
        "phone",
    ]
    assert fields([("Telefone financeiro", MOBILES)], seen={"telefone financeiro": ""}) == [None]


def test_fields_that_no_longer_exist_are_forgotten():
    memory = {"nome": "old", "": "email"}
    assert fields(["Nome", ""], saved=memory, seen=memory, chosen={0: "older", 1: "old"}) == [
        "full_name",
        None,
    ]


def test_a_choice_given_twice_counts_once():
    assert fields(["A1", "B1"], chosen={0: "city", 1: "city"}) == ["city", None]
    assert fields(["A1", "B1"], chosen={0: "", 1: ""}) == [None, None]


def test_sure_needs_somebody_to_reach():
    assert not mapped(["Cidade", "UF"]).is_sure
    assert not mapped([]).is_sure
    assert not mapped(["Nome", "Telefne"]).is_sure
    assert mapped(["Nome", "Coisa"]).is_sure


def test_missing_samples_count_as_none():
    found = map_columns(["Nome", "E-mail"], [], saved=None, seen={}, chosen=None)
    assert [column.field for column in found.columns] == ["full_name", "email"]


SHAPES = """
[ghl]
Contact Id=external_id,First Name=first_name,Last Name=last_name,Name=full_name,Phone=phone,Email=email
Created=created_at,Last Activity=,Tags=tags
[ghl]
First Name=first_name,Last Name=last_name,Email=email,Phone=phone,Business Name=company,Address=address
City=city,State=state,Postal Code=postal_code,Country=country,Contact Source=source,Tags=tags
Additional Emails=extra_email,Additional Phones=extra_phone,Date of Birth=birthday,Contact ID=external_id
External ID=
[google_contacts]
Name=full_name,Given Name=first_name,Additional Name=,Family Name=last_name,Group Membership=tags
E-mail 1 - Type=,E-mail 1 - Value=email,E-mail 2 - Value=email,Phone 1 - Type=,Phone 1 - Value=phone
Organization 1 - Name=company,Organization 1 - Title=job_title,Address 1 - Street=address,Address 2 - Street=
Address 1 - City=city,Address 1 - Region=state,Website 1 - Value=website,Custom Field 1 - Value=
[google_contacts]
First Name=first_name,Middle Name=,Last Name=last_name,Phonetic First Name=,Organization Name=company
Labels=tags,E-mail 1 - Label=,E-mail 1 - Value=email,Phone 1 - Value=phone,Photo=
[outlook]
Title=,First Name=first_name,Last Name=last_name,Company=company,Business Street=address,Home Street=
Business City=city,Business Country/Region=country,Business Phone=phone,Home Phone=phone,Mobile Phone=mobile
Business Fax=,E-mail Address=email,E-mail 2 Address=email,E-mail Display Name=,Categories=tags,Anniversary=
Assistant's Phone=,Web Page=website
[meta_leads]
id=external_id,created_time=created_at,ad_id=,ad_name=,campaign_name=,form_name=,is_organic=,platform=source
full_name=full_name,phone_number=phone,email=email,zip_code=postal_code,city=city,lead_status=
[google_forms]
Carimbo de data/hora=created_at,Nome de usuário=email,Qual é o seu nome completo?=full_name
Qual é o seu telefone?=phone,Em qual cidade você mora?=city
[whatsapp]
Country Code=ddi,Phone Number=whatsapp,Saved Name=full_name,Public Display Name=,Is My Contact=
[shopify]
Customer ID=external_id,First Name=first_name,Last Name=last_name,Email=email,Accepts Email Marketing=opt_in
Default Address Address1=address,Default Address Address2=address_extra,Default Address City=city
Default Address Province Code=state,Default Address Zip=postal_code,Phone=phone,Total Spent=,Note=notes
Tags=tags
[salesforce]
First Name=first_name,Last Name=last_name,Title=job_title,Account Name=company,Mailing Street=address
Mailing City=city,Mailing State/Province=state,Mailing Zip/Postal Code=postal_code,Phone=phone,Mobile=mobile
Email=email,Lead Source=source,Contact Owner=owner,Email Opt Out=opt_out
[mailchimp]
Email Address=email,First Name=first_name,Last Name=last_name,Phone Number=phone,Birthday=birthday
MEMBER_RATING=,OPTIN_TIME=created_at,OPTIN_IP=,REGION=state,TAGS=tags,NOTES=notes
[]
id=external_id,name=full_name,email=email,phone_number=phone,country=country,city=city,company_name=company
[]
Record ID - Contact=external_id,First Name=first_name,Last Name=last_name,Email=email,Phone Number=phone
Mobile Phone Number=mobile,Contact owner=owner,Lead Status=,Create Date=created_at,Associated Company=company
State/Region=state,Job Title=job_title,Website URL=website
[]
Email=email,Nome=full_name,Telefone=phone,Celular=mobile,Cargo=job_title,Empresa=company,Cidade=city
Estado=state,Estágio no funil=,Lead Scoring - Perfil=,Tags=tags,Origem da primeira conversão=source
Data da primeira conversão=created_at,Total de conversões=,Dono do lead=owner,Site=website,Anotações=notes
[]
Nome do comprador=full_name,E-mail=email,CPF / CNPJ=cpf_cnpj,Telefone=phone,Nome para a entrega=
Endereço=address,Número=address_number,Complemento=address_extra,Bairro=neighborhood,Cidade=city
Código postal=postal_code,Estado=state,País=country
[]
First Name=first_name,Last Name=last_name,Email 1=email,Email 2=email,Phone 1=phone,Address 1 - Type=
Address 1 - Street=address,Address 1 - City=city,Address 1 - State/Region=state,Address 1 - Zip=postal_code
Labels=tags,Created At (UTC+0)=created_at,Email subscriber status=,Last Activity=,Source=source
[]
Person - Name=full_name,Person - Email - Work=email,Person - Phone - Mobile=mobile
Person - Organization=company,Person - Owner=owner
[]
ID=external_id,Nome=full_name,Fantasia=company,Endereço=address,Número=address_number
Complemento=address_extra,Bairro=neighborhood,CEP=postal_code,Cidade=city,UF=state,Contatos=,Fone=phone,Fax=
Celular=mobile,E-mail=email,Web Site=website,Tipo pessoa=,CNPJ / CPF=cpf_cnpj,IE / RG=,Situação=
Observações=notes,Estado civil=,Sexo=gender,Data nascimento=birthday,Naturalidade=,Nome pai=,CPF pai=
Nome mãe=,Segmento=tags,Vendedor=owner,Cliente desde=created_at
"""


def exports():
    for part in SHAPES.split("[")[1:]:
        name, columns = part.split("]\n")
        yield name, [column.rsplit("=", 1) for column in columns.strip().replace("\n", ",").split(",")]


@pytest.mark.parametrize(("shape", "pairs"), list(exports()))
def test_exports_of_known_producers(shape, pairs):
    found = mapped([header for header, _ in pairs])
    assert found.shape == shape
    assert [(column.header, column.field or "") for column in found.columns] == [
        tuple(pair) for pair in pairs
    ]
    if shape:
        assert {column.confidence for column in found.columns if column.evidence == "shape"} == {1.0}


def test_a_column_that_a_shape_leaves_out_is_not_guessed_at_unless_a_person_mapped_it():
    columns = ["created_time", "full_name", ("ad_name", EMAILS)]
    assert fields(columns)[2] is None
    assert fields(columns, seen={"ad name": "email"})[2] == "email"
