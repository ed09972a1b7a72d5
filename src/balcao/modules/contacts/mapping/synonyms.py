"""What columns are called, in Portuguese and English (contacts specification, 3.2), word for word.

Earlier words are the better ones: when two columns of a file claim a field, the earlier word wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TABLE: Final = {
    "full_name": (
        "nome · nome completo · nome do cliente · cliente · nome do contato · contato · nome do lead · lead · "
        "nome e sobrenome · aluno · nome do aluno · paciente · nome do paciente · titular · comprador · "
        "participante · inscrito · destinatário · seu nome · qual é o seu nome · nome no whatsapp · name · "
        "full name · fullName · contact name · customer name · client name · lead name · display name · file "
        "as"
    ),
    "first_name": (
        "primeiro nome · prenome · nome próprio · first name · firstname · fname · given name · forename · "
        "first"
    ),
    "last_name": (
        "sobrenome · último nome · nome de família · last name · lastname · lname · surname · family name · "
        "last"
    ),
    "email": (
        "e-mail · email · email principal · e-mail pessoal · e-mail do cliente · e-mail para contato · melhor "
        "e-mail · qual o seu melhor e-mail · seu e-mail · correio eletrônico · endereço de e-mail · endereço "
        "eletrônico · e-mail comercial · e-mail corporativo · email address · mail · e-mail 1 - value · "
        "primary email · work email"
    ),
    "phone": (
        "telefone · fone · tel · tel. · telefone principal · telefone fixo · fixo · tel. residencial · "
        "telefone comercial · fone comercial · telefone para contato · número de telefone · nº telefone · "
        "telefone com ddd · ddd e telefone · ddd/telefone · seu telefone · qual é o seu telefone · phone · "
        "phone number · phone_number · telephone · business phone · home phone · work phone · phone 1 - value "
        "· primary phone"
    ),
    "mobile": (
        "celular · cel · cel. · telefone celular · tel. celular · fone celular · telefone móvel · móvel · nº "
        "celular · número de celular · celular com ddd · mobile · mobile phone · cell · cell phone · "
        "cellphone · mobile number"
    ),
    "whatsapp": (
        "whatsapp · whats · whats app · wpp · wp · zap · zapzap · wa · número do whatsapp · nº whatsapp · "
        "whatsapp com ddd · celular/whatsapp · telefone/whatsapp · celular (whatsapp) · celular com whatsapp "
        "· seu whatsapp · qual o seu whatsapp · contato whatsapp · whatsapp number"
    ),
    "ddd": "ddd · código de área · cód. área · ddd celular · ddd fone · area code",
    "ddi": "ddi · código do país · cód. país · phone country code · dial code",
    "extra_phone": (
        "telefone secundário · outro telefone · telefone alternativo · recado · telefone recado · fone recado "
        "· additional phone · additional phones · other phone"
    ),
    "extra_email": (
        "e-mail secundário · e-mail alternativo · outro e-mail · additional email · additional emails · "
        "secondary email"
    ),
    "company": (
        "empresa · nome da empresa · razão social · nome fantasia · fantasia · companhia · organização · "
        "instituição · estabelecimento · loja · firma · negócio · company · company name · business name · "
        "business · organization · organisation · organization name · account name · employer"
    ),
    "job_title": "cargo · função · profissão · ocupação · job title · job · role · position",
    "address": (
        "endereço · endereço completo · logradouro · rua · avenida · end. · endereço residencial · address · "
        "street · street address · address 1 · address line 1 · mailing street"
    ),
    "address_number": "número do endereço · nº do endereço · nº casa · street number · house number",
    "address_extra": "complemento · compl. · apto · apartamento · bloco · address 2 · address line 2",
    "neighborhood": "bairro · distrito · neighborhood · neighbourhood · district",
    "city": "cidade · município · localidade · city · town",
    "state": (
        "estado · uf · estado/uf · sigla do estado · unidade federativa · state · province · state/region · "
        "region"
    ),
    "postal_code": ("cep · código postal · cód. postal · zip · zip code · zipcode · postal code · postcode"),
    "country": "país · nação · country · country/region · country name",
    "birthday": (
        "data de nascimento · data nascimento · dt. nascimento · dt nasc · data nasc. · nascimento · nasc. · "
        "aniversário · data de aniversário · birthday · birth date · birthdate · date of birth · dob"
    ),
    "cpf": "cpf · nº cpf · número do cpf · cpf do cliente · cpf do titular",
    "cnpj": "cnpj · nº cnpj · cnpj da empresa · cnpj do cliente",
    "cpf_cnpj": "cpf/cnpj · cnpj/cpf · documento · doc. · nº documento · tax id",
    "gender": "sexo · gênero · gender",
    "tags": (
        "tags · tag · etiqueta · etiquetas · marcador · marcadores · categoria · categorias · segmento · "
        "grupo · grupos · rótulo · rótulos · label · labels · group membership"
    ),
    "source": (
        "origem · fonte · origem do lead · canal · canal de origem · mídia · campanha · como conheceu · como "
        "nos conheceu · source · lead source · contact source · channel · utm_source · original source · "
        "plataforma · platform"
    ),
    "notes": (
        "observação · observações · obs · obs. · anotação · anotações · notas · nota · comentário · "
        "comentários · mensagem · descrição · detalhes · histórico · notes · note · comments · message · "
        "description · remarks"
    ),
    "website": (
        "site · website · web site · página · homepage · home page · site da empresa · url · www · web page"
    ),
    "instagram": "instagram · insta · @instagram · perfil do instagram",
    "owner": (
        "responsável · responsável pelo contato · vendedor · consultor · atendente · proprietário · owner · "
        "contact owner · assigned to · sdr · closer"
    ),
    "external_id": (
        "id · código · cód. · código do cliente · cód. cliente · matrícula · id externo · external id · "
        "record id · contact id"
    ),
    "created_at": (
        "data de cadastro · data cadastro · dt. cadastro · cadastro · data de criação · carimbo de data/hora "
        "· created · created at · created_time · date added · timestamp"
    ),
    "opt_out": (
        "descadastrado · opt-out · optout · não perturbe · dnd · do not disturb · unsubscribed · bloqueado · "
        "cancelou inscrição"
    ),
    "opt_in": (
        "opt-in · optin · aceita receber · aceite lgpd · consentimento · consent · autoriza contato · "
        "newsletter"
    ),
}

SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    field: tuple(words.split(" · ")) for field, words in _TABLE.items()
}
"""The names of each field, as people write them."""
