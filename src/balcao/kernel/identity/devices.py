"""What a browser says it is, in two words a person recognises: "Chrome · Android"."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
_LONGEST_NAME = 40


def device_label(user_agent: str) -> str:
    """Browser and system of a User-Agent header; of a program its own first name; empty when nothing was said.

    The order matters: every browser claims to be Safari, most claim to be Chrome.
    """
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser:
        return f"{browser} · {system}" if system else browser
    return user_agent.partition(" ")[0].partition("/")[0][:_LONGEST_NAME]
