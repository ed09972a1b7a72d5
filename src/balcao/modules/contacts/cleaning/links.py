"""Sites and Instagram names (contacts specification, 4.4)."""

from __future__ import annotations

import re
from typing import Final

from balcao.brazil.addresses import fold
from balcao.modules.contacts.cleaning.cells import cell_text, tidy
from balcao.modules.contacts.cleaning.encoding_repair import repair_encoding
from balcao.modules.contacts.cleaning.findings import EMPTY, Cell, Cleaned, Finding
from balcao.modules.contacts.cleaning.texts import changed, stands_for_nothing, without_controls

LONGEST_SITE: Final = 2_000
"""Characters of an address that browsers and programs agree on; a longer one cut off would lead nowhere."""

_CLEAN_SITE: Final = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z]{2,24}(?:/[!#%'-;=?-Z_a-z~]*)?")
_LABEL: Final = re.compile(
    r"^(?:meu\s+|nosso\s+)?(?:site|website|url|web|pagina|página|link|homepage)\s*[:=-]\s+", re.IGNORECASE
)
_BROKEN_SCHEME: Final = re.compile(r"(https?)\s*[:;]*\s*[/\\]{1,3}\s*|(https?):(?=[a-z])", re.IGNORECASE)
_OTHER_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:(?![0-9]+(?:[/?#]|$))", re.IGNORECASE)
_HOST: Final = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24})\.?(?::[0-9]{1,5})?"
)
_HOST_ENDS: Final = re.compile(r"[/?#\\]")
_NOT_IN_A_SITE: Final = re.compile(r"[\s\"'<>`{}|^\\]")
_SITES_BREAK: Final = re.compile(r"[\s,;|]+")
_AROUND: Final = "<>()[]{}\"'“”‘’,;.!*"
_NOTHING: Final = frozenset(
    {"http", "https", "http:", "https:", "www", "http:www", "https:www", "www.com", "www.com.br"}
)
_NO_LINK: Final = re.compile(r"(?:sem|nao|no|not|nenhum|nenhuma|inexistente|em construcao)\b[^.@/]*")
_SITE_FORMATTED: Final = Finding("WEBSITE_FORMATTED")
_SITE_INVALID: Final = Cleaned("", (), (Finding("WEBSITE_INVALID"),))


def clean_website(cell: Cell) -> Cleaned:
    """Sites with https:// in front where nothing stood, the host in lower case; the second and further ones in `extra`.

    Refused: what has no dot in its host, other schemes (javascript:, mailto: …), and addresses with a user's name in
    them, which lead elsewhere than they say.
    """
    if cell is None:
        return EMPTY
    original = cell_text(cell)
    if _CLEAN_SITE.fullmatch(original) and len(original) <= LONGEST_SITE:
        return Cleaned(original)
    text = tidy(without_controls(repair_encoding(original)))
    if _is_no_link(text):
        return EMPTY
    text = _BROKEN_SCHEME.sub(lambda m: (m[1] or m[2]).lower() + "://", _LABEL.sub("", text, count=1))
    sites = list(dict.fromkeys([site for piece in _SITES_BREAK.split(text) if (site := _site(piece))]))
    if not sites:
        return _SITE_INVALID
    return Cleaned(sites[0], tuple(sites[1:]), changed(original, sites[0], [], _SITE_FORMATTED))


def _is_no_link(text: str) -> bool:
    folded = fold(text)
    return (
        stands_for_nothing(text) or folded.strip("/. ") in _NOTHING or _NO_LINK.fullmatch(folded) is not None
    )


def _site(piece: str) -> str:
    piece = piece.strip(_AROUND)
    scheme, separator, rest = piece.partition("://")
    if not separator:
        if _OTHER_SCHEME.match(piece):
            return ""
        scheme, rest = "https", piece.lstrip("/")
    host_end = _HOST_ENDS.search(rest)
    host, path = (rest, "") if host_end is None else (rest[: host_end.start()], rest[host_end.start() :])
    host = host.lower()
    site = f"{scheme.lower()}://{host.replace('www..', 'www.')}{path}"
    is_site = (
        scheme.lower() in ("http", "https")
        and _HOST.fullmatch(host.replace("www..", "www."))
        and not _NOT_IN_A_SITE.search(path)
        and len(site) <= LONGEST_SITE
    )
    return site if is_site else ""


_HANDLE: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_]|\.(?=[a-z0-9_])){0,29}")
_INSTAGRAM_URL: Final = re.compile(
    r"(?:https?:/{1,2})?(?:[a-z]{1,3}\.)?(?:instagram\.com(?:\.br)?|instagr\.am|ig\.me)/(?:_u/|stories/|m/)?@?([^/?#\s,;|]+)[^\s,;|]*",
    re.IGNORECASE,
)
_NOT_A_PROFILE: Final = frozenset(
    {"p", "reel", "reels", "tv", "explore", "accounts", "stories", "direct", "share"}
)
_INSTAGRAM_LABEL: Final = re.compile(r"^(?:instagram|insta|ig)\s*[:=-]\s*", re.IGNORECASE)
_INSTAGRAM_FORMATTED: Final = Finding("INSTAGRAM_FORMATTED")
_INSTAGRAM_INVALID: Final = Cleaned("", (), (Finding("INSTAGRAM_INVALID"),))


def clean_instagram(cell: Cell) -> Cleaned:
    """The bare name of an Instagram profile, in lower case, from @name or the profile's address; others in `extra`.

    Rule of Instagram: up to 30 letters, digits, underscores and single periods, none at the end.
    """
    if cell is None:
        return EMPTY
    original = cell_text(cell)
    if _HANDLE.fullmatch(original) and not stands_for_nothing(original):
        return Cleaned(original)
    text = tidy(without_controls(repair_encoding(original)), "NFKC")
    if _is_no_link(text) or text == "@":
        return EMPTY
    text = _INSTAGRAM_LABEL.sub("", re.sub(r"@\s+", "@", text), count=1)
    handles = list(dict.fromkeys(_handles(text)))
    # Words that happen to be possible names are a sentence, unless each is marked as a name.
    if not handles or "" in handles:
        return _INSTAGRAM_INVALID
    return Cleaned(handles[0], tuple(handles[1:]), changed(original, handles[0], [], _INSTAGRAM_FORMATTED))


def _handles(text: str) -> list[str]:
    text = _INSTAGRAM_URL.sub(lambda url: "" if url[1].lower() in _NOT_A_PROFILE else f"@{url[1]}", text)
    pieces = [piece for piece in re.split(r"\s*(?:[,;|/]|\se\s|\sou\s)\s*|\s+(?=@)", text) if piece]
    return [_handle(piece) for piece in pieces]


def _handle(piece: str) -> str:
    name = piece.strip(_AROUND + " ").removeprefix("@").lower()
    return name if _HANDLE.fullmatch(name) and not stands_for_nothing(name) else ""
