import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from balcao.kernel.files.images import ImageRejectedError, content_type_of, make_picture

RED, BLUE = (200, 20, 20), (20, 20, 200)


def encoded(image: Image.Image, form: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def photo(width: int = 1000, height: int = 600) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def near(pixel, colour, distance: int = 30) -> bool:
    return all(abs(a - b) <= distance for a, b in zip(pixel[:3], colour, strict=True))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_picture_format_becomes_webp_in_each_width_that_fits(form: str) -> None:
    picture = make_picture(encoded(photo(), form))
    assert (picture.width, picture.height) == (1000, 600)
    assert [(r.width, r.height) for r in picture.renditions] == [(200, 120), (400, 240), (800, 480)]
    for rendition in picture.renditions:
        assert rendition.content_type == "image/webp" == content_type_of(rendition.data)
        shown = Image.open(io.BytesIO(rendition.data))
        assert shown.size == (rendition.width, rendition.height)
        assert near(shown.getpixel((5, 5)), RED)
        assert near(shown.getpixel((rendition.width - 5, 5)), BLUE)


def test_small_pictures_are_never_enlarged() -> None:
    picture = make_picture(encoded(photo(120, 80), "PNG"))
    assert [(r.width, r.height) for r in picture.renditions] == [(120, 80)]


def test_a_very_flat_picture_keeps_one_line() -> None:
    picture = make_picture(encoded(photo(1000, 1), "PNG"), widths=(200,))
    assert picture.renditions[0].height == 1


def test_avif_is_made_when_asked_for() -> None:
    picture = make_picture(encoded(photo(), "JPEG"), widths=(400,), formats=("webp", "avif"))
    assert [content_type_of(r.data) for r in picture.renditions] == ["image/webp", "image/avif"]


def test_a_turned_photo_is_put_upright_and_where_it_was_taken_is_dropped() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter clockwise
    exif.get_ifd(0x8825)[1] = "S"
    exif[0x010F] = "CANARY-CAMERA"
    data = encoded(photo(), "JPEG", exif=exif)
    assert b"CANARY" in data
    picture = make_picture(data)
    assert (picture.width, picture.height) == (600, 1000)
    for rendition in picture.renditions:
        assert b"CANARY" not in rendition.data and b"EXIF" not in rendition.data
        shown = Image.open(io.BytesIO(rendition.data))
        assert not shown.getexif()
        assert near(shown.getpixel((5, 5)), RED)
        assert near(shown.getpixel((5, rendition.height - 5)), BLUE)


def test_transparency_stays() -> None:
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    shown = Image.open(io.BytesIO(make_picture(encoded(image, "PNG")).renditions[0].data))
    assert shown.mode == "RGBA"
    assert shown.getpixel((10, 10))[3] == 0
    palette = Image.new("P", (300, 300), 0)
    shown = Image.open(io.BytesIO(make_picture(encoded(palette, "GIF", transparency=0)).renditions[0].data))
    assert shown.getpixel((10, 10))[3] == 0


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "I;16", "LA"])
def test_unusual_colour_modes_are_taken(mode: str) -> None:
    form = "JPEG" if mode in {"CMYK", "L"} else "PNG"
    assert make_picture(encoded(Image.new(mode, (250, 250)), form)).width == 250


def test_colour_profiles_are_applied_and_dropped_and_broken_ones_ignored() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, b"broken profile"):
        rendition = make_picture(encoded(photo(), "JPEG", icc_profile=profile)).renditions[0]
        shown = Image.open(io.BytesIO(rendition.data))
        assert "icc_profile" not in shown.info
        assert near(shown.getpixel((5, 5)), RED)
    grey = encoded(Image.new("L", (250, 250), 90), "JPEG", icc_profile=srgb)
    assert make_picture(grey).width == 250


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (b"%PDF-1.7 not a picture", "not_an_image"),
        (b"BM" + b"\0" * 100, "not_an_image"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "format"),
        (encoded(photo(), "JPEG")[:2000], "damaged"),
        (png_that_claims(300, 300), "damaged"),
        (png_that_claims(30_000, 30_000), "too_large"),
        (png_that_claims(9_000, 9_000), "too_large"),
        (png_that_claims(20_000, 2), "too_large"),
    ],
)
def test_what_is_no_usable_picture_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ImageRejectedError) as caught:
        make_picture(data)
    assert caught.value.reason == reason


def test_the_pixel_cap_is_exact() -> None:
    data = encoded(photo(100, 100), "PNG")
    assert make_picture(data, max_pixels=10_000).width == 100
    with pytest.raises(ImageRejectedError):
        make_picture(data, max_pixels=9_999)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04rest", "application/zip"),
        (b"OggS", "audio/ogg"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
        (b"RIFF\0\0\0\0XXXX", None),
        (b"\0\0\0\x18ftypavif", "image/avif"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"<html>", None),
        (b"", None),
        (b"\xff", None),
        (b"MZ\x90", None),
    ],
)
def test_a_type_is_told_by_the_first_bytes(head: bytes, expected: str | None) -> None:
    assert content_type_of(head) == expected
