"""Every kind of picture file becomes RGB by the rule in docs/pixels.md."""

import io
import threading

import numpy as np
import pytest
from PIL import Image, ImageFile

from medq_tasks.pixels import decode


def packed(image, format="PNG", **options):
    file = io.BytesIO()
    image.save(file, format=format, **options)
    return file.getvalue()


def grey(values, dtype):
    return Image.fromarray(np.array(values, dtype=dtype))


def pixels(data):
    image = decode(data)
    assert image.mode == "RGB"
    assert type(image) is Image.Image
    return np.asarray(image)


def first_channel(data):
    array = pixels(data)
    assert (array[..., 0] == array[..., 1]).all()
    assert (array[..., 0] == array[..., 2]).all()
    return array[..., 0].tolist()


def test_rgb_is_left_alone(noise):
    assert (pixels(packed(Image.fromarray(noise))) == noise).all()


def test_8_bit_grey_is_copied_to_three_channels():
    assert first_channel(packed(grey([[0, 1, 254, 255]], np.uint8))) == [[0, 1, 254, 255]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 32768, 65535], [0, 128, 255]),  # 16 bit: v * 255 / 65535 = v / 257; 32768 / 257 = 127.502
        ([0, 2048, 4095], [0, 128, 255]),  # 12 bit: 2048 * 255 / 4095 = 127.53
        ([0, 511, 1023], [0, 127, 255]),  # 10 bit: 511 * 255 / 1023 = 127.38
        ([0, 4096, 16383], [0, 64, 255]),  # 14 bit: 4096 * 255 / 16383 = 63.75
        ([0, 100, 255], [0, 100, 255]),  # 8 bit in a 16-bit file
        ([4000, 4050, 4095], [249, 252, 255]),  # the window does not start at the minimum: 4000 * 255 / 4095 = 249.08
        ([0, 1000, 3000], [0, 62, 187]),  # nor end at the maximum: 62.27; 186.81
        ([0, 2048, 4096], [0, 32, 64]),  # one more than 12 bit hold: 2048 * 255 / 16383 = 31.88; 63.75
        ([7, 7, 7], [7, 7, 7]),
        ([0, 0, 0], [0, 0, 0]),
    ],
)
def test_deeper_grey_goes_by_the_depth_that_holds_its_largest_value(values, expected):
    assert first_channel(packed(grey([values], np.uint16))) == [expected]
    assert first_channel(packed(grey([values], np.int32), "TIFF")) == [expected]


def test_the_two_pictures_of_a_12_bit_pair_get_one_window():
    darker, brighter = (first_channel(packed(grey([[1000, top]], np.uint16))) for top in (3900, 4095))
    assert darker[0][0] == brighter[0][0] == 62  # 1000 * 255 / 4095 = 62.27


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),  # shares; 127.5 rounds to the even 128
        ([0.0, 100.4, 255.0], [0, 100, 255]),  # grey levels
        ([0.0, 0.25, 0.5], [0, 64, 128]),  # shares that do not reach 1: 63.75; 127.5
        ([0.0, 1.0, 2.0], [0, 1, 2]),  # grey levels as soon as one is above 1
        ([51.0, 102.0, 255.0], [51, 102, 255]),
        ([128.0, 192.0, 256.0], [0, 128, 255]),  # above 255 there is no known scale: 127.5
        ([-1000.0, 0.0, 1000.0], [0, 128, 255]),  # no known scale: minimum to maximum
        ([float("nan"), -1.0, 1.0], [0, 0, 255]),
        ([float("nan")] * 3, [0, 0, 0]),
        ([float("inf"), 0.0, 1.0], [255, 0, 255]),
        ([5.0e9, 5.0e9, 5.0e9], [0, 0, 0]),
    ],
)
def test_float_pictures(values, expected):
    assert first_channel(packed(grey([values], np.float32), "TIFF")) == [expected]


