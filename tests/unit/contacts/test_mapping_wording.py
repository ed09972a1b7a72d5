"""What headers say by their words: exact, without stop words, contained, mistyped; and those that say nothing."""

import pytest

from balcao.modules.contacts.mapping.normal_form import normalise_header
from balcao.modules.contacts.mapping.wording import is_about_others, readings_of


def best(header):
    readings = readings_of(normalise_header(header))
    return (readings[0].field, readings[0].score, readings[0].evidence) if readings else None


SURE = """
Nº Celular (WhatsApp)=whatsapp|E-MAIL DO CLIENTE=email|Telefone 1=phone|Tel2=phone|fone_res=phone|Dt.Nasc=birthday
UF/Estado=state|Cidade/UF=city|Endereço (Rua)=address|Qual o seu melhor e-mail?=email|full_name=full_name
phone_number=phone|Cod=external_id|Código Cliente=external_id|CPF ou CNPJ=cpf_cnpj|Razao Social=company
NOME FANTASIA=company|Obs.:=notes|Bairro/Distrito=neighborhood|1. Nome=full_name|2) E-mail=email|2º Telefone=phone
Telefone (com DDD)=phone|Telefone (sem DDD)=phone|DDD + Telefone=phone|DDD1=ddd|Tel/Cel=mobile|Cel/Whats=whatsapp
Telefone Fixo/Celular=mobile|Telefones=phone|Celulares=mobile|E-mails=email|Documento (CPF/CNPJ)=cpf_cnpj
Documento - CPF=cpf|Documento/CNPJ=cnpj|Nome + Sobrenome=full_name|First & Last Name=full_name|Nome (primeiro nome)=full_name
Mailing State/Province=state|Mailing Zip/Postal Code=postal_code|Billing First Name=first_name|billing_phone=phone
billing_address_1=address|billing_address_2=address_extra|Person - Email - Work=email|Person - Phone - Mobile=mobile
Pessoa - Nome=full_name|Default Address City=city|Created At (UTC+0)=created_at|Dt. Cad.=created_at
WhatsApp com DDD (somente números)=whatsapp|Digite seu WhatsApp=whatsapp|Melhor telefone para contato=phone
NM_CLIENTE=full_name|NR_TELEFONE=phone|DS_EMAIL=email|SG_UF=state|CD_CLIENTE=external_id|NU_CPF=cpf
Endereço - Cidade=city|Endereço - CEP=postal_code|Endereço e bairro=address|Endereço, número, bairro=address
Endereço, complemento, bairro=address|Número/Complemento=address_extra|Municípios - Estados=city
Telefone de recados=extra_phone|Outro whatsapp=extra_phone|Outros e-mails=extra_email|E-mail / outro e-mail=extra_email
Data de nascimento (dd/mm/aaaa)=birthday|Aniversário (dia/mês)=birthday|Sobrenome(s)=last_name|Aluno(a)=full_name
Etiqueta(s)=tags|Nome Fantasia / Razão Social=company|Person - Organization=company|Empresa (cadastrada)=company
Address 1 - City=city|Qual o nome da sua empresa?=company|Lead ID=external_id|Mobile Phone Number=mobile|CPF/MF=cpf
"""


@pytest.mark.parametrize("pair", SURE.replace("\n", "|").strip("|").split("|"))
def test_headers_that_need_no_guess(pair):
    header, field = pair.rsplit("=", 1)
    found = best(header)
    assert found is not None
    assert (found[0], found[1] >= 0.90) == (field, True)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Nome", ("full_name", 0.95, "synonym")),
        ("Telefone do Cliente", ("phone", 0.90, "stop_words")),
        ("Celular do responsável", ("mobile", 0.80, "contained")),
        ("E-mail do aluno", ("email", 0.80, "contained")),
        ("Telefone da empresa", ("phone", 0.80, "contained")),
        ("Telefone Sócio", ("phone", 0.80, "contained")),
        ("Nome completo do aluno", ("full_name", 0.80, "contained")),
        ("Nome da noiva", ("full_name", 0.80, "contained")),
        ("Nome da cidade", ("city", 0.80, "contained")),
        ("Empresa/Cargo", ("job_title", 0.80, "contained")),
        ("Telefone 45", ("phone", 0.70, "contained")),
        ("Nome da rua", ("address", 0.80, "contained")),
        ("Street name (home)", ("address", 0.90, "stop_words")),
        ("Nome do vendedor", ("owner", 0.80, "contained")),
        ("Como você conheceu a nossa loja?", ("source", 0.80, "contained")),
        ("Data em que fez o cadastro", ("created_at", 0.80, "contained")),
        ("Aceita receber WhatsApp?", ("opt_in", 0.80, "contained")),
        ("Aceita receber mensagens no WhatsApp", ("opt_in", 0.80, "contained")),
        ("Não aceita receber novidades", ("opt_out", 0.80, "contained")),
        ("Telefone financeiro", ("phone", 0.70, "contained")),
        ("E-mail financeiro", ("email", 0.70, "contained")),
        ("Municipioo", ("city", 0.70, "fuzzy")),
        ("Data de nacimento", ("birthday", 0.70, "fuzzy")),
        ("Telefne", ("phone", 0.62, "fuzzy")),
        ("Celualr", ("mobile", 0.62, "fuzzy")),
        ("Endere?o", ("address", 0.62, "fuzzy")),
    ],
)
def test_guesses_and_their_scores(header, expected):
    assert best(header) == expected


NOTHING = """
Nome da mãe|Nome do pai|Nome do produto|Nome do pet|CPF do cônjuge|Celular (mãe)|Telefone de emergência|Contato de emergência
E-mail do vendedor|Telefone do vendedor|E-mail válido?|Tipo de telefone|Operadora celular|E-mail verificado|Email subscriber status
Data|Valor|Status|Situação|Idade|Contrato|Data de Vencimento|Data da última compra|List Name|Apelido|Nome de usuário|Username
Estado civil|Fax|RG|IE|Inscrição Estadual|Número|Nº|Número do pedido|Plano|Produto|Cidade de nascimento|UF de nascimento
Nome e CPF|Nome/Telefone|Nome / Cidade|Mês de aniversário|Aniversário de casamento|Número do nome|Outra cidade
Você já é cliente?|É cliente?|Cliente é|Facebook|LinkedIn|Foto|Pix|Campaign name|ad_name|Unnamed: 3|Coluna 1|Peso|O|||
DDD/DDI|Apto 12|Rua 7|Xyz|Ab
"""


@pytest.mark.parametrize("header", NOTHING.replace("\n", "|").strip("|").split("|"))
def test_headers_that_say_nothing(header):
    assert best(header) is None


def test_number_beside_an_address_is_two_things_until_the_cells_are_seen():
    readings = readings_of(normalise_header("Endereço - Número"))
    assert [(reading.field, reading.score) for reading in readings] == [
        ("address", 0.90),
        ("address_number", 0.85),
    ]


def test_a_field_is_read_once_even_when_two_ways_lead_to_it():
    fields = [reading.field for reading in readings_of(normalise_header("Aceita receber por whatsapp"))]
    assert fields == ["opt_in", "whatsapp"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Nome da mãe", True),
        ("Fax", True),
        ("Produtos", True),
        ("E-mail válido?", False),
        ("Coisa", False),
        ("", False),
    ],
)
def test_headers_about_others(header, expected):
    assert is_about_others(normalise_header(header)) is expected
