import base64
import contextlib
import functools
import io
import os
import random
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from medq_tasks.data.images import from_base64, inspect
from medq_tasks.data.pictures import check
from medq_tasks.pixels import MAX_PIXELS
from tests.cases import check_all
from tests.data.factory import encode, png


@pytest.fixture(params=[True, False], autouse=True)
def flag(request):
    """Everything here must hold whatever lmms-eval made of Pillow's global flag, and must leave it alone."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = request.param
    yield
    assert ImageFile.LOAD_TRUNCATED_IMAGES is request.param
    ImageFile.LOAD_TRUNCATED_IMAGES = before


def noise(mode="RGB", size=(40, 30)):
    return Image.frombytes("RGB", size, random.Random(7).randbytes(size[0] * size[1] * 3)).convert(mode)


@given(st.binary(min_size=1, max_size=300), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_base64_comes_back_in_every_dress(data, prefix, broken, unpadded, url_safe):
    text = base64.b64encode(data).decode()
    text = text.translate(str.maketrans("+/", "-_")) if url_safe else text
    text = text.rstrip("=") if unpadded else text
    text = "\r\n ".join(text[start : start + 76] for start in range(0, len(text), 76)) if broken else text
    assert from_base64(("data:image/png;base64," if prefix else "") + text) == data


@given(st.text())
def test_any_text_is_bytes_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert from_base64(text)


@pytest.mark.parametrize("text", ["", "=", "A", "AAAAA", "AA==AAAA", "AA=A", "!!!!", "AAA\u0416", "data:image/png,%89"])
def test_what_is_not_base64(text):
    with pytest.raises(ValueError, match=r"^(not base64 \(c|the base64 text is empty)"):
        from_base64(text)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM"])
def test_whole_pictures_pass(form):
    picture = inspect(encode(noise(), form))
    assert (picture.format, picture.width, picture.height) == (form, 40, 30)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_passes(mode):
    image = Image.frombytes("I;16", (40, 30), random.Random(1).randbytes(2400)) if mode == "I;16" else noise(mode)
    assert inspect(encode(image)).mode == mode


def test_a_picture_that_is_cut_short_is_refused():
    def check(data):
        with pytest.raises(ValueError, match=r"cut short|not a picture"):
            inspect(data)

    whole = {form: encode(noise(), form) for form in ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")}
    shares = (0.3, 0.6, 0.9)
    check_all(
        {f"{share} of a {form}": whole[form][: int(len(whole[form]) * share)] for form in whole for share in shares},
        check,
    )


@pytest.mark.parametrize("lost", [1, 4, 12, 13, 30])
def test_a_png_that_lost_its_last_bytes_is_refused(lost):
    with pytest.raises(ValueError, match="cut short"):
        inspect(png(1)[:-lost])


def test_a_png_with_a_changed_byte_is_refused():
    data = bytearray(png(1))
    data[len(data) // 2] ^= 1
    with pytest.raises(ValueError, match="check sum"):
        inspect(bytes(data))


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def handmade(width, height, lines, interlaced=0):
    """A grey PNG whose container is sound, whatever its pixel data are."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


@functools.cache
def bomb():
    """200 kB that inflate to 200 MB."""
    return handmade(4, 4, b"\0" * 200_000_000)


def test_a_sound_container_with_too_few_lines_is_refused():
    # 8 lines are stated, 5 are there: Pillow with lmms-eval's flag gives 3 black lines and no error.
    lines = b"".join(b"\0" + bytes([200] * 8) for _ in range(5))
    with pytest.raises(ValueError, match="45 of 72 bytes"):
        inspect(handmade(8, 8, lines))
    assert inspect(handmade(8, 8, lines + 3 * (b"\4" + bytes(8)))).height == 8


def test_an_interlaced_png_is_checked_too():
    # Adam7 of 8 x 8, lines x (filter byte + columns): 1 x 2, 1 x 2, 1 x 3, 2 x 3, 2 x 5, 4 x 5, 4 x 9 = 79 bytes.
    assert inspect(handmade(8, 8, bytes(79), interlaced=1)).width == 8
    assert inspect(handmade(1, 1, b"\0\x7f", interlaced=1)).width == 1
    with pytest.raises(ValueError, match="78 of 79 bytes"):
        inspect(handmade(8, 8, bytes(78), interlaced=1))
    # 45 x 45: 45 * 45 pixels and a filter byte in each of 6 + 6 + 6 + 12 + 11 + 23 + 22 = 86 lines.
    assert inspect(handmade(45, 45, bytes(2111), interlaced=1)).width == 45
    with pytest.raises(ValueError, match="2,110 of 2,111 bytes"):
        inspect(handmade(45, 45, bytes(2110), interlaced=1))


