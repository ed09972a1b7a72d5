"""Headers: their normal form, what they surely mean, and the signature of a file."""

import pytest

from balcao.modules.contacts.mapping.headers import (
    Header,
    exact_field,
    header_keys,
    header_signature,
    normalise_header,
)


@pytest.mark.parametrize(
    ("header", "text", "ordinal", "base"),
    [
        ("Nome", "nome", 0, "nome"),
        ("  E-MAIL  do Cliente: ", "email do cliente", 0, "email do cliente"),
        ("fullName", "full name", 0, "full name"),
        ("CPFCliente", "cpf cliente", 0, "cpf cliente"),
        ("CEPs", "ceps", 0, "ceps"),
        ("dataDeNascimento", "data de nascimento", 0, "data de nascimento"),
        ("Nº Celular", "numero celular", 0, "numero celular"),
        ("N°", "numero", 0, "numero"),
        ("n.º do imóvel", "numero do imovel", 0, "numero do imovel"),
        ("nºcasa", "numero casa", 0, "numero casa"),
        ("Telefone\n(com DDD)", "telefone com ddd", 0, "telefone com ddd"),
        ("qual_é_o_seu_telefone?", "qual e o seu telefone", 0, "qual e o seu telefone"),
        ("@Instagram", "@instagram", 0, "@instagram"),
        ("E_mails", "emails", 0, "emails"),
        ("Whats App", "whatsapp", 0, "whatsapp"),
        ("WhatsApp", "whatsapp", 0, "whatsapp"),
        ("Telefone 2", "telefone 2", 2, "telefone"),
        ("Tel2", "tel 2", 2, "tel"),
        ("Fone_01", "fone 01", 1, "fone"),
        ("telefone1_ddd", "telefone 1 ddd", 1, "telefone ddd"),
        ("E-mail 2 - Value", "email 2 value", 2, "email value"),
        ("2º Telefone", "2o telefone", 2, "telefone"),
        ("1. Nome", "1 nome", 0, "nome"),
        ("03) E-mail 2", "03 email 2", 2, "email"),
        ("Ano 2024", "ano 2024", 0, "ano 2024"),
        ("\ufeffNome", "nome", 0, "nome"),
        ("No\u200bme", "nome", 0, "nome"),
        ("EndereÃ§o", "endereco", 0, "endereco"),
        ("AÇÃO", "acao", 0, "acao"),
        ("", "", 0, ""),
        ("#", "", 0, ""),
        ("12", "12", 0, ""),
        ("名前", "", 0, ""),
    ],
)
def test_normal_form(header, text, ordinal, base):
    assert normalise_header(header) == Header(text, ordinal, base)
    assert normalise_header(text).text == text


def test_a_cell_of_running_text_is_cut():
    assert len(normalise_header("palavra " * 1000).text) <= 300


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Celular (WhatsApp)", "whatsapp"),
        ("Seu melhor número de WhatsApp", "whatsapp"),
        ("DATANASCIMENTO", "birthday"),
        ("C.P.F.", "cpf"),
        ("Celular do responsável", None),
        ("Nome da mãe", None),
        ("Telefne", None),
        ("Ana Souza", None),
        ("11987654321", None),
        ("ana@x.com.br", None),
        ("Rua 7", None),
        ("Apto 12", None),
        ("São Paulo", None),
        ("", None),
        ("nome " * 50, None),
    ],
)
def test_exact_field_guesses_nothing(text, field):
    assert exact_field(text) == field


def test_repeated_headers_get_keys_of_their_own():
    assert header_keys(["Telefone", "Nome", "Telefone", "Telefone 2", "telefone"]) == [
        "telefone", "nome", "telefone 3", "telefone 2", "telefone 4",
    ]  # fmt: skip


def test_empty_headers_stay_without_key():
    assert header_keys(["", "Nome", " ", "?"]) == ["", "nome", "", ""]


def test_signature_knows_the_shape_and_not_the_order():
    signature = header_signature(["Nome", "E-mail", "Telefone"])
    assert len(signature) == 64
    assert signature == header_signature(["telefone", "NOME", "e_mail"])
    assert signature != header_signature(["Nome", "E-mail"])
    assert signature != header_signature(["Nome", "E-mail", "Telefone", "Telefone"])