@pytest.mark.parametrize("values", [[-1000, 500, 2000], [32768, 49152, 65536]])
def test_hounsfield_units_and_more_than_16_bit_go_from_minimum_to_maximum(values):
    assert first_channel(packed(grey([values], np.int32), "TIFF")) == [[0, 128, 255]]


def test_one_bit():
    assert first_channel(packed(Image.fromarray(np.array([[False, True]])))) == [[0, 255]]


def test_transparency_is_laid_on_black():
    picture = Image.fromarray(np.array([[[200, 100, 50, 255], [200, 100, 50, 0], [200, 100, 50, 51]]], np.uint8))
    # 51 / 255 is a fifth of the colour.
    assert pixels(packed(picture)).tolist() == [[[200, 100, 50], [0, 0, 0], [40, 20, 10]]]


def test_grey_with_transparency():
    assert first_channel(packed(Image.fromarray(np.array([[[200, 255], [200, 0]]], np.uint8)))) == [[200, 0]]


def test_palette_with_and_without_transparency():
    picture = Image.new("P", (2, 1))
    picture.putpalette([10, 20, 30, 40, 50, 60])
    picture.putdata([0, 1])
    assert pixels(packed(picture)).tolist() == [[[10, 20, 30], [40, 50, 60]]]
    assert pixels(packed(picture, transparency=1)).tolist() == [[[10, 20, 30], [0, 0, 0]]]


def test_cmyk():
    picture = Image.new("CMYK", (1, 1), (0, 255, 255, 0))
    assert pixels(packed(picture, "TIFF")).tolist() == [[[255, 0, 0]]]


def test_exif_orientation_is_applied():
    picture = Image.fromarray(np.array([[1, 2, 3]], np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated clockwise by 90 degrees
    assert first_channel(packed(picture, exif=exif)) == [[1], [2], [3]]


def test_the_first_frame_of_several():
    frames = [grey([[level]], np.uint8) for level in (10, 20)]
    assert first_channel(packed(frames[0], "TIFF", save_all=True, append_images=frames[1:])) == [[10]]


def test_nothing_but_pixels_travels_on():
    data = packed(grey([[1]], np.uint8), icc_profile=b"profile", dpi=(300, 300))
    assert decode(data).info == {}


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 20])
def test_what_is_no_picture_is_an_error(data):
    with pytest.raises(ValueError, match=r"^not a picture file|^the picture is damaged or cut short"):
        decode(data)


def test_half_a_picture_is_an_error_where_pillow_is_strict(noise, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
    data = packed(Image.fromarray(noise), "JPEG")
    with pytest.raises(ValueError, match=r"^the picture is damaged or cut short \("):
        decode(data[: len(data) // 2])
    with pytest.raises(ValueError, match=r"^not a picture file of a known format \(PNG, JPEG"):
        decode(data[1:])


def test_the_same_in_many_threads_and_whatever_pillow_tolerates(noise, monkeypatch):
    data = packed(Image.fromarray(noise))
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    found = []
    threads = [threading.Thread(target=lambda: found.append(np.asarray(decode(data)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all((array == noise).all() for array in found)


@pytest.mark.parametrize("odd", [b"XX*\0\0\0\0\x08", b"II", b"II*\0\xff\xff\xff\x7f"])
def test_exif_that_cannot_be_read_leaves_the_picture_as_it_is_stored(odd):
    assert first_channel(packed(Image.fromarray(np.array([[1, 2, 3]], np.uint8)), exif=odd)) == [[1, 2, 3]]


def test_an_odd_tag_beside_the_orientation_does_no_harm():
    directory = b"".join(
        [b"\x00\x01\x02\x00\x04\x00\x00\x00wid\x00", b"\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"]
    )  # the width as text; orientation 6
    exif = b"II*\0\x08\0\0\0\x02\0" + directory + bytes(4)
    assert first_channel(packed(Image.fromarray(np.array([[1, 2, 3]], np.uint8)), exif=exif)) == [[1], [2], [3]]
