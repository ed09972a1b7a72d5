"""Pictures made safe and small: what a file really is, and its renditions for the screen.

Everything here is plain computing that takes tens of milliseconds: call it in a thread.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from balcao.kernel.errors import DomainError

# Pillow leaves some of its own signatures half typed.
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]

Format = Literal["webp", "avif"]

MAX_PIXELS: Final = 40_000_000  # 40 MP is the largest common telephone photo at full size
MAX_SIDE: Final = 16_000
WIDTHS: Final = (200, 400, 800, 1200)
QUALITY: Final[dict[Format, int]] = {"webp": 80, "avif": 60}
EFFORT: Final[dict[Format, dict[str, int]]] = {"webp": {"method": 4}, "avif": {"speed": 8}}
PICTURES: Final = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif")
_DECODERS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")

# Where a type's mark stands and what it is; longer families (RIFF, ISO media) are told apart below.
_MARKS: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_ISO_MEDIA: Final = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"M4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
}


class ImageRejectedError(DomainError):
    """The file is no picture we take. Reasons: not_an_image, format, too_large, damaged."""

    status = 422
    code = "image_rejected"
    title = "Picture not usable."
    detail = "This file is not a picture we can use. Send a JPEG, PNG or WebP."

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(detail, reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rendition:
    """One size of a picture, encoded."""

    format: Format
    width: int
    height: int
    data: bytes

    @property
    def content_type(self) -> str:
        """The media type of `data`."""
        return f"image/{self.format}"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is shown: upright, without metadata. Renditions from narrow to wide, in each format."""

    width: int
    height: int
    renditions: tuple[Rendition, ...]


def content_type_of(head: bytes) -> str | None:
    """The media type told by the first bytes of a file (32 are enough); None when no mark is known.

    Names and types sent by a browser prove nothing, so they are not asked.
    """
    for offset, mark, media_type in _MARKS:
        if head.startswith(mark, offset):
            return media_type
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _ISO_MEDIA.get(head[8:12], "video/mp4")
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return "audio/mpeg"
    return None


def make_picture(
    data: bytes,
    *,
    widths: Sequence[int] = WIDTHS,
    formats: Sequence[Format] = ("webp",),
    max_pixels: int = MAX_PIXELS,
) -> Picture:
    """Decodes a picture, turns it upright, drops its metadata and encodes it in each width that is not larger.

    A picture narrower than every width is kept at its own. Colours become sRGB. Of an animation only the first frame
    stays. Raises ImageRejectedError.
    """
    image = _decode(data, max_pixels)
    return Picture(image.width, image.height, _renditions(image, widths, formats))


def _decode(data: bytes, max_pixels: int) -> Image.Image:
    if content_type_of(data[:32]) == "image/heic":
        raise ImageRejectedError("format", "This photo is in the HEIC format. Send it as JPEG.")
    try:
        with warnings.catch_warnings():
            # Only the header is read here; the cap below decides, not Pillow's own warning.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=_DECODERS)
        _check_size(image.size, max_pixels)
        image.load()
        return _plain(image)
    except UnidentifiedImageError as error:
        raise ImageRejectedError("not_an_image") from error
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise ImageRejectedError("damaged", "This picture is damaged and cannot be opened.") from error


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels or max(size) > MAX_SIDE or min(size) < 1:
        raise _too_large()


def _too_large() -> ImageRejectedError:
    return ImageRejectedError("too_large", "This picture has too many pixels. Send a smaller one.")


def _plain(image: Image.Image) -> Image.Image:
    """Upright, sRGB, RGB or RGBA, and nothing else of the original file."""
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    has_alpha = upright.has_transparency_data
    plain = _to_srgb(upright, profile) if profile else upright
    plain = plain.convert("RGBA" if has_alpha else "RGB")
    plain.info.clear()
    plain.getexif().clear()
    return plain


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    if image.mode not in {"RGB", "RGBA", "CMYK"}:
        return image
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            _SRGB,
            outputMode="RGB" if image.mode == "CMYK" else image.mode,
        )
    except (ImageCms.PyCMSError, OSError):
        # A broken profile changes shades, not the picture: it is read as sRGB, as browsers do.
        return image
    return converted or image


_LANCZOS: Final = Image.Resampling.LANCZOS


def _renditions(
    image: Image.Image, widths: Sequence[int], formats: Sequence[Format]
) -> tuple[Rendition, ...]:
    fitting = sorted({width for width in widths if width <= image.width}) or [image.width]
    sized: dict[int, Image.Image] = {}
    source = image
    for width in reversed(fitting):
        height = max(1, round(image.height * width / image.width))
        # Each size is made from the next larger one: three times faster, and no visible difference with Lanczos.
        if source.size != (width, height):
            source = source.resize((width, height), _LANCZOS)  # pyright: ignore[reportUnknownMemberType]
        sized[width] = source
    return tuple(
        Rendition(form, width, sized[width].height, _encode(sized[width], form))
        for form in formats
        for width in fitting
    )


def _encode(image: Image.Image, form: Format) -> bytes:
    out = io.BytesIO()
    image.save(out, form.upper(), quality=QUALITY[form], **EFFORT[form])
    return out.getvalue()