def test_an_unknown_line_filter_is_refused():
    lines = b"".join(bytes([5 if line == 6 else 4]) + bytes(8) for line in range(8))
    with pytest.raises(ValueError, match="line filter"):
        inspect(handmade(8, 8, lines))


@pytest.mark.filterwarnings("error")  # Pillow would warn of it
@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (2**31 - 1, 2**31 - 1), (9460, 9460)])
def test_a_png_that_states_too_many_pixels_is_refused_unread(width, height):
    assert width * height > MAX_PIXELS
    with pytest.raises(ValueError, match="pixels"):
        inspect(handmade(width, height, b""))


def test_as_many_pixels_as_are_allowed():
    assert MAX_PIXELS == 89_478_485
    with pytest.raises(ValueError, match=r"cut short \(0 of 89,482,140 bytes"):  # 9,459 x (9,459 and a filter byte)
        inspect(handmade(9_459, 9_459, b""))


@pytest.mark.parametrize(("width", "height"), [(0, 4), (4, 0)])
def test_no_pixels(width, height):
    with pytest.raises(ValueError, match="no pixels"):
        inspect(handmade(width, height, b""))


@pytest.mark.parametrize("first", [chunk(b"IDAT", bytes(13)), chunk(b"IHDR", bytes(12))])
def test_a_png_without_a_header_is_refused(first):
    with pytest.raises(ValueError, match="no PNG header"):
        inspect(b"\x89PNG\r\n\x1a\n" + first + chunk(b"IEND", b""))


@pytest.mark.parametrize("side", [65_535, 9_460])  # Pillow refuses from twice the limit on; below that it only warns
@pytest.mark.filterwarnings("ignore:Image size")
def test_other_formats_that_state_too_many_pixels_are_refused(side):
    gif = bytearray(encode(noise("P"), "GIF"))
    gif[6:10] = struct.pack("<HH", side, side)
    with pytest.raises(ValueError, match="pixels"):
        inspect(bytes(gif))


def test_a_deflate_bomb_behind_a_small_header_is_not_inflated():
    assert len(bomb()) < 300_000
    assert inspect(bomb()).width == 4  # the 20 bytes that the header asks for are there; the rest is never made


@pytest.mark.parametrize("data", [b"", b"hello", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\x89PNG\r\n\x1a\n", os.urandom(500)])
def test_what_is_no_picture(data):
    with pytest.raises(ValueError, match=r"picture"):
        inspect(data)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own, about damaged TIFF tags
@given(st.data())
def test_damaged_bytes_give_a_value_error_and_nothing_else(data):
    form = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"]))
    whole = bytearray(encode(noise(size=(9, 7)), form))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    picture, problem = check(bytes(whole))
    assert (picture is None) == bool(problem)


def test_many_threads_at_once():
    whole = [encode(noise(), form) for form in ("PNG", "JPEG", "GIF", "BMP")] * 10
    cut = [data[: len(data) // 2] for data in whole]

    def fails(data):
        try:
            inspect(data)
        except ValueError:
            return True
        return False

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(fails, whole + cut)) == [False] * 40 + [True] * 40


def test_what_pillow_would_have_let_through():
    """The reason for all this: the same half of a picture, through Pillow with the flag set, has a black part."""
    ImageFile.LOAD_TRUNCATED_IMAGES, before = True, ImageFile.LOAD_TRUNCATED_IMAGES
    half = encode(noise("L", (64, 64)))
    half = half[: len(half) // 2]
    loaded = Image.open(io.BytesIO(half))
    loaded.load()
    ImageFile.LOAD_TRUNCATED_IMAGES = before
    assert loaded.crop((0, 60, 64, 64)).getextrema() == (0, 0)
    with pytest.raises(ValueError, match="cut short"):
        inspect(half)
