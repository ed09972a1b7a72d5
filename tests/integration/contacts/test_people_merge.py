"""Cleaned people into the address book: new, changed, the same, in conflict; twice; and out again."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, text

from balcao.kernel.ids import new_id
from balcao.modules.contacts.cleaning.emails import is_role_email
from balcao.modules.contacts.cleaning.phones import phone_key
from balcao.modules.contacts.import_undo import Cursor, Undone, undo_chunk
from balcao.modules.contacts.models import Contact, ContactChange, ContactKey
from balcao.modules.contacts.people_fields import PERSON
from balcao.modules.contacts.people_merge import RECORD_BYTES, merge_chunk
from balcao.modules.contacts.pipeline.outputs import contact_id, copy_line, id_prefix
from tests.factories.shops import Shop

MOMENTS: dict[UUID, int] = {}
TAG = "importacao-2026-11-23-abcd"


def moment_of(import_id: UUID) -> int:
    """When an import was made, in milliseconds: each later than the one before."""
    return MOMENTS.setdefault(import_id, 1_790_000_000_000 + len(MOMENTS))


def person(**values: str) -> list[str]:
    assert values.keys() <= set(PERSON)
    return [values.get(name, "") for name in PERSON]


def lines(import_id: UUID, people: list[list[str]], *, kinds: list[str] | None = None) -> bytes:
    """COPY lines of people; rows count from 2, as under a header."""
    made: list[str] = []
    for ordinal, someone in enumerate(people):
        number = someone[3]
        kind = kinds[ordinal] if kinds else ("mobile" if number else "")
        key = phone_key(number) if number else ""
        at = contact_id(id_prefix(str(import_id), moment_of(import_id)), ordinal + 2)
        made.append(
            f"{ordinal}\t" + copy_line(ordinal + 2, at, kind, key, someone, is_role=is_role_email(someone[2]))
        )
    return "".join(made).encode()


async def merge(
    shop: Shop, import_id: UUID, people: list[list[str]], *, kinds: list[str] | None = None
) -> str:
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        classes = await merge_chunk(
            uow,
            import_id,
            lines(import_id, people, kinds=kinds),
            created_ms=moment_of(import_id),
            import_tag=TAG,
        )
    return classes[::RECORD_BYTES].decode()


async def book(shop: Shop) -> list[Contact]:
    async with shop.runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        return list((await uow.session.execute(select(Contact).order_by(Contact.id))).scalars())


async def undo(shop: Shop, import_id: UUID) -> Undone:
    undone, cursor = Undone(), Cursor.of(import_id, moment_of(import_id))
    while not cursor.is_done:
        async with shop.runtime.transactions.begin(shop.tenant) as uow:
            undone.add(await undo_chunk(uow, import_id, cursor))
    return undone


ANA = {
    "first_name": "Ana",
    "last_name": "Souza",
    "email": "ana@x.com.br",
    "phone": "+5511987654321",
    "country": "BR",
}


@pytest.mark.parametrize("awkward", ["a\tb", "c:\\novo", "uma\nduas", "\\N", "'\"; --"])
async def test_any_text_arrives_as_it_is(shop: Shop, awkward: str) -> None:
    assert await merge(shop, new_id(), [person(**{**ANA, "notes": awkward, "company": awkward})]) == "n"
    [contact] = await book(shop)
    assert (contact.notes, contact.company) == (awkward, awkward)


async def test_a_new_person_has_everything_of_the_file(shop: Shop) -> None:
    someone = person(**ANA, tags=f"VIP, {TAG}", birthday="1990-05-03", additional_emails="b@x.com.br, c@x.com.br",
                     additional_phones="+551134567890", cpf="52998224725", instagram="@ana", opt_in="yes")  # fmt: skip
    assert await merge(shop, new_id(), [someone]) == "n"
    [contact] = await book(shop)
    assert contact.tags == ["VIP", TAG]
    assert (contact.name_key, contact.phone_key, contact.document) == (
        "ana souza",
        "551187654321",
        "52998224725",
    )
    assert str(contact.birthday) == "1990-05-03"
    assert contact.extra == {"instagram": "@ana"}
    async with shop.runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        keys = (await uow.session.execute(select(ContactKey.kind, ContactKey.value))).all()
        consents = (await uow.session.execute(text("select status from contact_consents"))).scalars().all()
    assert sorted(map(tuple, keys)) == [
        ("email", "b@x.com.br"),
        ("email", "c@x.com.br"),
        ("phone", "551134567890"),
    ]
    assert list(consents) == ["granted"]


async def test_the_same_chunk_again_changes_nothing_and_says_the_same(shop: Shop) -> None:
    """A worker killed after the commit does the chunk once more."""
    first, again = new_id(), new_id()
    people = [person(**ANA), person(first_name="Bia", phone="+5511912345678", additional_emails="b@x.com.br")]
    assert await merge(shop, first, people) == "nn"
    assert await merge(shop, first, people) == "nn"
    changed = [person(**{**ANA, "city": "Santos"}), people[1]]
    assert await merge(shop, again, changed) == "mu"
    assert await merge(shop, again, changed) == "mu"
    contacts = await book(shop)
    assert [contact.city for contact in contacts] == ["Santos", ""]
    assert [contact.version for contact in contacts] == [2, 1]


async def test_only_what_differs_is_a_change_and_empty_cells_erase_nothing(shop: Shop) -> None:
    await merge(shop, new_id(), [person(**ANA, city="Campinas", tags="VIP")])
    assert await merge(shop, new_id(), [person(email="ana@x.com.br", tags=TAG)]) == "u"
    assert await merge(shop, new_id(), [person(email="ana@x.com.br", tags=f"vip, Novo, {TAG}")]) == "m"
    [contact] = await book(shop)
    assert contact.tags == ["VIP", "Novo"]
    assert (contact.first_name, contact.city) == ("Ana", "Campinas")


async def test_old_and_new_form_of_a_mobile_are_one_person(shop: Shop) -> None:
    await merge(shop, new_id(), [person(first_name="Ana", phone="+551187654321")])
    assert await merge(shop, new_id(), [person(first_name="Ana", phone="+5511987654321")]) == "m"
    [contact] = await book(shop)
    assert (contact.phone, contact.additional_phones) == ("+5511987654321", [])


async def test_an_email_of_one_and_a_phone_of_another_is_a_conflict(shop: Shop) -> None:
    await merge(shop, new_id(), [person(**ANA), person(first_name="Bia", phone="+5511912345678")])
    before = [contact.version for contact in await book(shop)]
    assert (
        await merge(shop, new_id(), [person(email="ana@x.com.br", phone="+5511912345678", city="Rio")]) == "c"
    )
    assert [contact.version for contact in await book(shop)] == before


async def test_a_further_email_is_recognised_and_a_new_one_keeps_the_old(shop: Shop) -> None:
    await merge(shop, new_id(), [person(**ANA, additional_emails="outra@x.com.br")])
    assert await merge(shop, new_id(), [person(email="outra@x.com.br", city="Itu")]) == "m"
    assert await merge(shop, new_id(), [person(email="nova@x.com.br", phone="+5511987654321")]) == "m"
    [contact] = await book(shop)
    assert (contact.email, contact.additional_emails) == ("nova@x.com.br", ["outra@x.com.br", "ana@x.com.br"])


async def test_a_landline_is_shared_unless_the_name_is_the_same(shop: Shop) -> None:
    people = [
        person(first_name="Bia", phone="+551134567890"),
        person(first_name="Caio", phone="+551134567890"),
    ]
    assert await merge(shop, new_id(), people, kinds=["landline"] * 2) == "nn"
    assert await merge(shop, new_id(), people, kinds=["landline"] * 2) == "uu"


async def test_people_with_a_name_only_are_not_doubled_by_the_same_file(shop: Shop) -> None:
    people = [person(first_name="Ana", city="Itu"), person(first_name="Ana", city="Rio")]
    assert await merge(shop, new_id(), people) == "nn"
    assert await merge(shop, new_id(), people) == "uu"


async def test_two_rows_that_want_the_same_number_never_break_the_chunk(shop: Shop) -> None:
    """With the joining of duplicates switched off."""
    await merge(shop, new_id(), [person(email="a@x.com.br"), person(email="b@x.com.br")])
    wanted = "+5511912345678"
    people = [person(email="a@x.com.br", phone=wanted), person(email="b@x.com.br", phone=wanted),
              person(first_name="C", phone=wanted)]  # fmt: skip
    classes = await merge(shop, new_id(), people)
    assert len(classes) == 3
    assert [contact.phone for contact in await book(shop)].count(wanted) == 1


async def test_undo_removes_the_new_restores_the_changed_and_keeps_who_was_touched(shop: Shop) -> None:
    await merge(shop, new_id(), [person(**ANA, city="Campinas"), person(email="b@x.com.br", city="Itu")])
    second = new_id()
    people = [person(**{**ANA, "city": "Santos"}), person(email="b@x.com.br", city="Rio"),
              person(email="n1@x.com.br"), person(email="n2@x.com.br")]  # fmt: skip
    assert await merge(shop, second, people) == "mmnn"
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        await uow.session.execute(
            text("update contacts set notes = 'à mão', version = version + 1 where tenant_id = :t and email in "
                 "('b@x.com.br', 'n2@x.com.br')"), {"t": uow.tenant_id}
        )  # fmt: skip
    undone = await undo(shop, second)
    assert (undone.removed, undone.restored, undone.kept_count) == (1, 1, 2)
    contacts = {contact.email: contact for contact in await book(shop)}
    assert contacts.keys() == {"ana@x.com.br", "b@x.com.br", "n2@x.com.br"}
    assert (contacts["ana@x.com.br"].city, contacts["b@x.com.br"].city) == ("Campinas", "Rio")
    assert set(undone.kept) == {str(contacts["b@x.com.br"].id), str(contacts["n2@x.com.br"].id)}
    again = await undo(shop, second)
    assert (again.removed, again.restored) == (0, 0)


async def test_the_image_before_a_change_is_kept(shop: Shop) -> None:
    await merge(shop, new_id(), [person(**ANA, city="Campinas")])
    await merge(shop, new_id(), [person(**{**ANA, "city": "Santos"})])
    async with shop.runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        [change] = (await uow.session.execute(select(ContactChange))).scalars()
    assert (change.before["city"], change.after["city"], change.after_version) == ("Campinas", "Santos", 2)


async def test_another_business_is_another_book(shop: Shop, other_shop: Shop) -> None:
    await merge(shop, new_id(), [person(**ANA)])
    assert await merge(other_shop, new_id(), [person(**ANA)]) == "n"


async def test_a_further_telephone_is_recognised(shop: Shop) -> None:
    await merge(shop, new_id(), [person(**ANA, additional_phones="+5511912345678")])
    assert await merge(shop, new_id(), [person(first_name="Ana", phone="+5511912345678", city="Itu")]) == "m"
    [contact] = await book(shop)
    assert (contact.phone, contact.city) == ("+5511987654321", "Itu")


async def test_people_of_one_file_with_the_same_name_only_stay_apart_across_chunks(shop: Shop) -> None:
    """The second chunk of a file finds the people of the first in the book."""
    import_id = new_id()
    same = [
        person(first_name="Ana", last_name="Lima", city="Itu"),
        person(first_name="Ana", last_name="Lima", city="Itu"),
    ]
    assert await merge(shop, import_id, same) == "nn"
    landline = [person(first_name="Bia", phone="+551134567890")] * 2
    made: list[str] = []
    for first in (100, 200):
        lined = lines(
            import_id, [*([person()] * (first - 2)), *landline], kinds=[""] * (first - 2) + ["landline"] * 2
        )
        chunk = b"".join(lined.splitlines(keepends=True)[-2:])
        async with shop.runtime.transactions.begin(shop.tenant) as uow:
            found = await merge_chunk(uow, import_id, chunk, created_ms=moment_of(import_id))
        made.append(found[::RECORD_BYTES].decode())
    assert made == ["nn", "nn"]
    assert await merge(shop, new_id(), same) == "uu"


async def test_a_shared_email_makes_nobody_somebody_else(shop: Shop) -> None:
    people = [
        person(first_name="Bia", email="contato@x.com.br"),
        person(first_name="Caio", email="contato@x.com.br"),
    ]
    for chunk in (people, people[:1], people[1:]):
        await merge(shop, new_id(), chunk)
    assert await merge(shop, new_id(), people) == "uu"
    bia, caio = await book(shop)
    assert (bia.first_name, bia.email, bia.additional_emails) == ("Bia", "contato@x.com.br", [])
    assert (caio.first_name, caio.email, caio.additional_emails) == ("Caio", "", ["contato@x.com.br"])


async def test_rows_of_one_file_never_overwrite_each_other(shop: Shop) -> None:
    """With the joining of duplicates switched off, in one chunk or in two."""
    import_id, twice = new_id(), [person(**ANA, city="Itu"), person(**ANA, city="Rio")]
    assert await merge(shop, import_id, twice) == "nc"
    assert await merge(shop, import_id, twice) == "nc"
    [contact] = await book(shop)
    assert (contact.city, contact.version) == ("Itu", 1)
