"""Texts, notes, tags, sites, Instagram, answers, and the repair of accents."""

from datetime import date, datetime

import pytest

from balcao.modules.contacts.cleaning import tags
from balcao.modules.contacts.cleaning.encoding_repair import repair_encoding
from balcao.modules.contacts.cleaning.findings import Cell, Cleaned, Finding
from balcao.modules.contacts.cleaning.links import clean_instagram, clean_website
from balcao.modules.contacts.cleaning.tags import clean_tags
from balcao.modules.contacts.cleaning.texts import clean_choice, clean_notes, clean_text


def _codes(found: Cleaned) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize(
    ("cell", "value", "codes"),
    [
        # Scenario 19
        ("@SUM(1+1)", "SUM(1+1)", ["CELL_FORMULA_NEUTRALIZED"]),
        ("-2+3", "2+3", ["CELL_FORMULA_NEUTRALIZED"]),
        ("\t=1", "1", ["CELL_FORMULA_NEUTRALIZED"]),
        # and others
        ("\r\n=1", "1", ["CELL_FORMULA_NEUTRALIZED"]),
        (" + - = a", "a", ["CELL_FORMULA_NEUTRALIZED"]),
        ("＝1＋1", "1＋1", ["CELL_FORMULA_NEUTRALIZED"]),
        ("\u200b=1", "1", ["CELL_FORMULA_NEUTRALIZED"]),
        ("\x00=1", "1", ["CELL_FORMULA_NEUTRALIZED"]),
        ("&#61;1+1", "1+1", ["TEXT_ENCODING_FIXED", "CELL_FORMULA_NEUTRALIZED"]),
        ("=&amp;#61;1", "1", ["TEXT_ENCODING_FIXED", "CELL_FORMULA_NEUTRALIZED"]),
        ("＝JosÃ©", "José", ["TEXT_ENCODING_FIXED", "CELL_FORMULA_NEUTRALIZED"]),
        ("=-", "", ["CELL_FORMULA_NEUTRALIZED"]),
        ("=x", "", ["CELL_FORMULA_NEUTRALIZED"]),
        ("Padaria do Zé", "Padaria do Zé", []),
        ("Nova Loja", "Nova Loja", []),
        ("R & B", "R & B", []),
        ("R &amp; B", "R & B", ["TEXT_ENCODING_FIXED"]),
        ("  a  b ", "a b", ["TEXT_FORMATTED"]),
        ("a\nb", "a b", ["TEXT_FORMATTED"]),
        ("Sim\u200b", "Sim", ["TEXT_FORMATTED"]),
        ("a\x00b\x7f", "ab", ["TEXT_FORMATTED"]),
        ("JosÃ© & Cia", "José & Cia", ["TEXT_ENCODING_FIXED"]),
        ("120.0", "120", ["TEXT_FORMATTED"]),
        ("0.0", "", []),
        ("Versão 2.0", "Versão 2.0", []),
        (12.0, "12", []),
        (12.5, "12.5", []),
        (True, "VERDADEIRO", []),
        (date(1990, 5, 3), "1990-05-03", []),
        (None, "", []),
        ("", "", []),
        ("-", "", []),
        ("--", "", []),
        ("N/A", "", []),
        ("Não tem", "", []),
        ("Ｎ／Ａ", "", []),
        ("Nada consta", "Nada consta", []),
        ("x" * 300, "x" * 255, ["TEXT_TOO_LONG"]),
    ],
)
def test_texts(cell: Cell, value: str, codes: list[str]) -> None:
    found = clean_text(cell)
    assert (found.value, _codes(found)) == (value, codes)


def test_the_limit_of_a_text() -> None:
    assert clean_text("abc def", limit=4) == Cleaned("abc", (), (Finding("TEXT_TOO_LONG"),))
    assert clean_text("abc", limit=3) == Cleaned("abc")


@pytest.mark.parametrize(
    ("cell", "value", "codes"),
    [
        ("ligou ontem", "ligou ontem", []),
        ("a\r\nb\rc\u2028d\n\n\n\n  e  f", "a\nb\nc\nd\n\ne f", ["TEXT_FORMATTED"]),
        ("a\nb", "a\nb", []),
        ("- item", "- item", ["CELL_FORMULA_NEUTRALIZED"]),
        ("\n=1", "=1", ["CELL_FORMULA_NEUTRALIZED"]),
        ("=", "=", ["CELL_FORMULA_NEUTRALIZED"]),
        ("informaÃ§Ã£o\nx", "informação\nx", ["TEXT_ENCODING_FIXED"]),
        ("x" * 5_000, "x" * 5_000, []),
        ("x" * 5_001, "x" * 5_000, ["NOTES_TRUNCATED"]),
        ("é" * 4_999 + " é", "é" * 4_999, ["NOTES_TRUNCATED"]),
        ("n/a", "", []),
        ("\x00", "", []),
        (None, "", []),
        (12, "12", []),
    ],
)
def test_notes(cell: Cell, value: str, codes: list[str]) -> None:
    found = clean_notes(cell)
    assert (found.value, _codes(found)) == (value, codes)


