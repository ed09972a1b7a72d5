"""Telephones, e-mails and names as a reader of the specification (sections 4.1 to 4.3) expects them: one more look at the rules,
written down without a look at how they are made.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from balcao.modules.contacts.cleaning.emails import clean_email
from balcao.modules.contacts.cleaning.findings import Cell, Finding
from balcao.modules.contacts.cleaning.names import clean_full_name
from balcao.modules.contacts.cleaning.phones import clean_phone

TOLD_BESIDES = {"EMAIL_ROLE", "EMAIL_DISPOSABLE"}
COSMETIC_IN_NAMES = {"NAME_TITLE_REMOVED", "NAME_SWAPPED", "NAME_SYMBOLS_REMOVED"}


def codes(findings: Iterable[Finding], prefix: str) -> set[str]:
    """The codes that a person should see, without their prefix."""
    return {
        finding.code.removeprefix(prefix) for finding in findings if not finding.code.endswith("_FORMATTED")
    }


PHONES: list[tuple[Cell, str, str]] = [
    ("(31) 99876-5432", "+5531998765432", ""), ("31998765432", "+5531998765432", ""),
    ("31 9 9876 5432", "+5531998765432", ""), ("31.99876.5432", "+5531998765432", ""),
    ("31-99876-5432", "+5531998765432", ""), ("(31)99876.5432", "+5531998765432", ""),
    ("[31] 99876-5432", "+5531998765432", ""), ("31/99876-5432", "+5531998765432", ""),
    ("+5531998765432", "+5531998765432", ""), ("+55 31 99876 5432", "+5531998765432", ""),
    ("+55(31)99876-5432", "+5531998765432", ""), ("55 31 99876-5432", "+5531998765432", ""),
    ("55 (31) 99876-5432", "+5531998765432", ""), ("55-31-99876-5432", "+5531998765432", ""),
    ("(55) 31 99876-5432", "+5531998765432", ""), ("+55 031 99876-5432", "+5531998765432", ""),
    ("+55 (031) 99876-5432", "+5531998765432", ""), ("55 031 99876-5432", "+5531998765432", ""),
    ("+55 0 15 31 99876-5432", "+5531998765432", "CARRIER_REMOVED"), ("005531998765432", "+5531998765432", ""),
    ("00 55 31 3456-7890", "+553134567890", ""), ("0 31 99876-5432", "+5531998765432", ""),
    ("(0xx31) 99876-5432", "+5531998765432", ""), ("0**31 99876-5432", "+5531998765432", ""),
    ("0 xx 31 3456 7890", "+553134567890", ""), ("(0XX31)3456-7890", "+553134567890", ""),
    ("021 31 3456-7890", "+553134567890", "CARRIER_REMOVED"), ("0213134567890", "+553134567890", "CARRIER_REMOVED"),
    ("0 15 31 99876 5432", "+5531998765432", "CARRIER_REMOVED"), ("03134567890", "+553134567890", ""),
    ("(85) 8876-5432", "+5585988765432", "NINTH_DIGIT_ADDED"), ("8588765432", "+5585988765432", "NINTH_DIGIT_ADDED"),
    ("+55 85 8876-5432", "+5585988765432", "NINTH_DIGIT_ADDED"),
    ("(85) 6876-5432", "+5585968765432", "NINTH_DIGIT_UNCERTAIN"),
    ("(85) 7876-5432", "+5585978765432", "NINTH_DIGIT_UNCERTAIN"), ("(85) 0876-5432", "", "INVALID"),
    ("(85) 1876-5432", "", "INVALID"), ("(85) 2876-5432", "+558528765432", ""),
    ("(85) 5876-5432", "+558558765432", ""), ("85 81234-5678", "", "INVALID"), ("85 31234-5678", "", "INVALID"),
    ("(25) 98765-4321", "", "INVALID_DDD"), ("(26) 3456-7890", "", "INVALID_DDD"),
    ("(10) 98765-4321", "", "INVALID_DDD"), ("(36) 98765-4321", "", "INVALID_DDD"),
    ("(39) 3456-7890", "", "INVALID_DDD"), ("(52) 98765-4321", "", "INVALID_DDD"),
    ("(72) 98765-4321", "", "INVALID_DDD"), ("(76) 98765-4321", "", "INVALID_DDD"),
    ("(90) 98765-4321", "", "INVALID_DDD"), ("+55 23 98765-4321", "", "INVALID_DDD"),
    ("5520987654321", "", "INVALID_DDD"), ("98765-4321", "", "MISSING_DDD"), ("9 8765-4321", "", "MISSING_DDD"),
    ("8765-4321", "", "MISSING_DDD"), ("987654321", "", "MISSING_DDD"), ("34567890", "", "MISSING_DDD"),
    ("+55 3456-7890", "", "MISSING_DDD"), ("+55987654321", "", "MISSING_DDD"), (987654321.0, "", "MISSING_DDD"),
    ("(11) 98765-43", "", "TOO_SHORT"), ("(11) 98765", "", "TOO_SHORT"), ("1198765", "", "TOO_SHORT"),
    ("12345", "", "TOO_SHORT"), ("193", "", "TOO_SHORT"), ("119876543210", "", "TOO_LONG"),
    ("11 98765-432100", "", "TOO_LONG"), ("123456789012345678", "", "TOO_LONG"),
    ("(21) 99999-9999", "", "PLACEHOLDER"), ("21888888888", "", "PLACEHOLDER"), ("(11) 11111-1111", "", "PLACEHOLDER"),
    ("00000000000", "", "PLACEHOLDER"), ("0000-0000", "", "PLACEHOLDER"), ("(11) 9999-9999", "", "PLACEHOLDER"),
    ("(11) 8888-8888", "", "PLACEHOLDER"), ("(11) 3333-3333", "+551133333333", "SUSPECT_REPEATED"),
    ("(11) 2222-2222", "+551122222222", "SUSPECT_REPEATED"), ("(11) 4444-4444", "+551144444444", "SUSPECT_REPEATED"),
    ("0800 123 456", "", "SPECIAL_SERVICE"), ("08001234567", "", "SPECIAL_SERVICE"),
    ("0800-777-7000", "", "SPECIAL_SERVICE"), ("0300 123 4567", "", "SPECIAL_SERVICE"),
    ("0500 123 4567", "", "SPECIAL_SERVICE"), ("0900 123 4567", "", "SPECIAL_SERVICE"),
    ("4000-1234", "", "SPECIAL_SERVICE"), ("4020-1234", "", "SPECIAL_SERVICE"), ("3003-1234", "", "SPECIAL_SERVICE"),
    ("40041234", "", "SPECIAL_SERVICE"), (1134567890.0, "+551134567890", ""), (11987654321.0, "+5511987654321", ""),
    (1187654321.0, "+5511987654321", "NINTH_DIGIT_ADDED"), (5511987000000.0, "+5511987000000", "SUSPICIOUS_ZEROS"),
    (11987000000.0, "+5511987000000", "SUSPICIOUS_ZEROS"), ("11987000000", "+5511987000000", ""),
    ("1134567890.0", "+551134567890", ""), ("11987654321,0", "+5511987654321", ""),
    ("5511987654321.0", "+5511987654321", ""), ("1.1987654321E+10", "+5511987654321", ""),
    ("1.1987654321e10", "+5511987654321", ""), ("1.19877E+10", "", "SCIENTIFIC_LOSSY"),
    ("5,51199E+12", "", "SCIENTIFIC_LOSSY"), ("5,511987654321E+12", "+5511987654321", ""),
    ("(11) 3456-7890 ramal 5", "+551134567890", "EXTENSION_REMOVED"),
    ("(11) 3456-7890 Ramal: 4321", "+551134567890", "EXTENSION_REMOVED"),
    ("(11) 3456-7890 R: 22", "+551134567890", "EXTENSION_REMOVED"),
    ("(11) 3456-7890 ext. 22", "+551134567890", "EXTENSION_REMOVED"),
    ("(11) 3456-7890 x22", "+551134567890", "EXTENSION_REMOVED"),
    ("(11) 3456-7890 #22", "+551134567890", "EXTENSION_REMOVED"),
    ("1134567890ramal12", "+551134567890", "EXTENSION_REMOVED"),
    ("(11) 3456-7890 (ramal 12)", "+551134567890", "EXTENSION_REMOVED"),
    ("(11) 3456-7890 RAM 1234", "+551134567890", "EXTENSION_REMOVED"),
    ("11 98765-4321, 11 91234-5678", "+5511987654321;+5511912345678", ""),
    ("11 98765-4321 e 11 91234-5678", "+5511987654321;+5511912345678", ""),
    ("11 98765-4321 and 21 91234-5678", "+5511987654321;+5521912345678", ""),
    ("11 98765-4321 | 21 91234-5678", "+5511987654321;+5521912345678", ""),
    ("11 98765-4321 & 21 91234-5678", "+5511987654321;+5521912345678", ""),
    ("11 98765-4321\n21 91234-5678", "+5511987654321;+5521912345678", ""),
    ("11 98765-4321\t21 91234-5678", "+5511987654321;+5521912345678", ""),
    ("+5511987654321 ::: +5521912345678", "+5511987654321;+5521912345678", ""),
    ("11 98765-4321;11 98765-4321", "+5511987654321", ""), ("11987654321/", "+5511987654321", ""),
    ("11987654321;", "+5511987654321", ""), ("; 11987654321", "+5511987654321", ""),
    ("(11) 98765-4321 / 3456-7890", "+5511987654321;+551134567890", "DDD_ASSUMED"),
    ("(11) 98765-4321 ou 91234-5678", "+5511987654321;+5511912345678", "DDD_ASSUMED"),
    ("(11) 3456-7890/91", "+551134567890;+551134567891", "SHORTHAND"),
    ("(11) 3456-7890/1", "+551134567890;+551134567891", "SHORTHAND"),
    ("(11) 3456-7890 / 7891 / 7892", "+551134567890;+551134567891;+551134567892", "SHORTHAND"),
    ("(11) 3456-7890/7891", "+551134567890;+551134567891", "SHORTHAND"),
    ("1134567890 11987654321", "+551134567890;+5511987654321", ""),
    ("(11) 3456-7890 (11) 98765-4321", "+551134567890;+5511987654321", ""),
    ("(11) 98765-4321 (21) 91234-5678 (31) 3456-7890", "+5511987654321;+5521912345678;+553134567890", ""),
    ("(11) 98765-4321 - (21) 91234-5678", "+5511987654321;+5521912345678", ""),
    ("Cel: 11 98765-4321 / Fixo: 11 3456-7890", "+5511987654321;+551134567890", ""),
    ("11 98765-4321 (Maria)", "+5511987654321", ""), ("Maria 11 98765-4321", "+5511987654321", ""),
    ("Falar com João: (11) 98765-4321", "+5511987654321", ""), ("whatsapp 11987654321", "+5511987654321", ""),
    ("https://wa.me/5511987654321", "+5511987654321", ""),
    ("https://api.whatsapp.com/send?phone=5511987654321", "+5511987654321", ""),
    ("tel:+5511987654321", "+5511987654321", ""), ("p:+5511987654321", "+5511987654321", ""),
    ("'+5511987654321", "+5511987654321", ""), ("'11987654321", "+5511987654321", ""),
    ('="11987654321"', "+5511987654321", ""), ("\u200b11987654321", "+5511987654321", ""),
    ("\u202a+55 11 98765-4321\u202c", "+5511987654321", ""), ("11\xa098765–4321", "+5511987654321", ""),
    ("１１９８７６５４３２１", "+5511987654321", ""), ("11 9876O-4321", "+5511987604321", "LETTER_O"),
    ("11 98765-43o1", "+5511987654301", "LETTER_O"), ("+1 (212) 555-2368", "+12125552368", ""),
    ("+54 9 11 2345-6789", "+5491123456789", ""), ("+44 20 7946 0958", "+442079460958", ""),
    ("+1 415 555", "", "INVALID"), ("+999 12345678", "", "INVALID"), ("0014155552671", "+14155552671", ""),
    ("0099912345678", "", "INVALID"), ("+351 912 345 678 / 11 98765-4321", "+351912345678;+5511987654321", ""),
    ("11 98765-4321 / +351 912 345 678", "+5511987654321;+351912345678", ""),
    ("++5511987654321", "+5511987654321", ""), ("+ 55 11 98765 4321", "+5511987654321", ""),
    ("5599999999", "", "PLACEHOLDER"), ("55 3222-1234", "+555532221234", ""),
    ("5532221234 / 55999991234", "+555532221234;+5555999991234", ""), ("555532221234", "+555532221234", ""),
    ("n/a", "", ""), ("NA", "", ""), ("s/n", "", ""), ("Sem telefone", "", ""), ("não informado", "", ""),
    ("NULL", "", ""), ("--", "", ""), ("x", "", ""), ("0", "", ""), (0.0, "", ""), ("#REF!", "", ""),
    ("NÃO POSSUI", "", ""), ("11 98765-4321 / não tem", "+5511987654321", ""),
    ("11987654321 / 0800 123 4567", "+5511987654321", "SPECIAL_SERVICE"),
    ("0800 123 4567 / 11987654321", "+5511987654321", "SPECIAL_SERVICE"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "numbers", "expected"), PHONES)
def test_phones(cell: Cell, numbers: str, expected: str) -> None:
    found = clean_phone(cell)
    assert ";".join(number.e164 for number in found.numbers) == numbers
    assert codes(found.findings, "PHONE_") == set(expected.split())


PHONES_BESIDE_COLUMNS = [
    ("98765-4321", "31", "", "", "+5531987654321", "DDD_ASSUMED"),
    ("3456-7890", "31", "", "", "+553134567890", "DDD_ASSUMED"),
    ("8765-4321", "31", "", "", "+5531987654321", "DDD_ASSUMED NINTH_DIGIT_ADDED"),
    ("(21) 98765-4321", "31", "", "", "+5521987654321", ""), ("21987654321", "31", "", "", "+5521987654321", ""),
    ("4004-1234", "31", "", "", "", "SPECIAL_SERVICE"), ("(11) 9876-543", "31", "", "", "", "TOO_SHORT"),
    ("9999-9999", "31", "", "", "", "PLACEHOLDER"), ("98765-4321", "", "11", "", "+5511987654321", ""),
    ("98765-4321", "", "(11)", "", "+5511987654321", ""), ("98765-4321", "", "011", "", "+5511987654321", ""),
    ("98765-4321", "", "11", "", "+5511987654321", ""), ("98765-4321", "", "20", "", "", "INVALID_DDD"),
    ("98765-4321", "31", "11", "", "+5511987654321", ""),
    ("98765-4321", "31", "", "", "+5531987654321", "DDD_ASSUMED"),
    ("(21) 98765-4321", "", "11", "", "+5521987654321", ""), ("3456-7890", "", "11", "55", "+551134567890", ""),
    ("98765-4321", "", "11", "+55", "+5511987654321", ""), ("415 555 2671", "", "", "1", "+14155552671", ""),
    ("912345678", "", "", "351", "+351912345678", ""), ("11987654321", "", "", "55", "+5511987654321", ""),
    ("98765-4321", "", "-", "", "", "MISSING_DDD"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "default", "ddd", "ddi", "numbers", "expected"), PHONES_BESIDE_COLUMNS)
def test_phones_beside_columns_of_codes(
    cell: Cell, default: str, ddd: str, ddi: str, numbers: str, expected: str
) -> None:
    found = clean_phone(cell, default_ddd=default, ddd=ddd, ddi=ddi)
    assert ";".join(number.e164 for number in found.numbers) == numbers
    assert codes(found.findings, "PHONE_") == set(expected.split())


EMAILS: list[tuple[Cell, str, str]] = [
    ("maria@x.com.br", "maria@x.com.br", ""), ("MARIA@X.COM.BR", "maria@x.com.br", ""),
    (" maria@x.com.br ", "maria@x.com.br", ""), ("\u200bmaria@x.com.br\ufeff", "maria@x.com.br", ""),
    ("ｍａｒｉａ＠x.com.br", "maria@x.com.br", ""), ("maria@gmail.cim", "maria@gmail.com", "DOMAIN_FIXED"),
    ("maria@gmail.cmo", "maria@gmail.com", "DOMAIN_FIXED"), ("maria@gmail.ocm", "maria@gmail.com", "DOMAIN_FIXED"),
    ("maria@gmail.vom", "maria@gmail.com", "DOMAIN_FIXED"), ("maria@gmail.xom", "maria@gmail.com", "DOMAIN_FIXED"),
    ("maria@gmail.cpm", "maria@gmail.com", "DOMAIN_FIXED"), ("maria@gmail.cok", "maria@gmail.com", "DOMAIN_FIXED"),
    ("maria@gmail.comm", "maria@gmail.com", "DOMAIN_FIXED"), ("maria@gmail.coml", "maria@gmail.com", "DOMAIN_FIXED"),
    ("maria@empresa.con", "maria@empresa.com", "DOMAIN_FIXED"),
    ("maria@empresa.con.br", "maria@empresa.com.br", "DOMAIN_FIXED"),
    ("maria@empresa.cm.br", "maria@empresa.com.br", "DOMAIN_FIXED"),
    ("maria@empresa.comm.br", "maria@empresa.com.br", "DOMAIN_FIXED"),
    ("maria@empresa.com.vr", "maria@empresa.com.br", "DOMAIN_FIXED"),
    ("maria@empresa.com.b", "maria@empresa.com.br", "DOMAIN_FIXED"),
    ("maria@empresa.combr", "maria@empresa.com.br", "DOMAIN_FIXED"), ("m@gmial.com", "m@gmail.com", "DOMAIN_FIXED"),
    ("m@gmai.com", "m@gmail.com", "DOMAIN_FIXED"), ("m@gmal.com", "m@gmail.com", "DOMAIN_FIXED"),
    ("m@gmil.com", "m@gmail.com", "DOMAIN_FIXED"), ("m@gnail.com", "m@gmail.com", "DOMAIN_FIXED"),
    ("m@gmaill.com", "m@gmail.com", "DOMAIN_FIXED"), ("m@gmaul.com", "m@gmail.com", "DOMAIN_FIXED"),
    ("m@gmail.co", "m@gmail.com", "DOMAIN_FIXED"), ("m@gmail.cm", "m@gmail.com", "DOMAIN_FIXED"),
    ("m@gmail.om", "m@gmail.com", "DOMAIN_FIXED"), ("m@gmail.com.br", "m@gmail.com", "DOMAIN_FIXED"),
    ("m@gmial.con", "m@gmail.com", "DOMAIN_FIXED"), ("m@hotmai.com", "m@hotmail.com", "DOMAIN_FIXED"),
    ("m@hotmal.com", "m@hotmail.com", "DOMAIN_FIXED"), ("m@hotmil.com", "m@hotmail.com", "DOMAIN_FIXED"),
    ("m@homail.com", "m@hotmail.com", "DOMAIN_FIXED"), ("m@hormail.com", "m@hotmail.com", "DOMAIN_FIXED"),
    ("m@otmail.com", "m@hotmail.com", "DOMAIN_FIXED"), ("m@hotmaill.com", "m@hotmail.com", "DOMAIN_FIXED"),
    ("m@hotmail.co", "m@hotmail.com", "DOMAIN_FIXED"), ("m@hotmail.con", "m@hotmail.com", "DOMAIN_FIXED"),
    ("m@outlok.com", "m@outlook.com", "DOMAIN_FIXED"), ("m@outloo.com", "m@outlook.com", "DOMAIN_FIXED"),
    ("m@outllok.com", "m@outlook.com", "DOMAIN_FIXED"), ("m@outlook.co", "m@outlook.com", "DOMAIN_FIXED"),
    ("m@yaho.com.br", "m@yahoo.com.br", "DOMAIN_FIXED"), ("m@yahho.com.br", "m@yahoo.com.br", "DOMAIN_FIXED"),
    ("m@yhaoo.com.br", "m@yahoo.com.br", "DOMAIN_FIXED"), ("m@yaho.com", "m@yahoo.com", "DOMAIN_FIXED"),
    ("m@iclould.com", "m@icloud.com", "DOMAIN_FIXED"), ("m@icloud.co", "m@icloud.com", "DOMAIN_FIXED"),
    ("m@outlook.com.br", "m@outlook.com.br", ""), ("m@hotmail.com.br", "m@hotmail.com.br", ""),
    ("m@yahoo.com", "m@yahoo.com", ""), ("m@live.com", "m@live.com", ""), ("m@msn.com", "m@msn.com", ""),
    ("m@uol.com.br", "m@uol.com.br", ""), ("m@bol.com.br", "m@bol.com.br", ""),
    ("m@terra.com.br", "m@terra.com.br", ""), ("m@ig.com.br", "m@ig.com.br", ""), ("m@globo.com", "m@globo.com", ""),
    ("m@r7.com", "m@r7.com", ""), ("m@oi.com.br", "m@oi.com.br", ""), ("m@empresa.co", "m@empresa.co", ""),
    ("m@empresa.cm", "m@empresa.cm", ""), ("m@empresa,com,br", "m@empresa.com.br", "DOMAIN_FIXED"),
    ("m@empresa..com.br", "m@empresa.com.br", "DOMAIN_FIXED"),
    ("m@empresa.com..br", "m@empresa.com.br", "DOMAIN_FIXED"),
    ("maria@ gmail.com", "maria@gmail.com", "SPACES_REMOVED"),
    ("maria @ gmail . com", "maria@gmail.com", "SPACES_REMOVED"),
    ("maria silva@gmail.com", "mariasilva@gmail.com", "SPACES_REMOVED"), ("<maria@x.com.br>", "maria@x.com.br", ""),
    ("[maria@x.com.br]", "maria@x.com.br", ""), ("(maria@x.com.br)", "maria@x.com.br", ""),
    ('"maria@x.com.br"', "maria@x.com.br", ""), ("'maria@x.com.br'", "maria@x.com.br", ""),
    ("Maria Silva <Maria@X.com.br>", "maria@x.com.br", ""), ('"Silva, Maria" <maria@x.com.br>', "maria@x.com.br", ""),
    ("maria@x.com.br.", "maria@x.com.br", ""), ("maria@x.com.br;", "maria@x.com.br", ""),
    ("maria@x.com.br:", "maria@x.com.br", ""), ("MAILTO:maria@x.com.br", "maria@x.com.br", ""),
    ("a@b.com,c@d.com.br", "a@b.com;c@d.com.br", ""), ("a@b.com | c@d.com.br", "a@b.com;c@d.com.br", ""),
    ("a@b.com c@d.com.br", "a@b.com;c@d.com.br", ""), ("a@b.com e c@d.com.br", "a@b.com;c@d.com.br", ""),
    ("a@b.com ou c@d.com.br", "a@b.com;c@d.com.br", ""),
    ("a@b.com/c@d.com.br/e@f.com", "a@b.com;c@d.com.br;e@f.com", ""), ("a@b.com; A@B.COM", "a@b.com", ""),
    ("a@b.com ::: c@d.com.br", "a@b.com;c@d.com.br", ""), ("a@b.com\nc@d.com.br", "a@b.com;c@d.com.br", ""),
    ("Maria <a@b.com>; João <c@d.com.br>", "a@b.com;c@d.com.br", ""), ("a@b.com / não tem", "a@b.com", ""),
    ("maria", "", "NO_AT"), ("maria arroba gmail.com", "", "NO_AT"), ("www.empresa.com.br", "", "NO_AT"),
    ("maria@hotmail", "", "NO_TLD"), ("@gmail.com", "", "INVALID"), ("maria@@x.com.br", "", "MULTIPLE_AT"),
    ("maria@x@y.com", "", "MULTIPLE_AT"), ("josé@empresa.com.br", "", "NON_ASCII_LOCAL"),
    ("maria.@gmail.com", "", "INVALID"), ("m..a@gmail.com", "", "INVALID"), ("maria@-x.com", "", "INVALID"),
    ("maria@x_y.com.br", "", "INVALID"), ("maria@x.c", "", "INVALID"), ("maria@192.168.0.1", "", "INVALID"),
    ("maria@[192.168.0.1]", "", "INVALID"), ("m#1@x.com.br", "m#1@x.com.br", ""),
    ("o'brien@x.com.br", "o'brien@x.com.br", ""),
    ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.com.br", "", "INVALID"),
    ("x@x.com", "", "PLACEHOLDER"), ("email@email.com", "", "PLACEHOLDER"), ("naotem@naotem.com", "", "PLACEHOLDER"),
    ("naotem@naotem.com.br", "", "PLACEHOLDER"), ("TESTE@TESTE.COM", "", "PLACEHOLDER"),
    ("teste@teste.com.br", "", "PLACEHOLDER"), ("não tem", "", ""), ("-", "", ""), ("n/a", "", ""),
    ("não possui", "", ""), ("nt", "", ""), ("", "", ""), ("#N/D", "", ""), ("null", "", ""),
    ("maria@gmaik.com", "maria@gmaik.com", "DOMAIN_SUGGESTED"),
    ("maria@hotmeil.com", "maria@hotmeil.com", "DOMAIN_SUGGESTED"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "addresses", "expected"), EMAILS)
def test_emails(cell: Cell, addresses: str, expected: str) -> None:
    found = clean_email(cell)
    assert ";".join(filter(None, (found.value, *found.extra))) == addresses
    seen = {finding for finding in found.findings if finding.code not in TOLD_BESIDES}
    assert codes(seen, "EMAIL_") == set(expected.split())


NAMES: list[tuple[Cell, str, str, str]] = [
    ("MARIA", "Maria", "", ""), ("maria", "Maria", "", ""), ("Maria", "Maria", "", ""),
    ("MARIA SILVA", "Maria", "Silva", ""), ("maria da silva", "Maria", "da Silva", ""),
    ("MARIA DE FÁTIMA DOS SANTOS", "Maria", "de Fátima dos Santos", ""), ("DA SILVA", "Da", "Silva", ""),
    ("DOS SANTOS MARIA", "Dos", "Santos Maria", ""), ("JOÃO E MARIA", "João", "e Maria", ""),
    ("LUIZ DI GIORGIO", "Luiz", "di Giorgio", ""), ("ANA DEL REY", "Ana", "del Rey", ""),
    ("ANA DELLA ROVERE", "Ana", "della Rovere", ""), ("OTTO VON BISMARCK", "Otto", "von Bismarck", ""),
    ("VINCENT VAN GOGH", "Vincent", "van Gogh", ""), ("KARL VAN DER BERG", "Karl", "van der Berg", ""),
    ("ANA LA FUENTE", "Ana", "la Fuente", ""), ("MARIE DU BOIS", "Marie", "du Bois", ""),
    ("MARIA DAS DORES", "Maria", "das Dores", ""), ("Maria da Silva", "Maria", "da Silva", ""),
    ("Maria DA SILVA", "Maria", "DA SILVA", ""), ("maria Silva", "maria", "Silva", ""),
    ("josé D'avila", "josé", "D'avila", ""), ("ANA D'AVILA", "Ana", "D'Avila", ""),
    ("jean-luc picard", "Jean-Luc", "Picard", ""), ("ANA SANT'ANNA", "Ana", "Sant'Anna", ""),
    ("JOÃO SILVA II", "João", "Silva II", ""), ("joão silva iii", "João", "Silva III", ""),
    ("PEDRO IV", "Pedro", "IV", ""), ("JOÃO SILVA FILHO", "João", "Silva Filho", ""),
    ("joão silva jr", "João", "Silva Jr", ""), ("João Silva Jr.", "João", "Silva Jr", ""),
    ("DR JOÃO SILVA", "João", "Silva", ""), ("Dra. Ana Souza", "Ana", "Souza", ""), ("Sr. João", "João", "", ""),
    ("SR JOÃO", "João", "", ""), ("SRTA. ANA", "Ana", "", ""), ("Prof. Carlos Lima", "Carlos", "Lima", ""),
    ("PROFA ANA LIMA", "Ana", "Lima", ""), ("Eng. Paulo", "Paulo", "", ""),
    ("Sr. Dr. João Silva", "João", "Silva", ""), ("DRAUZIO VARELLA", "Drauzio", "Varella", ""),
    ("ENGELS SILVA", "Engels", "Silva", ""), ("SILVA, MARIA", "Maria", "Silva", ""),
    ("Silva, Maria", "Maria", "Silva", ""), ("DA SILVA, JOÃO PEDRO", "João", "Pedro da Silva", ""),
    ("souza, ana maria", "Ana", "Maria Souza", ""), ("JosÃ© Silva", "José", "Silva", "TEXT_ENCODING_FIXED"),
    ("MÃ¡rcia GonÃ§alves", "Márcia", "Gonçalves", "TEXT_ENCODING_FIXED"), ("JOÃƒO", "João", "", "TEXT_ENCODING_FIXED"),
    ("IRMÃ DULCE", "Irmã", "Dulce", ""), ("MAÇÃ", "Maçã", "", ""), ("JOÃO", "João", "", ""),
    ("ASSUNÇÃO", "Assunção", "", ""), ("GUIMARÃES", "Guimarães", "", ""), ("Maria 😀", "Maria", "", ""),
    ("👩\u200d💻 Ana ❤️ Souza", "Ana", "Souza", ""), ("Maria\u200b Silva", "Maria", "Silva", ""),
    ("Maria\tSilva", "Maria", "Silva", ""), ("Maria\nSilva", "Maria", "Silva", ""),
    ("Maria\xa0Silva", "Maria", "Silva", ""), ("  Maria  ", "Maria", "", ""), ("Maria.", "Maria", "", ""),
    ("Maria Silva,", "Maria", "Silva", ""), ('"Maria Silva"', "Maria", "Silva", ""), ("*Maria*", "Maria", "", ""),
    ('=HYPERLINK("http://x")', "", "", "CELL_FORMULA_BLANKED"), ("@SUM(1+1)", "", "", "CELL_FORMULA_BLANKED"),
    ("+55|x", "", "", "CELL_FORMULA_BLANKED"), ("-Maria (Souza)", "", "", "CELL_FORMULA_BLANKED"),
    ("Na", "Na", "", ""), ("Na Li", "Na", "Li", ""), ("N/A", "", "", ""), ("-", "", "", ""),
    ("não informado", "", "", ""), ("null", "", "", ""), ("none", "", "", ""), ("nan", "", "", ""),
    ("s/n", "", "", ""), ("#N/D", "", "", ""), ("?", "", "", ""), ("", "", "", ""),
    ("maria@gmail.com", "", "", "NAME_IS_EMAIL"), ("11987654321", "", "", "NAME_IS_PHONE"),
    ("(11) 98765-4321", "", "", "NAME_IS_PHONE"), ("+55 11 98765-4321", "", "", "NAME_IS_PHONE"),
    ("PADARIA PÃO QUENTE LTDA", "Padaria", "Pão Quente Ltda", "NAME_LOOKS_COMPANY"),
    ("Padaria Central LTDA", "Padaria", "Central LTDA", "NAME_LOOKS_COMPANY"),
    ("Carmen Meireles", "Carmen", "Meireles", ""), ("MEIRE SILVA", "Meire", "Silva", ""),
    ("ÁLVARO ÉRICO", "Álvaro", "Érico", ""), ("érica", "Érica", "", ""), ("JOÃO", "João", "", ""),
    ("maria josé", "Maria", "José", ""), ("Ana", "Ana", "", ""), ("McDonald", "McDonald", "", ""),
    ("MARIA  JOSÉ   SOUZA", "Maria", "José Souza", ""), ("ana-paula", "Ana-Paula", "", ""),
    ("J. R. R. TOLKIEN", "J.", "R. R. Tolkien", ""), ("josé maria d'arc e souza", "José", "Maria D'Arc e Souza", ""),
    ("李 小龙", "李", "小龙", ""), ("MÜLLER", "Müller", "", ""), ("O'BRIEN PATRICK", "O'Brien", "Patrick", ""),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "first", "last", "expected"), NAMES)
def test_names(cell: Cell, first: str, last: str, expected: str) -> None:
    found = clean_full_name(cell)
    assert (found.first, found.last) == (first, last)
    seen = codes(found.findings, "")
    assert (seen if expected else seen - COSMETIC_IN_NAMES) == set(expected.split())
