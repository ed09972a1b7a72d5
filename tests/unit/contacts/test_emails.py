"""E-mails of messy lists: the golden table of the contacts specification, and spellings met elsewhere."""

from datetime import date

import pytest
from email_validator import validate_email

from balcao.modules.contacts.cleaning.email_domains import ascii_domain, is_one_edit_away, judge_domain
from balcao.modules.contacts.cleaning.emails import clean_email, is_role_email

# Cell, addresses that come out, the code that must be among the findings.
TABLE_E = [
    ("Maria.Silva@GMAIL.COM", ("maria.silva@gmail.com",), ""),  # E1
    ("  ana@uol.com.br  ", ("ana@uol.com.br",), ""),  # E2
    ("joao@gmail.con", ("joao@gmail.com",), "EMAIL_DOMAIN_FIXED"),  # E3
    ("ana@hotmial.com", ("ana@hotmail.com",), "EMAIL_DOMAIN_FIXED"),  # E4
    ("ana@gamil.com", ("ana@gmail.com",), "EMAIL_DOMAIN_FIXED"),  # E5
    ("maria@yahoo.con.br", ("maria@yahoo.com.br",), "EMAIL_DOMAIN_FIXED"),  # E6
    ("maria@gmail,com", ("maria@gmail.com",), "EMAIL_DOMAIN_FIXED"),  # E7
    ("maria@gmail..com", ("maria@gmail.com",), "EMAIL_DOMAIN_FIXED"),  # E8
    ("maria @gmail.com", ("maria@gmail.com",), "EMAIL_SPACES_REMOVED"),  # E9
    ("Maria <maria@x.com.br>", ("maria@x.com.br",), ""),  # E10
    ("mailto:joao@x.com.br", ("joao@x.com.br",), ""),  # E11
    ("a@b.com;c@d.com.br", ("a@b.com", "c@d.com.br"), ""),  # E12
    ("a@b.com / c@d.com.br", ("a@b.com", "c@d.com.br"), ""),  # E13
    ("maria@gmail.com,", ("maria@gmail.com",), ""),  # E14
    ("MARIA+promo@gmail.com", ("maria+promo@gmail.com",), ""),  # E15
    ("maria@outlook.com.br", ("maria@outlook.com.br",), ""),  # E16
    ("joão@gmail.com", (), "EMAIL_NON_ASCII_LOCAL"),  # E17
    ("maria.gmail.com", (), "EMAIL_NO_AT"),  # E18
    ("maria@gmail", (), "EMAIL_NO_TLD"),  # E19
    ("maria@@gmail.com", (), "EMAIL_MULTIPLE_AT"),  # E20
    ("ma..ria@gmail.com", (), "EMAIL_INVALID"),  # E21
    (".maria@gmail.com", (), "EMAIL_INVALID"),  # E22
    ("teste@teste.com", (), "EMAIL_PLACEHOLDER"),  # E23
    ("sem email", (), ""),  # E24
]