@pytest.mark.parametrize(
    ("cell", "value", "codes"),
    [
        # Table O
        ("VIP; Lead ,vip|Quente", "VIP, Lead, Quente", ["TAGS_FORMATTED"]),
        ("plano 1.5", "plano 1 5", ["TAGS_FORMATTED"]),
        # and others
        ("VIP", "VIP", []),
        ("VIP, Lead", "VIP, Lead", []),
        ("Cliente  ouro", "Cliente ouro", ["TAGS_FORMATTED"]),
        ("Natal/2025", "Natal/2025", []),
        ("* myContacts ::: * friends", "myContacts, friends", ["TAGS_FORMATTED"]),
        ('["VIP", "Lead"]', "VIP, Lead", ["TAGS_FORMATTED"]),
        ("P&amp;B; VIP", "P&B, VIP", ["TEXT_ENCODING_FIXED"]),
        ("=VIP, -Lead", "VIP, Lead", ["CELL_FORMULA_NEUTRALIZED"]),
        (".=VIP", "VIP", ["CELL_FORMULA_NEUTRALIZED"]),
        ("a\nb", "a, b", ["TAGS_FORMATTED"]),
        (", ;|", "", []),
        ("-, n/a", "", []),
        ("1.0", "1", ["TAGS_FORMATTED"]),
        (1.5, "1 5", ["TAGS_FORMATTED"]),
        (2025, "2025", []),
        (None, "", []),
        ("-", "", []),
        ("x" * 300, "x" * 255, ["TEXT_TOO_LONG"]),
    ],
)
def test_tags(cell: Cell, value: str, codes: list[str]) -> None:
    found = clean_tags(cell)
    assert (found.value, _codes(found)) == (value, codes)


def test_tags_are_remembered() -> None:
    assert clean_tags("Lembrada; lembrada") is clean_tags("Lembrada; lembrada")


def test_the_memory_of_tags_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "_MOST_REMEMBERED", 0)
    assert clean_tags("Não lembrada").value == "Não lembrada"
    assert "Não lembrada" not in tags._seen


@pytest.mark.parametrize(
    ("cell", "site", "others"),
    [
        ("https://x.com.br", "https://x.com.br", ()),
        ("http://www.x.com/Path?a=1&b=2", "http://www.x.com/Path?a=1&b=2", ()),
        ("www.x.com.br", "https://www.x.com.br", ()),
        ("http://X.com/Path", "http://x.com/Path", ()),
        ("HTTPS://X.COM.BR", "https://x.com.br", ()),
        ("facebook.com/x", "https://facebook.com/x", ()),
        ("site: www.x.com", "https://www.x.com", ()),
        ("http:/x.com", "http://x.com", ()),
        ("https;//x.com", "https://x.com", ()),
        ("http//x.com", "http://x.com", ()),
        ("http:x.com", "http://x.com", ()),
        ("//x.com", "https://x.com", ()),
        ("www..x.com", "https://www.x.com", ()),
        ("x.com.br:8080/a", "https://x.com.br:8080/a", ()),
        ("x.com?a=1", "https://x.com?a=1", ()),
        ("<https://x.com>", "https://x.com", ()),
        ("http://www.x.com.br.", "http://www.x.com.br", ()),
        ("www.x.com / y.com; z.com", "https://www.x.com", ("https://y.com", "https://z.com")),
        ("https://x.com/?a=1&amp;b=2", "https://x.com/?a=1&b=2", ()),
        ("ação.com.br", "https://ação.com.br", ()),
        ("xn--ao-siap.com.br", "https://xn--ao-siap.com.br", ()),
    ],
)
def test_sites(cell: str, site: str, others: tuple[str, ...]) -> None:
    assert clean_website(cell) == Cleaned(
        site, others, (Finding("WEBSITE_FORMATTED"),) if site != cell else ()
    )


@pytest.mark.parametrize(
    "cell",
    [
        "javascript:alert(1)", "data:text/html,1", "mailto:a@b.com", "maria@x.com", "https://a:b@x.com", "ftp://x.com", "localhost", "http://localhost:80",
        "1.5", "192.168.0.1", "x com br", '=HYPERLINK("http://x.com")', "https://x.com/<script>", "-.com", "x..com", "https://x.com/" + "a" * 2_000, 15, "@loja",
    ],
)  # fmt: skip
def test_no_sites(cell: Cell) -> None:
    assert clean_website(cell) == Cleaned("", (), (Finding("WEBSITE_INVALID"),))


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "-",
        "http://",
        "https://",
        "www.",
        "não tem",
        "Sem site",
        "nenhum",
        "em construção",
        "não possui site",
    ],
)
def test_no_site_at_all(cell: Cell) -> None:
    assert clean_website(cell) == Cleaned("")


