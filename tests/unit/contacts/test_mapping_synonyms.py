"""The names of columns: the table of the contacts specification (3.2) is there word for word, and nothing contradicts."""

import re

import pytest

from balcao.modules.contacts.mapping.further_synonyms import FURTHER_SYNONYMS
from balcao.modules.contacts.mapping.headers import exact_field
from balcao.modules.contacts.mapping.normal_form import normalise_header
from balcao.modules.contacts.mapping.synonyms import SYNONYMS
from balcao.modules.contacts.mapping.vocabulary import COMPACT, EXACT, STRIPPED, WORDS, without_stop_words
from balcao.modules.contacts.mapping.word_lists import (
    ABOUT,
    FILLER,
    FURTHER,
    HEAD_WORDS,
    MISLEADING,
    NEUTRAL,
    NOT_CONTACT,
    OTHERS,
    WEAK,
)
from balcao.modules.contacts.people_fields import FIELDS

TABLE = """
| full_name | nome · nome completo · nome do cliente · cliente · nome do contato · contato · nome do lead · lead · nome e sobrenome · aluno · nome do aluno · paciente · nome do paciente · titular · comprador · participante · inscrito · destinatário · seu nome · qual é o seu nome · nome no whatsapp · name · full name · fullName · contact name · customer name · client name · lead name · display name · file as |
| first_name | primeiro nome · prenome · nome próprio · first name · firstname · fname · given name · forename · first |
| last_name | sobrenome · último nome · nome de família · last name · lastname · lname · surname · family name · last |
| email | e-mail · email · email principal · e-mail pessoal · e-mail do cliente · e-mail para contato · melhor e-mail · qual o seu melhor e-mail · seu e-mail · correio eletrônico · endereço de e-mail · endereço eletrônico · e-mail comercial · e-mail corporativo · email address · mail · e-mail 1 - value · primary email · work email |
| phone | telefone · fone · tel · tel. · telefone principal · telefone fixo · fixo · tel. residencial · telefone comercial · fone comercial · telefone para contato · número de telefone · nº telefone · telefone com ddd · ddd e telefone · ddd/telefone · seu telefone · qual é o seu telefone · phone · phone number · phone_number · telephone · business phone · home phone · work phone · phone 1 - value · primary phone |
| mobile | celular · cel · cel. · telefone celular · tel. celular · fone celular · telefone móvel · móvel · nº celular · número de celular · celular com ddd · mobile · mobile phone · cell · cell phone · cellphone · mobile number |
| whatsapp | whatsapp · whats · whats app · wpp · wp · zap · zapzap · wa · número do whatsapp · nº whatsapp · whatsapp com ddd · celular/whatsapp · telefone/whatsapp · celular (whatsapp) · celular com whatsapp · seu whatsapp · qual o seu whatsapp · contato whatsapp · whatsapp number |
| ddd | ddd · código de área · cód. área · ddd celular · ddd fone · area code |
| ddi | ddi · código do país · cód. país · phone country code · dial code |
| extra_phone | telefone secundário · outro telefone · telefone alternativo · recado · telefone recado · fone recado · additional phone · additional phones · other phone |
| extra_email | e-mail secundário · e-mail alternativo · outro e-mail · additional email · additional emails · secondary email |
| company | empresa · nome da empresa · razão social · nome fantasia · fantasia · companhia · organização · instituição · estabelecimento · loja · firma · negócio · company · company name · business name · business · organization · organisation · organization name · account name · employer |
| job_title | cargo · função · profissão · ocupação · job title · job · role · position |
| address | endereço · endereço completo · logradouro · rua · avenida · end. · endereço residencial · address · street · street address · address 1 · address line 1 · mailing street |
| address_number | número do endereço · nº do endereço · nº casa · street number · house number |
| address_extra | complemento · compl. · apto · apartamento · bloco · address 2 · address line 2 |
| neighborhood | bairro · distrito · neighborhood · neighbourhood · district |
| city | cidade · município · localidade · city · town |
| state | estado · uf · estado/uf · sigla do estado · unidade federativa · state · province · state/region · region |
| postal_code | cep · código postal · cód. postal · zip · zip code · zipcode · postal code · postcode |
| country | país · nação · country · country/region · country name |
| birthday | data de nascimento · data nascimento · dt. nascimento · dt nasc · data nasc. · nascimento · nasc. · aniversário · data de aniversário · birthday · birth date · birthdate · date of birth · dob |
| cpf | cpf · nº cpf · número do cpf · cpf do cliente · cpf do titular |
| cnpj | cnpj · nº cnpj · cnpj da empresa · cnpj do cliente |
| cpf_cnpj | cpf/cnpj · cnpj/cpf · documento · doc. · nº documento · tax id |
| gender | sexo · gênero · gender |
| tags | tags · tag · etiqueta · etiquetas · marcador · marcadores · categoria · categorias · segmento · grupo · grupos · rótulo · rótulos · label · labels · group membership |
| source | origem · fonte · origem do lead · canal · canal de origem · mídia · campanha · como conheceu · como nos conheceu · source · lead source · contact source · channel · utm_source · original source · plataforma · platform |
| notes | observação · observações · obs · obs. · anotação · anotações · notas · nota · comentário · comentários · mensagem · descrição · detalhes · histórico · notes · note · comments · message · description · remarks |
| website | site · website · web site · página · homepage · home page · site da empresa · url · www · web page |
| instagram | instagram · insta · @instagram · perfil do instagram |
| owner | responsável · responsável pelo contato · vendedor · consultor · atendente · proprietário · owner · contact owner · assigned to · sdr · closer |
| external_id | id · código · cód. · código do cliente · cód. cliente · matrícula · id externo · external id · record id · contact id |
| created_at | data de cadastro · data cadastro · dt. cadastro · cadastro · data de criação · carimbo de data/hora · created · created at · created_time · date added · timestamp |
| opt_out | descadastrado · opt-out · optout · não perturbe · dnd · do not disturb · unsubscribed · bloqueado · cancelou inscrição |
| opt_in | opt-in · optin · aceita receber · aceite lgpd · consentimento · consent · autoriza contato · newsletter |
"""