MORE = [
    ("maria@gmail.com", ("maria@gmail.com",), ""),
    ("MARIA@GMAIL.COM;", ("maria@gmail.com",), ""),
    ("maria@gmail.com.", ("maria@gmail.com",), ""),
    ("<maria@x.com>", ("maria@x.com",), ""),
    ("maria@x.com>", ("maria@x.com",), ""),
    ("'maria@gmail.com'", ("maria@gmail.com",), ""),
    ('"maria@gmail.com"', ("maria@gmail.com",), ""),
    ("“maria@gmail.com”", ("maria@gmail.com",), ""),
    ("(maria@gmail.com)", ("maria@gmail.com",), ""),
    ("[maria@gmail.com](mailto:maria@gmail.com)", ("maria@gmail.com",), ""),
    ("mailto:maria@gmail.com?subject=Oi", ("maria@gmail.com",), ""),
    ("MAILTO: maria@gmail.com", ("maria@gmail.com",), ""),
    ("maria@gmail.com (trabalho)", ("maria@gmail.com",), ""),
    ("maria@gmail.com - trabalho", ("maria@gmail.com",), ""),
    ("maria@gmail.com trabalho", ("maria@gmail.com",), ""),
    ("maria@gmail.com, Maria", ("maria@gmail.com",), ""),
    ("maria@gmail.com,ana", ("maria@gmail.com",), ""),
    ("maria@gmail.com / 11 98765-4321", ("maria@gmail.com",), ""),
    ("11 98765-4321 / maria@gmail.com", ("maria@gmail.com",), ""),
    ("email: maria@gmail.com", ("maria@gmail.com",), ""),
    ("E-mail maria@gmail.com", ("maria@gmail.com",), ""),
    ("Maria - maria@gmail.com", ("maria@gmail.com",), ""),
    ("Maria Silva maria@gmail.com", ("maria@gmail.com",), ""),
    ("Maria maria.silva@gmail.com", ("maria.silva@gmail.com",), ""),
    ('"Silva, Maria" <maria@x.com.br>', ("maria@x.com.br",), ""),
    ("• maria@gmail.com", ("maria@gmail.com",), ""),
    ("maria@gmail.com 😀", ("maria@gmail.com",), ""),
    ("maria@gmail.com😀", ("maria@gmail.com",), ""),
    ("😀maria@gmail.com", ("maria@gmail.com",), ""),
    ("maria＠gmail．com", ("maria@gmail.com",), ""),
    ("\u200bmaria@gmail.com\ufeff", ("maria@gmail.com",), ""),
    ("maria@gmail.com\u00a0", ("maria@gmail.com",), ""),
    ("maria@gmail.com\n", ("maria@gmail.com",), ""),
    ("maria%40gmail.com", ("maria@gmail.com",), ""),
    ("maria&#64;gmail.com", ("maria@gmail.com",), ""),
    ("maria\u2011silva@gmail.com", ("maria-silva@gmail.com",), ""),
    ("maria_silva-2@sub.empresa.com.br", ("maria_silva-2@sub.empresa.com.br",), ""),
    ("123456@qq.com", ("123456@qq.com",), ""),
    ("o'brien@empresa.ie", ("o'brien@empresa.ie",), ""),
    ("o’brien@empresa.ie", ("o'brien@empresa.ie",), ""),
    ("p&d@empresa.com.br", ("p&d@empresa.com.br",), ""),
    ("joao@açúcar.com.br", ("joao@xn--acar-0oa8i.com.br",), ""),
    ("joao@xn--acar-0oa8i.com.br", ("joao@xn--acar-0oa8i.com.br",), ""),
    # several
    ("maria@gmail.com maria2@gmail.com", ("maria@gmail.com", "maria2@gmail.com"), ""),
    ("maria@gmail.com/ana@x.com.br", ("maria@gmail.com", "ana@x.com.br"), ""),
    ("maria@gmail.com\nana@x.com.br", ("maria@gmail.com", "ana@x.com.br"), ""),
    ("maria@gmail.com e ana@x.com.br", ("maria@gmail.com", "ana@x.com.br"), ""),
    ("maria@gmail.com OU ana@x.com.br", ("maria@gmail.com", "ana@x.com.br"), ""),
    ("Maria <maria@gmail.com>, Ana <ana@x.com.br>", ("maria@gmail.com", "ana@x.com.br"), ""),
    ("maria@gmail.com,ana@x.com.br|bia@x.com.br", ("maria@gmail.com", "ana@x.com.br", "bia@x.com.br"), ""),
    ("maria@gmail.com; MARIA@gmail.com", ("maria@gmail.com",), ""),
    ("maria@gmail.com @mariasilva", ("maria@gmail.com",), ""),
    ("maria@gmail.com; ana@hotmail", ("maria@gmail.com",), "EMAIL_NO_TLD"),
    ("maria@gmail.com; ana@@hotmail.com", ("maria@gmail.com",), "EMAIL_MULTIPLE_AT"),
    ("maria@gmail,com; ana@x.com.br", ("maria@gmail.com", "ana@x.com.br"), "EMAIL_DOMAIN_FIXED"),
    ("maria @gmail.com; ana@x.com.br", ("maria@gmail.com", "ana@x.com.br"), "EMAIL_SPACES_REMOVED"),
    ("maria@ gmail.com; ana@x.com.br", ("maria@gmail.com", "ana@x.com.br"), "EMAIL_SPACES_REMOVED"),
    ("11 98765-4321 maria@gmail.com", ("maria@gmail.com",), ""),
    # blanks
    ("maria@ gmail.com", ("maria@gmail.com",), "EMAIL_SPACES_REMOVED"),
    ("maria @ gmail.com", ("maria@gmail.com",), "EMAIL_SPACES_REMOVED"),
    ("maria@gmail .com", ("maria@gmail.com",), "EMAIL_SPACES_REMOVED"),
    ("maria@gmail. com", ("maria@gmail.com",), "EMAIL_SPACES_REMOVED"),
    ("maria@yahoo.com .br", ("maria@yahoo.com.br",), "EMAIL_SPACES_REMOVED"),
    ("maria@yahoo. com. br", ("maria@yahoo.com.br",), "EMAIL_SPACES_REMOVED"),
    ("maria silva@gmail.com", ("mariasilva@gmail.com",), "EMAIL_SPACES_REMOVED"),
    ("Maria silva@gmail.com", ("mariasilva@gmail.com",), "EMAIL_SPACES_REMOVED"),
    ("maria @ gmail.com; ana@x.com.br", ("maria@gmail.com", "ana@x.com.br"), "EMAIL_SPACES_REMOVED"),
    # domains
    ("maria@gmail;com", ("maria@gmail.com",), "EMAIL_DOMAIN_FIXED"),
    ("maria@yahoo,com,br", ("maria@yahoo.com.br",), "EMAIL_DOMAIN_FIXED"),
    ("maria@yahoo.com,br", ("maria@yahoo.com.br",), "EMAIL_DOMAIN_FIXED"),
    ("maria@empresa,ind.br", ("maria@empresa.ind.br",), "EMAIL_DOMAIN_FIXED"),
    ("maria@gmial.con", ("maria@gmail.com",), "EMAIL_DOMAIN_FIXED"),
    ("maria@gmail.combr", ("maria@gmail.com",), "EMAIL_DOMAIN_FIXED"),
    ("maria@gmail.com.br", ("maria@gmail.com",), "EMAIL_DOMAIN_FIXED"),
    ("maria@gmail.co", ("maria@gmail.com",), "EMAIL_DOMAIN_FIXED"),
    ("maria@empresa.comm.br", ("maria@empresa.com.br",), "EMAIL_DOMAIN_FIXED"),
    ("maria@empresa.com.b", ("maria@empresa.com.br",), "EMAIL_DOMAIN_FIXED"),
    ("maria@empresa.cim", ("maria@empresa.com",), "EMAIL_DOMAIN_FIXED"),
    ("maria@empresa..com..br", ("maria@empresa.com.br",), "EMAIL_DOMAIN_FIXED"),
    ("maria@hotmail.com.br", ("maria@hotmail.com.br",), ""),
    ("maria@ymail.com", ("maria@ymail.com",), ""),
    ("maria@yahoo.com.ar", ("maria@yahoo.com.ar",), ""),
    ("maria@gmqil.com", ("maria@gmqil.com",), "EMAIL_DOMAIN_SUGGESTED"),
    ("maria@hotmali.com", ("maria@hotmali.com",), "EMAIL_DOMAIN_SUGGESTED"),
    ("maria@gamil.com.br", ("maria@gamil.com.br",), "EMAIL_DOMAIN_SUGGESTED"),
    ("maria@hotmail.com.com", ("maria@hotmail.com.com",), "EMAIL_DOMAIN_SUGGESTED"),
    ("maria@gmáil.com", ("maria@xn--gmil-6na.com",), "EMAIL_DOMAIN_SUGGESTED"),
    ("maria@mailinator.com", ("maria@mailinator.com",), "EMAIL_DISPOSABLE"),
    ("contato@empresa.com.br", ("contato@empresa.com.br",), "EMAIL_ROLE"),
    ("no-reply@empresa.com.br", ("no-reply@empresa.com.br",), "EMAIL_ROLE"),
    # formulas
    ("=maria@gmail.com", ("maria@gmail.com",), "CELL_FORMULA_NEUTRALIZED"),
    ("-maria@gmail.com", ("maria@gmail.com",), "CELL_FORMULA_NEUTRALIZED"),
    ("+maria@gmail.com", ("maria@gmail.com",), "CELL_FORMULA_NEUTRALIZED"),
    # refused
    ("maria at gmail.com", (), "EMAIL_NO_AT"),
    ("maria", (), "EMAIL_NO_AT"),
    ("maria#gmail.com", (), "EMAIL_NO_AT"),
    (11987654321, (), "EMAIL_NO_AT"),
    (10**30, (), "EMAIL_NO_AT"),
    (True, (), "EMAIL_NO_AT"),
    (date(1990, 5, 3), (), "EMAIL_NO_AT"),
    ("\u0301@gmail.com", (), "EMAIL_INVALID"),
    ("maria@gmail@com", (), "EMAIL_MULTIPLE_AT"),
    ("maria@gmail.comana@x.com", (), "EMAIL_MULTIPLE_AT"),
    ("@gmail.com", (), "EMAIL_INVALID"),
    ("@mariasilva", (), "EMAIL_INVALID"),
    ("@a @b", (), "EMAIL_INVALID"),
    ("@", (), "EMAIL_INVALID"),
    ("maria@", (), "EMAIL_INVALID"),
    ("maria@.com", (), "EMAIL_INVALID"),
    ("maria.@gmail.com", (), "EMAIL_INVALID"),
    ("maria,silva@gmail.com", (), "EMAIL_INVALID"),
    ('ma"ria@gmail.com', ("ria@gmail.com",), ""),
    ("maria@gmail_x.com", (), "EMAIL_INVALID"),
    ("maria@-gmail.com", (), "EMAIL_INVALID"),
    ("maria@empresa.c", (), "EMAIL_INVALID"),
    ("maria@empresa.123", (), "EMAIL_INVALID"),
    ("maria@192.168.0.1", (), "EMAIL_INVALID"),
    ("maria@empresa.local", (), "EMAIL_INVALID"),
    ("maria@ab--cd.com", (), "EMAIL_INVALID"),
    ("maria@\u0378.com", (), "EMAIL_INVALID"),
    ("a" * 65 + "@gmail.com", (), "EMAIL_INVALID"),
    ("a@" + "b" * 64 + ".com", (), "EMAIL_INVALID"),
    ("a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 61 + ".com.br", (), "EMAIL_INVALID"),
    ("a@" * 2000, (), "EMAIL_INVALID"),
    ("maria@hotmail", (), "EMAIL_NO_TLD"),
    ("maria@gmail com", (), "EMAIL_NO_TLD"),
    ("josé@açúcar.com.br", (), "EMAIL_NON_ASCII_LOCAL"),
    ("x@x.com", (), "EMAIL_PLACEHOLDER"),
    ("email@email.com", (), "EMAIL_PLACEHOLDER"),
    ("naotem@naotem.com", (), "EMAIL_PLACEHOLDER"),
    ("NAO.TEM@gmail.com", (), "EMAIL_PLACEHOLDER"),
    ("sem-email@hotmail.com", (), "EMAIL_PLACEHOLDER"),
    ("teste@gmail.com", (), "EMAIL_PLACEHOLDER"),
    ("nao@tem.com", (), "EMAIL_PLACEHOLDER"),
    ("não@tem.com", (), "EMAIL_PLACEHOLDER"),
    ("aaa@aaa.com.br", (), "EMAIL_PLACEHOLDER"),
    # nothing
    ("n/a", (), ""),
    ("não possui e-mail", (), ""),
    ("Sem e-mail", (), ""),
    ("#N/D", (), ""),
    ("#NOME?", (), ""),
    ("***", (), ""),
    ("", (), ""),
    (None, (), ""),
    (0, (), ""),
    (float("nan"), (), ""),
]


def outcome(cell, **options):
    found = clean_email(cell, **options)
    return tuple(value for value in (found.value, *found.extra) if value), [
        finding.code for finding in found.findings
    ]


@pytest.mark.parametrize(("cell", "values", "code"), TABLE_E + MORE)
def test_cell(cell, values, code):
    found, codes = outcome(cell)
    assert found == values, codes
    if code:
        assert code in codes
    elif not values:
        assert codes == []
    elif len(values) == 1:
        assert codes == ([] if cell == values[0] else ["EMAIL_FORMATTED"])


@pytest.mark.parametrize("values", [row[1] for row in TABLE_E + MORE if row[1]])
def test_every_address_is_one_for_the_library(values):
    for value in values:
        assert validate_email(value, check_deliverability=False).ascii_email == value


@pytest.mark.parametrize(
    ("cell", "values", "code", "note"),
    [
        ("joao@gmail.con", ("joao@gmail.con",), "EMAIL_DOMAIN_SUGGESTED", "joao@gmail.com"),
        ("Joao@gmail.com.br", ("joao@gmail.com.br",), "EMAIL_DOMAIN_SUGGESTED", "joao@gmail.com"),
        ("maria@gmqil.com", ("maria@gmqil.com",), "EMAIL_DOMAIN_SUGGESTED", "maria@gmail.com"),
        ("maria@gmail,com", (), "EMAIL_INVALID", "maria@gmail.com"),
        ("maria@gmail.com", ("maria@gmail.com",), "", ""),
    ],
)
def test_typed_by_hand_nothing_is_corrected(cell, values, code, note):
    found = clean_email(cell, fix_domains=False)
    assert outcome(cell, fix_domains=False)[0] == values
    assert [(finding.code, finding.note) for finding in found.findings][:1] == (
        [(code, note)] if code else []
    )


def test_what_was_meant_is_suggested_but_never_applied():
    assert clean_email("maria@gmail").findings[0].note == "maria@gmail.com"
    assert clean_email("maria@empresa").findings[0].note == ""
    assert clean_email("maria@gmailcom").findings[0].note == "maria@gmail.com"
    assert clean_email("maria@hotmial").findings[0].note == "maria@hotmail.com"
    assert clean_email("joão@gmail.con").findings[0].note == "joao@gmail.com"
    assert clean_email("maria@gmail.com; ana@empresa").findings[0].note == "ana@empresa"


@pytest.mark.parametrize(
    ("email", "is_role"),
    [
        ("contato@x.com.br", True),
        ("vendas.sp@x.com.br", True),
        ("financeiro2@x.com.br", True),
        ("naoresponda@x.com.br", True),
        ("do-not-reply@x.com.br", True),
        ("ti@x.com.br", True),
        ("ti.carlos@x.com.br", False),
        ("vendasnova@x.com.br", False),
        ("noemi@x.com.br", False),
        ("no@x.com.br", False),
        ("123@x.com.br", False),
        ("maria@x.com.br", False),
    ],
)
def test_role_addresses(email, is_role):
    assert is_role_email(email) is is_role


@pytest.mark.parametrize(
    ("text", "other", "is_near"),
    [
        ("gmail", "gmail", False),
        ("gmai", "gmail", True),
        ("ggmail", "gmail", True),
        ("gmqil", "gmail", True),
        ("gmial", "gmail", True),
        ("gmlai", "gmail", False),
        ("gm", "gmail", False),
        ("amail", "gmbil", False),
    ],
)
def test_one_edit(text, other, is_near):
    assert is_one_edit_away(text, other) is is_near


def test_domains():
    assert ascii_domain("açúcar.com.br") == "xn--acar-0oa8i.com.br"
    assert ascii_domain("gmail.com") == "gmail.com"
    assert judge_domain("gmail.com").is_plain
    assert not judge_domain("gmail.con").is_plain
    assert not judge_domain("b." * 127 + "com").is_possible
