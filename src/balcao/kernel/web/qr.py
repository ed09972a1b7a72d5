"""QR codes (ISO/IEC 18004) as one inline SVG element, drawn by the zxing-cpp library."""

from __future__ import annotations

import re

import zxingcpp

_SIZE = re.compile(r'<svg width="(\d+)"')
_PATH = re.compile(r'<path d="([^"]+)"')


def qr_svg(text: str) -> str:
    """The QR code of a text, black on white with its quiet zone of four modules, as wide as its container.

    Error correction M, as the Pix manual asks. Raises ValueError when the text is too long for a QR code.
    """
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")  # pyright: ignore[reportUnknownMemberType]
    drawn: str = symbol.to_svg(add_quiet_zones=True)
    size, path = _SIZE.search(drawn), _PATH.search(drawn)
    assert size is not None and path is not None, "the library draws one path"
    side = size.group(1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path.group(1)}"/></svg>'
    )
