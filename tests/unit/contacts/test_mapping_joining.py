"""How a row is put together."""

from balcao.modules.contacts.mapping.assignment import map_columns
from balcao.modules.contacts.mapping.columns import MappedColumn
from balcao.modules.contacts.mapping.joining import PhoneColumn, contact_columns, plan_of


def plan(*headers, chosen=None):
    return plan_of(map_columns(headers, [], saved=None, seen={}, chosen=chosen).columns)


def column(position, field, *, normalised="", status="applied", ordinal=0):
    return MappedColumn(position, normalised, normalised, field, 0.9, "synonym", status, ordinal)


def test_an_empty_file_has_an_empty_plan():
    found = plan()
    assert (found.full_name, found.emails, found.phones, found.tags, found.address_parts) == (
        None,
        (),
        (),
        (),
        (),
    )


def test_names():
    assert (plan("Nome").first_name, plan("Nome").full_name) == (None, 0)
    both = plan("Sobrenome", "Nome")
    assert (both.first_name, both.last_name, both.full_name) == (1, 0, None)
    whole = plan("Nome completo", "Sobrenome")
    assert (whole.first_name, whole.last_name, whole.full_name) == (None, 1, 0)
    all_three = plan("Nome", "Primeiro nome", "Sobrenome")
    assert (all_three.first_name, all_three.last_name, all_three.full_name) == (1, 2, 0)


def test_a_name_chosen_as_whole_is_the_first_name_beside_a_last_name():
    found = plan("Nome", "Sobrenome", chosen={0: "full_name", 1: "last_name"})
    assert (found.first_name, found.last_name, found.full_name) == (0, 1, None)


def test_telephones_and_emails_in_the_order_in_which_they_count():
    found = plan(
        "Outro telefone",
        "Telefone 2",
        "Telefone",
        "Celular",
        "WhatsApp",
        "E-mail 2",
        "E-mail alternativo",
        "E-mail",
    )
    assert [(phone.position, phone.field) for phone in found.phones] == [
        (4, "whatsapp"), (3, "mobile"), (2, "phone"), (1, "phone"), (0, "extra_phone"),
    ]  # fmt: skip
    assert found.emails == (7, 5, 6)


def test_sure_columns_come_before_guesses():
    found = plan_of([column(0, "email", status="confirm"), column(1, "email", ordinal=3), column(2, None)])
    assert found.emails == (1, 0)


def test_area_and_country_codes_go_with_every_telephone():
    found = plan("DDI", "DDD", "Telefone", "Celular")
    assert (found.ddi, found.ddd) == (0, 1)
    assert found.phones == (PhoneColumn(3, "mobile", 1, 0), PhoneColumn(2, "phone", 1, 0))
    behind = plan("Telefone", "DDD")
    assert behind.phones == (PhoneColumn(0, "phone", 1, None),)


def test_each_telephone_takes_the_codes_before_it():
    found = plan_of([column(0, "ddd"), column(1, "phone"), column(2, "ddd"), column(3, "phone")])
    assert [(phone.position, phone.ddd) for phone in found.phones] == [(1, 0), (3, 2)]


def test_address_and_the_rest():
    found = plan(
        "Bairro", "Complemento", "Número", "Endereço", "Cidade", "UF", "Tags", "Categoria", "Obs", "CPF/CNPJ"
    )
    assert found.address_parts == (3, 2, 1, 0)
    assert (found.city, found.state, found.tags, found.notes, found.cpf_cnpj) == (4, 5, (6, 7), (8,), 9)
    assert plan("Endereço", "Número", "Complemento", "Bairro").address_parts == (0, 1, 2, 3)


def test_columns_that_name_or_reach_a_person():
    columns = map_columns(["Nome", "Cidade", "E-mail", "Coisa"], [], saved=None, seen={}, chosen=None).columns
    assert contact_columns(columns) == {0, 2}