def rows():
    for line in TABLE.strip().splitlines():
        field, words = (part.strip() for part in line.strip("|").split("|"))
        yield field, tuple(word.strip() for word in words.split("·"))


def test_the_table_is_there_word_for_word():
    assert dict(rows()) == dict(SYNONYMS)


def test_every_field_has_names_and_every_name_a_field():
    assert len(SYNONYMS) == 36
    assert set(SYNONYMS) == set(FURTHER_SYNONYMS) == set(FIELDS)


def test_there_are_382_different_names():
    """ "whatsapp" and "whats app" are told apart by the six steps of 3.1; here they are one name."""
    texts = {normalise_header(phrase).text for phrases in SYNONYMS.values() for phrase in phrases}
    assert len(texts) == 381
    assert "whatsapp" in texts
    assert "whats app" not in texts


def test_no_name_stands_for_two_fields():
    fields: dict[str, set[str]] = {}
    for table in (SYNONYMS, FURTHER_SYNONYMS):
        for field, phrases in table.items():
            for phrase in phrases:
                fields.setdefault(normalise_header(phrase).text, set()).add(field)
    assert {text: found for text, found in fields.items() if len(found) > 1} == {}
    assert set(fields) == set(EXACT)


def test_the_further_names_repeat_none_of_the_table():
    table = {normalise_header(phrase).text for phrases in SYNONYMS.values() for phrase in phrases}
    further = [normalise_header(phrase).text for phrases in FURTHER_SYNONYMS.values() for phrase in phrases]
    assert [text for text in further if text in table] == []
    assert len(further) == len(set(further))


@pytest.mark.parametrize(("field", "phrases"), list(rows()))
def test_each_name_is_known_however_it_is_written(field, phrases):
    for phrase in phrases:
        # Even FULLNAME, which has lost the place where its words meet.
        assert exact_field(phrase) == field
        assert exact_field(phrase.upper()) == field
        assert exact_field(f"  {phrase}:* ") == field
        assert exact_field(re.sub(r"[ /]", "_", phrase)) == field


def test_short_forms_agree_with_the_names_they_come_from():
    for text, known in EXACT.items():
        short = without_stop_words(text)
        if " " in short and short not in EXACT and short in STRIPPED:
            assert STRIPPED[short].field == known.field or text in {"ddd do telefone", "cliente razao social"}
        assert COMPACT[text.replace(" ", "")].field == known.field


def test_word_lists_agree_with_the_vocabulary():
    assert (FILLER | NEUTRAL | WEAK | FURTHER).isdisjoint(ABOUT | OTHERS | NOT_CONTACT)
    assert set(EXACT) >= HEAD_WORDS
    assert MISLEADING.isdisjoint(EXACT)
    # Those who sell and those who recommend may head a column of their own.
    assert {word for word in OTHERS if word in EXACT} <= {
        "vendedor", "vendedora", "atendente", "consultor", "consultora", "corretor", "representante",
    }  # fmt: skip
    assert "telefone" in WORDS
