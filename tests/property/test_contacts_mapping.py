"""Laws of the mapping of columns, whatever the headers and the cells are."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.modules.contacts.mapping.assignment import map_columns
from balcao.modules.contacts.mapping.headers import (
    exact_field,
    header_keys,
    header_signature,
    normalise_header,
)
from balcao.modules.contacts.mapping.joining import plan_of
from balcao.modules.contacts.mapping.signs import signs_of
from balcao.modules.contacts.mapping.synonyms import SYNONYMS
from balcao.modules.contacts.mapping.word_lists import NUMBER_HEADERS
from balcao.modules.contacts.people_fields import FIELDS

KNOWN = [phrase for phrases in SYNONYMS.values() for phrase in phrases]
WORDS = sorted(
    {word for phrase in KNOWN for word in phrase.split()} | {"mãe", "2", "válido?", "coisa", "Nº", "1."}
)
headers = st.one_of(
    st.text(max_size=40),
    st.sampled_from(KNOWN),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join),
    st.builds(lambda phrase, number: f"{phrase} {number}", st.sampled_from(KNOWN), st.integers(1, 12)),
)
cells = st.one_of(
    st.sampled_from(
        ["11987654321", "(11) 3456-7890", "98765-4321", "ana@x.com.br", "Ana Souza", "Ana", "Souza", "SP", "São Paulo", "123",
         "529.982.247-25", "11.222.333/0001-81", "01001-000", "25/12/1980", "Rua das Flores, 10", "Sim", "www.x.com", "-"]
    ),
    st.text(max_size=20),
    st.integers(-(10**15), 10**15),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.none(),
)  # fmt: skip
files = st.lists(st.tuples(headers, st.lists(cells, max_size=6)), max_size=9)
memories = st.dictionaries(
    st.sampled_from([normalise_header(phrase).text for phrase in KNOWN]),
    st.sampled_from(["", "gone", *FIELDS]),
    max_size=6,
)
choices = st.dictionaries(st.integers(-1, 10), st.sampled_from(["", "gone", *FIELDS]), max_size=4)


def mapped(file, *, saved=None, seen=None, chosen=None):
    return map_columns(
        [header for header, _ in file],
        [cells for _, cells in file],
        saved=saved,
        seen=seen or {},
        chosen=chosen,
    )


@settings(deadline=None)
@given(files, memories, memories, choices)
def test_no_single_field_is_given_twice_and_nothing_fails(file, saved, seen, chosen):
    found = mapped(file, saved=saved, seen=seen, chosen=chosen)
    single = [column.field for column in found.columns if column.field and not FIELDS[column.field].many]
    assert len(single) == len(set(single))
    assert [column.position for column in found.columns] == list(range(len(file)))
    for column in found.columns:
        assert 0.0 <= column.confidence <= 1.0
        if column.field is None:
            assert column.status == "unmapped"
        else:
            assert column.status == ("applied" if column.confidence >= 0.85 else "confirm")
            assert column.confidence >= 0.60
    plan = plan_of(found.columns)
    used = {*plan.emails, *(phone.position for phone in plan.phones), *plan.tags, *plan.notes}
    assert all(found.columns[position].field for position in used)


@settings(deadline=None)
@given(files, st.randoms(use_true_random=False))
def test_the_order_of_the_columns_changes_nothing(file, order):
    """Apart from "Número", which is what stands beside it, and columns that nothing tells apart."""
    unlike = {}
    for header, column in file:
        text = normalise_header(header)
        if text.base not in NUMBER_HEADERS and text.text:
            unlike.setdefault(text.text, (header, column))
    columns = list(unlike.values())
    before = {column.header: (column.field, column.confidence) for column in mapped(columns).columns}
    order.shuffle(columns)
    assert {column.header: (column.field, column.confidence) for column in mapped(columns).columns} == before


@settings(deadline=None)
@given(files, choices)
def test_a_persons_word_is_kept(file, chosen):
    once = {}
    for position, field in chosen.items():
        if field in FIELDS and field not in once.values() and 0 <= position < len(file):
            once[position] = field
    found = mapped(file, chosen=once)
    assert all(found.columns[position].field == field for position, field in once.items())


@settings(deadline=None)
@given(st.one_of(st.text(), headers))
def test_normalising_twice_changes_nothing(header):
    text = normalise_header(header).text
    assert normalise_header(text).text == text
    assert exact_field(header) is None or exact_field(header) in FIELDS


@given(st.lists(headers, max_size=8), st.integers(0, 99))
def test_the_signature_does_not_know_the_order(texts, seed):
    shuffled = list(texts)
    random.Random(seed).shuffle(shuffled)
    assert header_signature(texts) == header_signature(shuffled)
    keys = [key for key in header_keys(texts) if key]
    assert len(keys) == len(set(keys))


@given(cells)
def test_every_cell_has_a_sign(cell):
    assert signs_of(cell) > 0
