from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from balcao.kernel.i18n import Catalogues, negotiate

PO = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

msgid "Hello, {name}!"
msgstr "Olá, {name}!"

msgid "{n} order"
msgid_plural "{n} orders"
msgstr[0] "{n} pedido"
msgstr[1] "{n} pedidos"

msgctxt "month"
msgid "May"
msgstr "Maio"

msgid "Untranslated"
msgstr ""

#, fuzzy
msgid "Doubtful"
msgstr "Duvidoso"

msgid "Open {braces}"
msgstr "Abre {braces}"
"""


@pytest.fixture
def catalogues(tmp_path: Path) -> Catalogues:
    for name, text in (
        ("kernel", PO),
        ("store", PO.replace("Olá", "Oi") + '\nmsgid "Cart"\nmsgstr "Sacola"\n'),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pt_BR.po").write_text(text.strip() + "\n", encoding="utf-8")
    return Catalogues([tmp_path / "kernel", tmp_path / "store", tmp_path / "nowhere"])


def test_texts_of_all_folders_are_one_catalogue(catalogues: Catalogues) -> None:
    t = catalogues.translator("pt_BR")
    assert t("Hello, {name}!", name="Ana") == "Olá, Ana!"
    assert t.t("Cart") == t.gettext("Cart") == "Sacola"
    assert t("Untranslated") == "Untranslated"
    assert t("Doubtful") == "Doubtful"
    assert t("Open {braces}") == "Abre {braces}"
    assert t.pgettext("month", "May") == "Maio"
    assert t("May") == "May"
    assert t.html_code == "pt-BR"


def test_english_is_the_text_itself(catalogues: Catalogues) -> None:
    t = catalogues.translator("en")
    assert t("Hello, {name}!", name="Ana") == "Hello, Ana!"
    assert t.pgettext("month", "May") == "May"
    assert [t.ngettext("{n} order", "{n} orders", n) for n in (0, 1, 2)] == [
        "0 orders",
        "1 order",
        "2 orders",
    ]


def test_plurals_follow_the_catalogues_rule(catalogues: Catalogues) -> None:
    t = catalogues.translator("pt_BR")
    forms = [t.ngettext("{n} order", "{n} orders", n) for n in (0, 1, 2)]
    assert forms == ["0 pedido", "1 pedido", "2 pedidos"]
    assert t.ngettext("{n} {what}", "{n} {what}s", 2, what="pizza") == "2 pizzas"


def test_texts_translated_in_two_ways_are_named_and_the_first_wins(catalogues: Catalogues) -> None:
    assert len(catalogues.conflicts) == 1
    assert "Hello, {name}!" in catalogues.conflicts[0]


def test_msgids_lists_what_is_translated(catalogues: Catalogues) -> None:
    assert catalogues.msgids("pt_BR") == {
        "Hello, {name}!",
        "{n} order",
        "month\x04May",
        "Open {braces}",
        "Cart",
    }
    assert catalogues.msgids("en") == frozenset()


def test_an_unknown_language_speaks_portuguese(catalogues: Catalogues) -> None:
    assert catalogues.translator("xx").language == "pt_BR"


@pytest.mark.parametrize(
    ("accepted", "cookie", "expected"),
    [
        (None, None, "pt_BR"),
        ("", None, "pt_BR"),
        ("en-US,en;q=0.9", None, "en"),
        ("pt-PT,en;q=0.9", None, "pt_BR"),
        ("de, en;q=0.5, pt;q=0.7", None, "pt_BR"),
        ("de, fr", None, "pt_BR"),
        ("en;q=0", None, "pt_BR"),
        ("en", "pt_BR", "pt_BR"),
        ("pt", "en", "en"),
        ("en", "klingon", "en"),
        ("*", None, "pt_BR"),
        ("en;q=bad", None, "pt_BR"),
        ("en;q=2", None, "pt_BR"),
        ("en;level=1", None, "en"),
    ],
)
def test_the_language_is_negotiated(accepted: str | None, cookie: str | None, expected: str) -> None:
    assert negotiate(accepted, cookie) == expected


MOMENT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def test_portuguese_amounts_and_dates(catalogues: Catalogues) -> None:
    t = catalogues.translator("pt_BR")
    assert t.money(123456) == "R$\u00a01.234,56"
    assert t.number(1234567) == "1.234.567"
    assert t.number(-123456, 2) == "-1.234,56"
    assert t.moment(MOMENT) == "22/11/2026 23:30"
    assert t.moment(MOMENT, "America/Rio_Branco") == "22/11/2026 21:30"
    assert "novembro" in t.moment(MOMENT, style="long")
    assert t.date(MOMENT) == "22/11/2026"
    assert t.date(date(2026, 3, 1)) == "01/03/2026"
    assert t.date(date(2026, 3, 1), style="long") == "1 de março de 2026"
    assert t.time(MOMENT) == "23:30"
    assert t.ago(MOMENT, MOMENT + timedelta(minutes=5)) == "há 5 minutos"
    assert t.phone("+5511987654321") == "(11) 98765-4321"


def test_english_amounts_and_dates(catalogues: Catalogues) -> None:
    t = catalogues.translator("en")
    assert t.money(123456) == "R$\u00a01,234.56"
    assert t.number(123456, 2) == "1,234.56"
    assert t.moment(MOMENT) == "2026-11-22 23:30"
    assert t.date(MOMENT) == "2026-11-22"
    assert t.ago(MOMENT, MOMENT - timedelta(hours=2)) == "in 2 hours"
