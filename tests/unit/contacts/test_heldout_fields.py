"""Places, documents, dates, texts and headers as a reader of the specification (sections 3, 4.4 and 5.5) expects them: one more
look at the rules, written down without a look at how they are made.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from balcao.modules.contacts.cleaning.dates import clean_date, date_order
from balcao.modules.contacts.cleaning.documents import clean_cnpj, clean_cpf, clean_cpf_cnpj
from balcao.modules.contacts.cleaning.findings import Cell, Cleaned
from balcao.modules.contacts.cleaning.links import clean_website
from balcao.modules.contacts.cleaning.places import (
    city_in_state,
    clean_city,
    clean_country,
    clean_postal_code,
    clean_state,
)
from balcao.modules.contacts.cleaning.tags import clean_tags
from balcao.modules.contacts.cleaning.texts import clean_notes, clean_text
from balcao.modules.contacts.mapping.assignment import map_columns
from balcao.modules.contacts.people_fields import INDEX, PERSON
from balcao.modules.contacts.pipeline.duplicates import NAMELESS, Keys, same_people
from balcao.modules.contacts.pipeline.joining_people import joined_person, left_out, time_of_day

TODAY = date(2026, 11, 23)
BANDS = {"a": "applied", "c": "confirm", "u": "unmapped"}


def _city(cell: Cell) -> Cleaned:
    city, state, findings = clean_city(cell)
    return Cleaned(
        f"{city}|{state}" if state else city, (), tuple(f for f in findings if f.code != "CITY_STATE_SPLIT")
    )


RULES: dict[str, Callable[[Cell], Cleaned]] = {
    "cep": clean_postal_code,
    "uf": clean_state,
    "country": clean_country,
    "city": _city,
    "cpf": clean_cpf,
    "cnpj": clean_cnpj,
    "cpf_cnpj": clean_cpf_cnpj,
    "tags": clean_tags,
    "website": clean_website,
    "notes": clean_notes,
    "text": clean_text,
}
CELLS: list[tuple[str, Cell, str, str]] = [
    ("cep", 1001000.0, "01001-000", "CEP_LEADING_ZERO"), ("cep", "1001000", "01001-000", "CEP_LEADING_ZERO"),
    ("cep", "01001000", "01001-000", ""), ("cep", "01001-000", "01001-000", ""),
    ("cep", "01.001-000", "01001-000", ""), ("cep", "CEP 01001-000", "01001-000", ""),
    ("cep", "CEP: 30140-071", "30140-071", ""), ("cep", "30140 071", "30140-071", ""),
    ("cep", 30140071.0, "30140-071", ""), ("cep", "30140071.0", "30140-071", ""),
    ("cep", "z:30140071", "30140-071", ""), ("cep", "00999-999", "", "CEP_INVALID"),
    ("cep", "01000-000", "01000-000", ""), ("cep", "0000000", "", "CEP_INVALID"),
    ("cep", "301400711", "", "CEP_INVALID"), ("cep", "30140", "", "CEP_INVALID"), ("cep", "abc", "", "CEP_INVALID"),
    ("cep", "-", "", ""), ("cep", "n/a", "", ""), ("cep", 0.0, "", ""), ("cep", "30140‑071", "30140-071", ""),
    ("cep", "３０１４０-071", "30140-071", ""), ("cep", "'01001-000", "01001-000", ""), ("cep", "0", "", ""),
    ("cep", 130000.0, "", "CEP_INVALID"), ("uf", "SP", "SP", ""), ("uf", "sp", "SP", ""),
    ("uf", "São Paulo", "SP", ""), ("uf", "SAO PAULO", "SP", ""), ("uf", "sao  paulo", "SP", ""),
    ("uf", "SP - São Paulo", "SP", ""), ("uf", "São Paulo - SP", "SP", ""), ("uf", "São Paulo (SP)", "SP", ""),
    ("uf", "Estado de São Paulo", "SP", ""), ("uf", "Estado do Rio de Janeiro", "RJ", ""),
    ("uf", "Estado da Bahia", "BA", ""), ("uf", "estado do ceara", "CE", ""), ("uf", "Mato Grosso", "MT", ""),
    ("uf", "Mato Grosso do Sul", "MS", ""), ("uf", "Rio Grande do Norte", "RN", ""),
    ("uf", "RIO GRANDE DO SUL", "RS", ""), ("uf", "Paraíba", "PB", ""), ("uf", "Paraná", "PR", ""),
    ("uf", "Pará", "PA", ""), ("uf", "Espirito Santo", "ES", ""), ("uf", "Distrito Federal", "DF", ""),
    ("uf", "Rondônia", "RO", ""), ("uf", "Roraima", "RR", ""), ("uf", "Amapá", "AP", ""), ("uf", "Amazonas", "AM", ""),
    ("uf", "Acre", "AC", ""), ("uf", "Tocantins", "TO", ""), ("uf", "Maranhão", "MA", ""), ("uf", "Piauí", "PI", ""),
    ("uf", "Sergipe", "SE", ""), ("uf", "Alagoas", "AL", ""), ("uf", "Goiás", "GO", ""), ("uf", "Goias", "GO", ""),
    ("uf", "Santa Catarina", "SC", ""), ("uf", "Campinas/SP", "SP", ""), ("uf", "SP.", "SP", ""),
    ("uf", "XX", "XX", "STATE_UNKNOWN"), ("uf", "California", "California", "STATE_UNKNOWN"),
    ("uf", "Narnia", "Narnia", "STATE_UNKNOWN"), ("uf", "-", "", ""), ("uf", "n/a", "", ""), ("uf", " mg ", "MG", ""),
    ("country", "Brasil", "BR", ""), ("country", "BRASIL", "BR", ""), ("country", "brazil", "BR", ""),
    ("country", "BR", "BR", ""), ("country", "br", "BR", ""), ("country", "BRA", "BR", ""), ("country", "", "BR", ""),
    ("country", "Portugal", "PT", ""), ("country", "PT", "PT", ""), ("country", "PRT", "PT", ""),
    ("country", "portugal", "PT", ""), ("country", "Estados Unidos", "US", ""), ("country", "EUA", "US", ""),
    ("country", "USA", "US", ""), ("country", "United States", "US", ""), ("country", "Argentina", "AR", ""),
    ("country", "Alemanha", "DE", ""), ("country", "Germany", "DE", ""), ("country", "Japão", "JP", ""),
    ("country", "Reino Unido", "GB", ""), ("country", "Espanha", "ES", ""), ("country", "Itália", "IT", ""),
    ("country", "França", "FR", ""), ("country", "Atlântida", "", "COUNTRY_UNKNOWN"),
    ("country", "ZZ", "", "COUNTRY_UNKNOWN"), ("country", "xyz", "", "COUNTRY_UNKNOWN"),
    ("cpf", "529.982.247-25", "52998224725", ""), ("cpf", "52998224725", "52998224725", ""),
    ("cpf", 52998224725.0, "52998224725", ""), ("cpf", "529 982 247 25", "52998224725", ""),
    ("cpf", "CPF: 529.982.247-25", "52998224725", ""), ("cpf", "529.982.247-26", "", "CPF_INVALID"),
    ("cpf", "111.111.111-11", "", "CPF_INVALID"), ("cpf", "000.000.000-00", "", "CPF_INVALID"),
    ("cpf", "123", "", "CPF_INVALID"), ("cpf", "123456789012", "", "CPF_INVALID"), ("cpf", "-", "", ""),
    ("cpf", "abc", "", "CPF_INVALID"), ("cpf", "529982247-25", "52998224725", ""), ("cpf", "não informado", "", ""),
    ("cnpj", "11.222.333/0001-81", "11222333000181", ""), ("cnpj", "11222333000181", "11222333000181", ""),
    ("cnpj", 11222333000181.0, "11222333000181", ""), ("cnpj", "11222333/0001-81", "11222333000181", ""),
    ("cnpj", "12.ABC.345/01DE-35", "12ABC34501DE35", ""), ("cnpj", "12abc34501de35", "12ABC34501DE35", ""),
    ("cnpj", "12ABC34501DE35", "12ABC34501DE35", ""), ("cnpj", "12.ABC.345/01DE-36", "", "CNPJ_INVALID"),
    ("cnpj", "11.222.333/0001-82", "", "CNPJ_INVALID"), ("cnpj", "00.000.000/0000-00", "", "CNPJ_INVALID"),
    ("cnpj", "191", "", "CNPJ_INVALID"), ("cnpj", "CNPJ 11.222.333/0001-81", "11222333000181", ""),
    ("cnpj", "11.111.111/1111-11", "", "CNPJ_INVALID"), ("cnpj", "12.ABC.345/01DE-AB", "", "CNPJ_INVALID"),
    ("cpf_cnpj", "529.982.247-25", "52998224725", ""), ("cpf_cnpj", "11.222.333/0001-81", "11222333000181", ""),
    ("cpf_cnpj", "12.ABC.345/01DE-35", "12ABC34501DE35", ""),
    ("tags", "VIP; Lead ,vip|Quente", "VIP, Lead, Quente", ""), ("tags", "plano 1.5", "plano 1 5", ""),
    ("tags", "VIP", "VIP", ""), ("tags", "a,b,,c", "a, b, c", ""), ("tags", ";;", "", ""), ("tags", "a/b", "a/b", ""),
    ("tags", "Cliente.Novo", "Cliente Novo", ""), ("tags", "=VIP", "VIP", "CELL_FORMULA_NEUTRALIZED"),
    ("tags", "-", "", ""), ("tags", " a ; A ;b", "a, b", ""), ("tags", "ação, Ação", "ação", ""),
    ("tags", "v1.0.", "v1 0", ""), ("website", "empresa.com.br", "https://empresa.com.br", ""),
    ("website", "www.empresa.com.br", "https://www.empresa.com.br", ""),
    ("website", "http://empresa.com.br", "http://empresa.com.br", ""),
    ("website", "https://empresa.com.br/x?y=1", "https://empresa.com.br/x?y=1", ""),
    ("website", "empresa", "", "WEBSITE_INVALID"), ("website", "-", "", ""), ("website", "não tem", "", ""),
    ("notes", "Ligar amanhã", "Ligar amanhã", ""), ("notes", "=1+1", "=1+1", "CELL_FORMULA_NEUTRALIZED"),
    ("notes", "-2+3", "-2+3", "CELL_FORMULA_NEUTRALIZED"), ("notes", "", "", ""),
    ("text", "@SUM(1+1)", "SUM(1+1)", "CELL_FORMULA_NEUTRALIZED"), ("text", "-2+3", "2+3", "CELL_FORMULA_NEUTRALIZED"),
    ("text", "\t=1", "1", "CELL_FORMULA_NEUTRALIZED"), ("text", "=1", "1", "CELL_FORMULA_NEUTRALIZED"),
    ("text", "＝1+1", "1+1", "CELL_FORMULA_NEUTRALIZED"), ("text", " = 1", "1", "CELL_FORMULA_NEUTRALIZED"),
    ("text", "Rua X, 10", "Rua X, 10", ""), ("text", "  a   b ", "a b", ""),
    ("text", "AÃ§Ã£o LTDA", "Ação LTDA", "TEXT_ENCODING_FIXED"), ("text", "Padaria & Cia", "Padaria & Cia", ""),
    ("text", "n/a", "", ""), ("text", "-", "", ""), ("text", "a\nb", "a b", ""),
    ("text", "R.E.I. S/A", "R.E.I. S/A", ""), ("text", "3M", "3M", ""), ("text", 10.0, "10", ""),
    ("city", "Campinas", "Campinas", ""), ("city", "Campinas/SP", "Campinas|SP", ""),
    ("city", "Campinas - SP", "Campinas|SP", ""), ("city", "Campinas, SP", "Campinas|SP", ""),
    ("city", "Campinas (SP)", "Campinas|SP", ""), ("city", "Mogi-Guaçu", "Mogi-Guaçu", ""),
    ("city", "Embu-Guaçu/SP", "Embu-Guaçu|SP", ""), ("city", "Santa Bárbara d'Oeste", "Santa Bárbara d'Oeste", ""),
    ("city", "-", "", ""), ("city", "SÃ£o Paulo", "São Paulo", "TEXT_ENCODING_FIXED"),
    ("city", "=Campinas", "Campinas", "CELL_FORMULA_NEUTRALIZED"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "cell", "value", "expected"), CELLS)
def test_cells(rule: str, cell: Cell, value: str, expected: str) -> None:
    found = RULES[rule](cell)
    assert found.value == value
    codes = {finding.code for finding in found.findings if not finding.code.endswith("_FORMATTED")}
    assert codes == set(expected.split())


DATES: list[tuple[list[Cell], list[str], list[str]]] = [
    (["03/05/1990", "25/12/1980"], ["1990-05-03", "1980-12-25"], ["", ""]),
    (["03/05/1990", "12/25/1980"], ["1990-03-05", "1980-12-25"], ["", ""]), ([32996.0], ["1990-05-03"], [""]),
    ([36585.0], ["2000-02-29"], [""]), (["31/02/1990", "25/12/1980"], ["", "1980-12-25"], ["DATE_INVALID", ""]),
    (["29/02/2001", "25/12/1980"], ["", "1980-12-25"], ["DATE_INVALID", ""]), (["25/12/80"], ["1980-12-25"], [""]),
    (["25/12/26"], [""], ["DATE_OUT_OF_RANGE"]), (["25/12/05"], ["2005-12-25"], [""]),
    (["25/12/27"], ["1927-12-25"], [""]), (["25/12/1899"], [""], ["DATE_OUT_OF_RANGE"]),
    (["25/12/2030"], [""], ["DATE_OUT_OF_RANGE"]), (["1990-05-03"], ["1990-05-03"], [""]),
    (["1990/05/03"], ["1990-05-03"], [""]), (["1990-05-03T00:00:00"], ["1990-05-03"], [""]),
    (["1990-05-03 00:00:00"], ["1990-05-03"], [""]), (["25-12-1980"], ["1980-12-25"], [""]),
    (["25.12.1980"], ["1980-12-25"], [""]), (["25/12/1980 10:30"], ["1980-12-25"], [""]),
    (["3 de maio de 1990"], ["1990-05-03"], [""]), (["03/mai/1990"], ["1990-05-03"], [""]),
    (["3-mai-90"], ["1990-05-03"], [""]), (["25 dez 1980"], ["1980-12-25"], [""]),
    (["25 de março de 1980"], ["1980-03-25"], [""]), (["25/dez./1980"], ["1980-12-25"], [""]),
    (["abc"], [""], ["DATE_INVALID"]), (["25/12"], [""], ["DATE_INVALID"]), (["32/12/1980"], [""], ["DATE_INVALID"]),
    (["-", "n/a", ""], ["", "", ""], ["", "", ""]), ([32996.5], ["1990-05-03"], [""]),
    (["1/5/1990", "25/12/1980"], ["1990-05-01", "1980-12-25"], ["", ""]), (["25/13/1980"], [""], ["DATE_INVALID"]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "values", "expected"), DATES)
def test_birthdays_of_a_column(cells: list[Cell], values: list[str], expected: list[str]) -> None:
    order = date_order(cells)
    found = [clean_date(cell, order, today=TODAY) for cell in cells]
    assert [one.value for one in found] == values
    codes = [
        {finding.code for finding in one.findings if not finding.code.endswith("_FORMATTED")} for one in found
    ]
    assert codes == [set(code.split()) for code in expected]


HEADERS = [
    ("Nome", "full_name", "a"), ("NOME COMPLETO", "full_name", "a"), ("nome_completo", "full_name", "a"),
    ("nomeCompleto", "full_name", "a"), ("Nome do Cliente", "full_name", "a"), ("Cliente", "full_name", "a"),
    ("Qual é o seu nome?", "full_name", "a"), ("Seu nome:", "full_name", "a"), ("Nome no WhatsApp", "full_name", "a"),
    ("Full Name", "full_name", "a"), ("full_name", "full_name", "a"), ("Aluno", "full_name", "a"),
    ("Primeiro Nome", "first_name", "a"), ("First Name", "first_name", "a"), ("firstName", "first_name", "a"),
    ("Sobrenome", "last_name", "a"), ("Last Name", "last_name", "a"), ("Último Nome", "last_name", "a"),
    ("E-mail", "email", "a"), ("EMAIL", "email", "a"), ("e_mail", "email", "a"), ("E-mail 2", "email", "a"),
    ("Email do contato", "email", "a"), ("Qual o seu melhor e-mail?", "email", "a"),
    ("Endereço de e-mail", "email", "a"), ("Correio eletrônico", "email", "a"), ("Telefone", "phone", "a"),
    ("TELEFONE 1", "phone", "a"), ("Telefone 2", "phone", "a"), ("Tel.", "phone", "a"), ("Fone", "phone", "a"),
    ("qual_é_o_seu_telefone?", "phone", "a"), ("Nº Telefone", "phone", "a"), ("n° telefone", "phone", "a"),
    ("DDD/Telefone", "phone", "a"), ("Phone Number", "phone", "a"), ("phoneNumber", "phone", "a"),
    ("Celular", "mobile", "a"), ("CEL.", "mobile", "a"), ("Celular (WhatsApp)", "whatsapp", "a"),
    ("WhatsApp", "whatsapp", "a"), ("Whats App", "whatsapp", "a"), ("Zap", "whatsapp", "a"),
    ("Celular/WhatsApp", "whatsapp", "a"), ("Nº do WhatsApp", "whatsapp", "a"), ("Celular do cliente", "mobile", "a"),
    ("DDD", "ddd", "a"), ("Cód. Área", "ddd", "a"), ("DDI", "ddi", "a"), ("Telefone recado", "extra_phone", "a"),
    ("Outro e-mail", "extra_email", "a"), ("Empresa", "company", "a"), ("Razão Social", "company", "a"),
    ("Nome Fantasia", "company", "a"), ("Company Name", "company", "a"), ("Cargo", "job_title", "a"),
    ("Endereço", "address", "a"), ("Logradouro", "address", "a"), ("End.", "address", "a"), ("Rua", "address", "a"),
    ("Complemento", "address_extra", "a"), ("Bairro", "neighborhood", "a"), ("Nº Casa", "address_number", "a"),
    ("Cidade", "city", "a"), ("Município", "city", "a"), ("UF", "state", "a"), ("Estado/UF", "state", "a"),
    ("CEP", "postal_code", "a"), ("Cód. Postal", "postal_code", "a"), ("País", "country", "a"),
    ("Data de Nascimento", "birthday", "a"), ("DT. NASCIMENTO", "birthday", "a"), ("Aniversário", "birthday", "a"),
    ("dob", "birthday", "a"), ("CPF", "cpf", "a"), ("CNPJ", "cnpj", "a"), ("CPF/CNPJ", "cpf_cnpj", "a"),
    ("Documento", "cpf_cnpj", "a"), ("Sexo", "gender", "a"), ("Tags", "tags", "a"), ("Etiquetas", "tags", "a"),
    ("Grupo", "tags", "a"), ("Origem do Lead", "source", "a"), ("utm_source", "source", "a"),
    ("Como nos conheceu?", "source", "a"), ("Observações", "notes", "a"), ("OBS.", "notes", "a"),
    ("Mensagem", "notes", "a"), ("Site", "website", "a"), ("URL", "website", "a"), ("@Instagram", "instagram", "a"),
    ("Responsável", "owner", "a"), ("Vendedor", "owner", "a"), ("Código do cliente", "external_id", "a"),
    ("ID", "external_id", "a"), ("Carimbo de data/hora", "created_at", "a"), ("Data de Cadastro", "created_at", "a"),
    ("Descadastrado", "opt_out", "a"), ("Opt-in", "opt_in", "a"), ("Aceita receber?", "opt_in", "a"),
    ("Telefonne", "phone", "c"), ("Celulr", "mobile", "c"), ("Municipioo", "city", "c"),
    ("Telefone celular do responsável", "mobile", "c"), ("Data de nascimento do aluno", "birthday", "c"),
    ("Nome completo do comprador principal", "full_name", "c"), ("Valor", "", "u"), ("Produto", "", "u"),
    ("Preço total", "", "u"), ("Coluna 1", "", "u"), ("xyz", "", "u"), ("", "", "u"), ("Qtd", "", "u"),
    ("Status", "", "u"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "field", "band"), HEADERS)
def test_headers_without_cells(header: str, field: str, band: str) -> None:
    column = map_columns([header], [[]], saved=None, seen={}, chosen=None).columns[0]
    assert (column.field or "", column.status) == (field, BANDS[band])


@pytest.mark.parametrize(
    ("cell", "city"),
    [
        ("Campinas/SP", "Campinas"), ("CAMPINAS - SP", "Campinas"), ("Ribeirão Preto (SP)", "Ribeirão Preto"),
        ("SP - São Paulo", ""), ("São Paulo/SP", ""), ("Interior/SP", ""), ("Capital - SP", ""), ("BR-SP", ""),
        ("Estado de Minas Gerais", ""), ("SP", ""), ("SP/RJ", ""), ("Narnia", ""), (None, ""),
    ],
)  # fmt: skip
def test_a_city_in_a_column_of_states(cell: Cell, city: str) -> None:
    assert city_in_state(cell) == city


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("25/12/2023 9:05", "09:05:00"), ("2024-01-02T10:00:07-0300", "10:00:07"), ("1/2/24 11:30:01 PM", "23:30:01"),
        ("12:01 a.m.", "00:01:00"), ("25/12/2023", ""), ("", ""),
    ],
)  # fmt: skip
def test_times_of_day(text: str, time: str) -> None:
    assert time_of_day(text) == time


def _groups(*rows: tuple[str, str, str, str, str]) -> dict[int, list[int]]:
    """Groups of rows of (name, e-mail, telephone key, further e-mail, further telephone key)."""
    keys = Keys()
    for _, email, phone, more_email, more_phone in rows:
        keys.add(email, phone, is_role=email.startswith("contato"), is_landline=phone.startswith("3"))
        if more_email:
            keys.add_further_email(more_email, is_role=more_email.startswith("contato"))
        if more_phone:
            keys.add_further_phone(more_phone)
    return same_people(keys, lambda place: rows[place][0] or NAMELESS + rows[place][1] + rows[place][2])


def test_further_emails_join_and_further_telephones_join_the_same_names() -> None:
    assert _groups(("ana", "a", "", "b", ""), ("bia", "b", "", "", "")) == {0: [0, 1]}
    assert _groups(("ana", "a", "", "c", ""), ("bia", "b", "", "c", "")) == {0: [0, 1]}
    assert _groups(("ana", "a", "", "contato", ""), ("bia", "contato", "", "", "")) == {}
    assert _groups(("ana", "contato", "", "", ""), ("ana", "b", "", "contato", "")) == {0: [0, 1]}
    assert _groups(("ana", "", "1", "", "2"), ("ana", "", "2", "", "")) == {0: [0, 1]}
    assert _groups(("ana", "", "1", "", "2"), ("bia", "", "2", "", ""), ("caio", "", "3", "", "2")) == {}
    assert _groups(("ana", "", "1", "", "31"), ("ana", "", "31", "", "")) == {0: [0, 1]}


def test_rows_without_a_name_join_when_nothing_tells_them_apart() -> None:
    assert _groups(("", "", "31", "", ""), ("", "", "31", "", ""), ("ana", "", "31", "", "")) == {0: [0, 1]}
    assert _groups(("", "a1", "31", "", ""), ("", "a2", "31", "", "")) == {}


def _person(**values: str) -> list[str]:
    return [values.get(name, "") for name in PERSON]


def test_what_a_joined_person_has_no_room_for_is_told() -> None:
    numbers = [f"+551198765{n:04d}" for n in range(1, 14)]
    rows = [_person(email="a@x.com.br", phone=number, notes="x" * 900 + number) for number in numbers]
    joined = joined_person(rows)
    assert len(joined[INDEX["additional_phones"]].split(", ")) == 10
    assert left_out(rows, joined) == [
        ("PHONE_TOO_MANY", "extra_phone", ", ".join(numbers[11:])),
        ("NOTES_TRUNCATED", "notes", ""),
    ]
    assert left_out(rows[:3], joined_person(rows[:3])) == []
    emails = [_person(phone=numbers[0], email=f"a{n}@x.com.br") for n in range(12)]
    assert left_out(emails, joined_person(emails)) == [("EMAIL_TOO_MANY", "extra_email", "a11@x.com.br")]
