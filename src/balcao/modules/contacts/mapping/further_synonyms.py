"""More names of columns, from what Brazilian shops, their programs and form tools write; see synonyms.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TABLE: Final = {
    "full_name": (
        "nome do responsável · responsável legal · nome/razão social · razão social/nome · nome ou razão "
        "social · cliente/razão social · nome para contato · pessoa de contato · pessoa para contato · nome "
        "da pessoa · nome do comprador · nome do titular · nome do participante · nome do inscrito · nome "
        "do destinatário · nome do assinante · nome do associado · nome do sócio · nome do membro · nome do "
        "hóspede · nome do convidado · nome do passageiro · nome do morador · nome do condômino · nome do "
        "colaborador · nome do candidato · nome do doador · nome do proprietário · nome do consumidor · "
        "nome do comprador/destinatário · nome para a entrega · nome do whatsapp · whatsapp name · "
        "assinante · associado · convidado · hóspede · morador · candidato · consumidor · nome e último "
        "nome · nome com sobrenome · person · person name · contact person · contact full name · customer · "
        "customer full name · client · client full name · buyer name · recipient name · attendee name · "
        "student name · patient name · subscriber name · member name · guest name · saved name · profile "
        "name · your name · what's your name · contato principal · contato comercial · nome de exibição · "
        "pessoa · nome/apelido · nome ou apelido · nome/razão · nombre · nombre completo · nombre y "
        "apellido"
    ),
    "first_name": "1º nome · primer nombre · nome de batismo · contact first name · customer first name",
    "last_name": "apellido · apellidos · sobrenomes · último sobrenome · contact last name · customer last name",
    "email": (
        "conta de e-mail · e-mail cadastrado · e-mail de cadastro · e-mail de contato · e-mail para receber "
        "· correo · correo electrónico · email id · contact email · customer email · user email · your "
        "email · endereço de correio eletrônico · login e-mail"
    ),
    "phone": (
        "contato telefônico · telefone de contato · linha fixa · linha telefônica · número de contato · "
        "número para contato · fone/fax · telefone/fax · tel/fax · teléfono · landline · landline phone · "
        "contact number · contact phone · contact phone number · contact no · phone no · phone nr · tel no "
        "· tel number · telephone number · customer phone · numero tel · telefone/celular/whatsapp para "
        "contato"
    ),
    "mobile": (
        "cel phone · cell number · cellular · cellular phone · mobile no · mobile telephone · smartphone · "
        "contact mobile · telefone cel · handy"
    ),
    "whatsapp": (
        "whatsap · watsapp · watsap · whatapp · wathsapp · whatssapp · whatsaap · whastapp · whattsapp · "
        "whatzapp · wats · watts · zap zap · wapp · whatsapp business · link do whatsapp · zap com ddd · "
        "whatsapp para contato · whatsapp phone number · whatsapp phone · número do zap · whatsapp/celular "
        "· whatsapp/telefone"
    ),
    "ddd": "prefixo · prefixo telefônico · cód. ddd · código ddd · ddd do telefone · ddd whatsapp",
    "ddi": "country code · calling code · country calling code · código internacional · cód. ddi · código ddi",
    "extra_phone": (
        "telefone adicional · telefones adicionais · outros telefones · segundo telefone · telefone para "
        "recado · telefone para recados · telefone opcional · telefone reserva · celular secundário · outro "
        "celular · outro número · alternate phone · alternative phone · secondary phone · second phone"
    ),
    "extra_email": (
        "e-mail adicional · e-mails adicionais · segundo e-mail · outros e-mails · e-mail opcional · "
        "alternate email · alternative email · other email · second email"
    ),
    "company": (
        "nome empresarial · razão · denominação social · nome da loja · nome do estabelecimento · nome do "
        "negócio · nome da firma · nome da organização · nome da instituição · nome da companhia · nome "
        "comercial · local de trabalho · empresa onde trabalha · empregador · associated company · company "
        "legal name · legal name · trade name · nome da sua empresa · qual o nome da sua empresa · "
        "company/organization"
    ),
    "job_title": (
        "profissão/cargo · cargo/função · título profissional · cargo na empresa · occupation · profession "
        "· organization title · posição · qual o seu cargo"
    ),
    "address": (
        "av · rua/avenida · avenida/rua · endereço 1 · endereço linha 1 · endereço/rua · rua e número · "
        "endereço e número · logradouro/número · street name · street address 1 · full address · address "
        "street · dirección · endereço comercial"
    ),
    "address_number": (
        "nº da casa · número da residência · nº do imóvel · número predial · number house · building number "
        "· address number · nº endereço · nº da rua"
    ),
    "address_extra": (
        "endereço 2 · endereço linha 2 · complemento do endereço · apt · apartment · suite · unit · "
        "complement · street address 2 · address complement · apto/bloco · bloco/apto"
    ),
    "neighborhood": "bairro/setor · setor/bairro · suburb · barrio · bairro/distrito",
    "city": (
        "cidade/uf · cidade/estado · cidade e estado · município/uf · cidade onde mora · cidade em que mora "
        "· cidade de residência · em qual cidade você mora · city/town · city/state · ciudad"
    ),
    "state": (
        "estado/região · sigla uf · sigla estado · unidade da federação · provincia · province code · state "
        "code · state/province · estado onde mora · em qual estado você mora"
    ),
    "postal_code": "código cep · cep residencial · cep do endereço · zip/postal code · código postal/cep · postal",
    "country": "país/região · country iso · país de residência",
    "birthday": (
        "dt de nascimento · data de nasc · nascido em · nascida em · data do aniversário · data aniversário "
        "· dt aniversário · data nac · dia do aniversário · birth · bday · birthday date · fecha de "
        "nacimiento · niver · dia de nascimento · quando você faz aniversário · qual a sua data de "
        "nascimento"
    ),
    "cpf": "cpf nº · seu cpf · cpf do comprador · cpf pessoa física",
    "cnpj": "cgc · número do cnpj · seu cnpj · cnpj pessoa jurídica",
    "cpf_cnpj": (
        "cpf ou cnpj · cpf e cnpj · número do documento · documento de identificação · document · document "
        "number"
    ),
    "gender": "sex · sexo/gênero",
    "tags": "contact tags · customer tags · tags do contato · tag do cliente · lista de tags",
    "source": (
        "fonte original · canal de aquisição · canal de entrada · origem da primeira conversão · como nos "
        "encontrou · como você nos encontrou · como ficou sabendo · onde nos conheceu · por onde nos "
        "conheceu · como você nos conheceu · como chegou até nós · como soube · como soube de nós · "
        "original traffic source · first source · origem do cadastro · traffic source · utm campaign source"
    ),
    "notes": (
        "observação geral · observações gerais · obs gerais · obs geral · observação do cliente · "
        "informações adicionais · mais informações · outras informações · informações · notas internas · "
        "nota interna · anotações gerais · memo · internal notes · additional notes · additional "
        "information · details · customer note · comment"
    ),
    "website": (
        "endereço do site · página web · link do site · url do site · site url · website url · homepage url "
        "· company website · blog · web"
    ),
    "instagram": (
        "perfil instagram · usuário do instagram · instagram handle · instagram username · instagram url · "
        "ig · link do instagram · instagram da empresa · arroba · arroba do instagram · seu instagram · @ "
        "do instagram"
    ),
    "owner": (
        "vendedora · consultora · responsável comercial · responsável pela conta · vendedor responsável · "
        "consultor responsável · atendente responsável · dono · dono do lead · corretor · corretor "
        "responsável · representante · representante comercial · assessor · captador · gerente de conta · "
        "atribuído a · agente responsável · account owner · account manager · sales rep · sales owner · "
        "sales person · salesperson · assigned user · assignee · owner name · contact owner name"
    ),
    "external_id": (
        "cód. do cliente · código interno · código de cadastro · código do cadastro · id do registro · "
        "identificador · identifier · número de cadastro · número do cadastro · nº cadastro · número de "
        "matrícula · nº matrícula · uuid · customer id · client id · user id · person id · subscriber id · "
        "customer code · prontuário · nº prontuário · registro"
    ),
    "created_at": (
        "create date · created date · created on · date created · creation date · creation time · criado em "
        "· cadastrado em · data do cadastro · data e hora · data/hora · data e hora do cadastro · data de "
        "envio · data/hora de envio · enviado em · submitted at · submitted on · submission date · submit "
        "date · data de entrada · data de inscrição · data inscrição · inscrito em · data da primeira "
        "conversão · cliente desde · customer since · member since · data de inclusão · data inclusão · dt "
        "inclusão · data de registro · registration date · registered at · signup date · sign up date · "
        "subscription date · subscribed at · optin time · data de captura · data de captação · date "
        "subscribed · added on · added at"
    ),
    "opt_out": (
        "email opt out · sms opt out · whatsapp opt out · has opted out of email · do not call · do not "
        "contact · do not email · não enviar · não contatar · não quer receber · não deseja receber · não "
        "deseja contato · não aceita receber · não autoriza contato · optou por não receber · lista negra · "
        "blacklist · blocklist · unsubscribe · descadastro · descadastrou · sair da lista"
    ),
    "opt_in": (
        "accepts marketing · accepts email marketing · email marketing consent · marketing consent · email "
        "consent · consentimento lgpd · lgpd · aceito receber · aceita marketing · aceita email · aceita "
        "e-mail marketing · aceita whatsapp · aceita newsletter · aceita receber novidades · aceita "
        "promoções · autoriza whatsapp · autorizo contato · autorização de contato · autorização lgpd · "
        "permite contato · deseja receber · quero receber · quer receber · subscribed · inscrito na "
        "newsletter · concorda com lgpd · concordo lgpd · concordo em receber · email opt in · whatsapp opt "
        "in · termo lgpd"
    ),
}  # fmt: skip

FURTHER_SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    field: tuple(words.split(" · ")) for field, words in _TABLE.items()
}
"""The names of each field, as people write them."""