@pytest.mark.parametrize(
    ("cell", "name", "others"),
    [
        ("loja", "loja", ()),
        ("@Loja", "loja", ()),
        ("@ loja_1.br", "loja_1.br", ()),
        ("Insta: @loja", "loja", ()),
        ("https://www.instagram.com/Loja/?igsh=1", "loja", ()),
        ("instagram.com/_u/loja", "loja", ()),
        ("instagram.com/stories/loja/123", "loja", ()),
        ("instagr.am/loja", "loja", ()),
        ("＠loja", "loja", ()),
        ("@loja.", "loja", ()),
        ("@a1 / @b2", "a1", ("b2",)),
        ("@a1 @b2, @a1", "a1", ("b2",)),
        ("@a1 e @b2", "a1", ("b2",)),
    ],
)
def test_instagram(cell: str, name: str, others: tuple[str, ...]) -> None:
    assert clean_instagram(cell) == Cleaned(
        name, others, (Finding("INSTAGRAM_FORMATTED"),) if name != cell else ()
    )


@pytest.mark.parametrize(
    "cell",
    [
        "Maria Silva",
        "https://instagram.com/p/Cx1/",
        "instagram.com/reel/1",
        "facebook.com/x",
        "a@b.com",
        "@lo ja",
        "joão",
        "a..b",
        "x" * 31,
        "Insta: @",
        "@-",
    ],
)
def test_no_instagram(cell: Cell) -> None:
    assert clean_instagram(cell) == Cleaned("", (), (Finding("INSTAGRAM_INVALID"),))


@pytest.mark.parametrize("cell", [None, "", "-", "@", "não tem", "n/a", "Sem instagram", "null"])
def test_no_instagram_at_all(cell: Cell) -> None:
    assert clean_instagram(cell) == Cleaned("")


@pytest.mark.parametrize(
    "cell",
    ["sim", "Sim.", "S", "x", "X", 1, 1.0, "1", "1.0", True, "TRUE", "Verdadeiro", "yes", "Y", "ok", "aceito", "Autorizo", "✓", "✔️", "Sim, aceito receber", "2024-05-01 10:00", "01/05/2024", datetime(2024, 5, 1), date(2024, 5, 1)],
)  # fmt: skip
def test_yes(cell: Cell) -> None:
    assert clean_choice(cell).value == "yes"


@pytest.mark.parametrize(
    "cell",
    [
        "não",
        "NAO",
        "N",
        "no",
        0,
        0.0,
        "0",
        "0.0",
        False,
        "false",
        "Falso",
        "não aceito",
        "No, thanks",
        "✗",
        "00/00/0000",
        "0000-00-00 00:00:00",
    ],
)
def test_no(cell: Cell) -> None:
    assert clean_choice(cell).value == "no"


def test_answers_that_are_none() -> None:
    for nothing in (None, "", " ", "-", "n/a", "não informado", "Não tem"):
        assert clean_choice(nothing) == Cleaned("")
    for unknown in ("talvez", 2, "nãoseise", "sim2"):
        assert clean_choice(unknown) == Cleaned("", (), (Finding("CHOICE_UNKNOWN"),))
    assert clean_choice("yes") == Cleaned("yes")
    assert clean_choice("sim") == Cleaned("yes", (), (Finding("CHOICE_FORMATTED"),))


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("JosÃ© da ConceiÃ§Ã£o", "José da Conceição"),
        ("JOÃƒO", "JOÃO"),
        ("JOÃ\x83O", "JOÃO"),
        ("CONCEIÃ‡ÃƒO", "CONCEIÇÃO"),
        ("ANTÃ”NIO", "ANTÔNIO"),
        ("ANTÃ“NIO", "ANTÓNIO"),
        ("Ã\x81lvaro", "Álvaro"),
        ("LuÃ\xads", "Luís"),
        ("MÃœLLER", "MÜLLER"),
        ("MÃ¼ller", "Müller"),
        ("nÂº 10", "nº 10"),
        ("Santa BÃ¡rbara dâ€™Oeste", "Santa Bárbara d’Oeste"),
        ("Ã\u00a0 venda", "à venda"),
        ("VovÃ´ e VovÃ³ atÃ©", "Vovô e Vovó até"),
        ("JoaÌƒo", "Joa\u0303o"),
        ("JosÃƒÂ©", "José"),
        ("JosÃƒÆ’Ã‚Â©", "José"),
        ("conceiã§ã£o", "conceição"),
        ("Oi ðŸ˜€", "Oi 😀"),
        ("Jo├úo", "João"),
        ("n┬║ 10", "nº 10"),
        ("Jos√©", "José"),
        ("Jos&eacute; &amp;amp; Cia", "José & Cia"),
        ("D&#39;&Aacute;vila &#x1F600;", "D'Ávila 😀"),
    ],
)
def test_broken_accents(broken: str, whole: str) -> None:
    assert repair_encoding(broken) == whole


@pytest.mark.parametrize(
    "text",
    [
        "IRMÃ DULCE", "IRMÃ\u00a0DULCE", "SÃO PAULO", "Ã", "JOÃO", "IRMÃ…", "IRMÃ –", "“IRMÔ", "IRMû", "manhã…", "CAFÉ®", "É«", "R&B; soul", "AT&T", "a & b; c",
        "&naoexiste;", "raiz √2", "├── galho", "JosÃ© 中", "Ç£", "",
    ],
)  # fmt: skip
def test_what_is_not_known_to_be_broken_stays(text: str) -> None:
    assert repair_encoding(text) is text
