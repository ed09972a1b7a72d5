"""QR codes (ISO/IEC 18004) as one inline SVG element; the modules are laid out by the zxing-cpp library."""

from __future__ import annotations

import re
from functools import lru_cache

# A run of dark modules and the light ones after it.
_RUN = re.compile(rb"(\x00+)(\xff*)")


def qr_svg(text: str) -> str:
    """The QR code of a text, black on white with its quiet zone of four modules, as wide as its container.

    Error correction M, as the Pix manual asks. Raises ValueError when the text is too long for a QR code.
    """
    import zxingcpp  # a library of its own language, not wanted before the first code is drawn

    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")  # pyright: ignore[reportUnknownMemberType]
    modules = memoryview(symbol.to_image(scale=1, add_quiet_zones=True))  # pyright: ignore[reportArgumentType] - it is a buffer
    side, data = modules.strides[0] if modules.strides else 0, modules.tobytes()
    strokes: list[str] = []
    for y in range(side):
        row = data[y * side : (y + 1) * side]
        first = row.find(0)
        if first >= 0:
            strokes.append(f"M{first} {y}.5")
            strokes += [_stroke(len(dark), len(light)) for dark, light in _RUN.findall(row)]
    # Each row is one stroke, as thick as a module: half the size of drawing every run as a box.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="none" stroke="#000" d="{"".join(strokes)}"/></svg>'
    )


@lru_cache(maxsize=4096)
def _stroke(dark: int, light: int) -> str:
    return f"h{dark}m{light} 0"
