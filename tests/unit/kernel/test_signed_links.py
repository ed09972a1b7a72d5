from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.files.signed_links import LinkInvalidError, LinkSigner

OLD, NEW, FOREIGN = b"o" * 32, b"n" * 32, b"f" * 32
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def taken_apart(link: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(link)
    return parts.path, dict(parse_qsl(parts.query))


def test_a_link_works_until_it_expires() -> None:
    signer = LinkSigner(NEW)
    path, query = taken_apart(signer.sign("/files/a/b.pdf", NOW + timedelta(minutes=5)))
    assert path == "/files/a/b.pdf"
    assert signer.verify(path, query, NOW) == NOW + timedelta(minutes=5)
    assert signer.verify(path, query, NOW + timedelta(seconds=299))
    with pytest.raises(LinkInvalidError):
        signer.verify(path, query, NOW + timedelta(minutes=5))


def test_links_of_the_previous_key_still_work_and_of_a_foreign_one_never() -> None:
    path, query = taken_apart(LinkSigner(OLD).sign("/x", NOW + timedelta(hours=1)))
    assert LinkSigner(NEW, OLD).verify(path, query, NOW)
    with pytest.raises(LinkInvalidError):
        LinkSigner(NEW, FOREIGN).verify(path, query, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"exp": "9999999999"},
        {"sig": "x"},
        {"sig": ""},
        {"exp": ""},
        {"exp": "-1"},
        {"exp": "1e9"},
        {"exp": "9" * 30},
        {"sig": "é" * 43},
        {"exp": "٣"},
    ],
)
def test_a_changed_link_does_not_work(change: dict[str, str]) -> None:
    signer = LinkSigner(NEW)
    path, query = taken_apart(signer.sign("/x", NOW + timedelta(hours=1)))
    with pytest.raises(LinkInvalidError):
        signer.verify(path, {**query, **change}, NOW)


@settings(deadline=None)
@given(path=st.text(min_size=1), other=st.text(min_size=1))
def test_a_link_is_for_its_path_alone(path: str, other: str) -> None:
    try:
        path.encode(), other.encode()
    except UnicodeEncodeError:
        return
    signer = LinkSigner(NEW)
    _, query = taken_apart(signer.sign("/p", NOW + timedelta(hours=1)))
    if other != "/p":
        with pytest.raises(LinkInvalidError):
            signer.verify(other, query, NOW)


def test_short_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        LinkSigner(NEW, b"short")
