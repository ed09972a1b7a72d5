"""Files of known producers, recognised as a whole by their headers (contacts specification, 1.1 and 3.2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from balcao.modules.contacts.mapping.normal_form import Header
from balcao.modules.contacts.mapping.vocabulary import Known


@dataclass(frozen=True, slots=True)
class Shape:
    """A producer's export. It is recognised when one of the sets of headers in `signs` is in the file.

    `fields` is by normalised header, with its numbers or without; "" means that nothing is read from the column.
    """

    name: str
    signs: Sequence[frozenset[str]]
    fields: Mapping[str, Known]


def _signs(*texts: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(text.split("|")) for text in texts)


def _fields(**texts: str) -> dict[str, Known]:
    return {
        header: Known("" if field == "nothing" else field, rank)
        for field, text in texts.items()
        for rank, header in enumerate(text.split("|"))
    }


SHAPES: Final = (
    Shape(
        "ghl",
        _signs(
            "contact id|last activity", "contact id|created|tags", "contact id|business name|contact source",
            "first name|last name|business name|postal code|contact source|tags",
        ),
        _fields(
            external_id="contact id", first_name="first name", last_name="last name", full_name="name", phone="phone",
            email="email", created_at="created", company="business name|company name", address="address", city="city",
            state="state", postal_code="postal code", country="country", source="contact source|source", tags="tags",
            birthday="date of birth", owner="contact owner|assigned to", website="website", notes="notes",
            extra_email="additional email|additional emails", extra_phone="additional phone|additional phones",
            opt_out="dnd", job_title="job title", gender="gender", instagram="instagram", cpf="cpf", cnpj="cnpj",
            nothing="last activity|contact type|time zone|timezone",
        ),
    ),
    Shape(
        "google_contacts",
        _signs(
            "email 1 value", "phone 1 value", "given name|family name|group membership", "phonetic first name|labels",
            "organization name|organization title|file as",
        ),
        _fields(
            full_name="name", first_name="given name|first name", last_name="family name|last name", email="email value",
            phone="phone value", company="organization name", job_title="organization title|occupation",
            address="address street", address_extra="address extended address", city="address city",
            state="address region", postal_code="address postal code", country="address country", website="website value",
            birthday="birthday", gender="gender", notes="notes", tags="group membership|labels",
            nothing="middle name|additional name|phonetic first name|phonetic middle name|phonetic last name|yomi name|"
            "given name yomi|additional name yomi|family name yomi|name prefix|name suffix|initials|nickname|short name|"
            "maiden name|file as|location|billing information|directory server|mileage|hobby|sensitivity|priority|subject|"
            "language|photo|email type|email label|phone type|phone label|address type|address label|address formatted|"
            "address po box|organization type|organization label|organization yomi name|organization department|"
            "organization symbol|organization location|organization job description|website type|website label|"
            "event type|event label|event value|relation type|relation label|relation value|im type|im service|im value|"
            "custom field type|custom field label|custom field value",
        ),
    ),
    Shape(
        "outlook",
        _signs(
            "business phone|home phone|mobile phone", "business phone|mobile phone|email address",
            "business phone|email display name", "business street|home street", "email address|email display name",
        ),
        _fields(
            first_name="first name", last_name="last name", company="company", job_title="job title|profession",
            email="email address", phone="business phone|home phone|primary phone", mobile="mobile phone",
            extra_phone="other phone|company main phone|car phone|callback", address="business street|home street|other street",
            city="business city|home city|other city", state="business state|home state|other state",
            postal_code="business postal code|home postal code|other postal code",
            country="business country region|home country region|other country region|business country|home country|"
            "other country",
            birthday="birthday", gender="gender", website="web page|personal web page", notes="notes", tags="categories",
            nothing="title|middle name|suffix|nickname|department|given yomi|surname yomi|company yomi|email type|"
            "email display name|business fax|home fax|other fax|pager|telex|isdn|radio phone|tty tdd phone|"
            "assistant s phone|assistant s name|manager s name|spouse|children|anniversary|referred by|account|initials|"
            "keywords|language|location|mileage|office location|organizational id number|po box|business po box|"
            "home address po box|other address po box|business address po box|priority|private|sensitivity|"
            "government id number|billing information|directory server|hobby|internet free busy|schools|user|other job|"
            "business street 2|business street 3|home street 2|home street 3|other street 2|other street 3",
        ),
    ),
    Shape(
        "meta_leads",
        _signs(
            "created time|ad name", "created time|form name", "created time|campaign name", "created time|is organic",
            "created time|platform", "created time|full name|phone number", "created time|form id", "ad id|form id",
        ),
        _fields(
            full_name="full name|nome completo|nome", first_name="first name|primeiro nome", last_name="last name|sobrenome",
            email="email", phone="phone number|phone|telefone|numero de telefone|work phone number",
            whatsapp="whatsapp number|whatsapp|numero do whatsapp", created_at="created time", source="platform",
            external_id="id", postal_code="zip|zip code|post code|postal code|cep|codigo postal", city="city|cidade",
            state="state|estado|province", country="country|pais", address="street address|endereco", birthday="date of birth",
            job_title="job title|cargo", company="company name|nome da empresa",
            nothing="ad id|ad name|adset id|adset name|campaign id|campaign name|form id|form name|is organic|lead status|"
            "inbox url|partner name|retailer item id|vehicle|home listing",
        ),
    ),
    Shape(
        "google_forms",
        _signs("carimbo de data hora"),
        # "Nome de usuário" is how an older version headed the e-mail it had collected.
        _fields(created_at="carimbo de data hora", email="nome de usuario|endereco de email", nothing="pontuacao"),
    ),
    Shape(
        "whatsapp",
        _signs(
            "phone number|saved name", "phone number|public display name", "phone number|public name",
            "phone number|is my contact", "phone|saved name", "formatted phone|saved name", "phone|pushname",
            "formatted phone|public name", "nome no whatsapp|numero", "phone number|group name",
        ),
        _fields(
            whatsapp="phone number|phone|formatted phone|numero|telefone", ddi="country code", country="country name",
            full_name="saved name|nome no whatsapp|public display name|public name|pushname|display name",
            tags="group name|labels", nothing="is my contact|is admin|is business|about|status",
        ),
    ),
    Shape(
        "shopify",
        _signs(
            "accepts email marketing", "default address address 1", "accepts marketing|total spent",
            "province code|country code|total spent",
        ),
        _fields(
            external_id="customer id", first_name="first name", last_name="last name", email="email",
            phone="phone|default address phone", company="company|default address company",
            address="address 1|default address address 1", address_extra="address 2|default address address 2",
            city="city|default address city", state="province code|default address province code",
            country="country code|default address country code", postal_code="zip|default address zip",
            opt_in="accepts email marketing|accepts marketing", notes="note", tags="tags",
            nothing="accepts sms marketing|total spent|total orders|tax exempt|province|country",
        ),
    ),
    Shape(
        "salesforce",
        _signs("account name|mailing street", "account name|mailing city", "account name|contact owner|title"),
        _fields(
            job_title="title", company="account name", external_id="contact id", full_name="full name",
            nothing="salutation|department|account id|owner role|fax|assistant|reports to|last activity",
        ),
    ),
    Shape(
        "mailchimp",
        _signs("email address|member rating", "email address|optin time", "email address|leid"),
        _fields(
            email="email address", first_name="first name", last_name="last name", created_at="optin time", country="cc",
            state="region", nothing="member rating|optin ip|confirm time|confirm ip|latitude|longitude|gmtoff|dstoff|"
            "timezone|last changed|leid|euid",
        ),
    ),
)  # fmt: skip


def shape_of(headers: Collection[Header]) -> Shape | None:
    """The producer whose export has these headers, or None."""
    texts = {header.text for header in headers}
    for shape in SHAPES:
        if any(signs <= texts for signs in shape.signs):
            return shape
    return None


def field_in(shape: Shape, header: Header) -> Known | None:
    """What a column is in a known shape, its field "" when nothing is read from it; None when the shape knows it not."""
    found = shape.fields.get(header.text)
    return shape.fields.get(header.base) if found is None else found
