"""What a backend gets out of a picture that was handed to it."""

import copy
import io
import pickle

import numpy as np
import pytest
from PIL import Image

from medq_tasks.errors import SettingsError
from medq_tasks.pixels import ExactImage, check_transport, hand_over


@pytest.fixture
def picture(noise):
    return Image.fromarray(noise)


def saved(image, **options):
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


def read(data):
    return np.asarray(Image.open(io.BytesIO(data)))


def test_as_is_is_the_plain_image(picture):
    assert hand_over(picture, "as_is") is picture
    assert hand_over(picture) is picture


@pytest.mark.parametrize(
    "way",
    [
        lambda image: image,
        lambda image: image.convert("RGB"),
        lambda image: image.copy(),
        lambda image: image.copy().convert("RGB"),
        copy.copy,
        copy.deepcopy,
        lambda image: pickle.loads(pickle.dumps(image)),
    ],
    ids=["itself", "convert", "copy", "copy-convert", "copy.copy", "copy.deepcopy", "pickle"],
)
def test_png_survives_a_backend_that_asks_for_jpeg(picture, noise, way):
    data = saved(way(hand_over(picture, "png")), format="JPEG", quality=85)
    assert data.startswith(b"\x89PNG")  # not a BMP: some processors' decoder knows none
    assert (read(data) == noise).all()


@pytest.mark.parametrize("mode", ["L", "RGBA", "LA", "P", "1"])
def test_a_mode_that_a_bmp_would_change_is_a_png(picture, mode, tmp_path):
    odd = ExactImage.of(picture.convert(mode))
    odd.save(tmp_path / "a.jpg", quality=85)
    data = (tmp_path / "a.jpg").read_bytes()
    assert data.startswith(b"BM" if mode == "L" else b"\x89PNG")
    with Image.open(io.BytesIO(data)) as file:
        assert file.mode == mode
        assert file.tobytes() == odd.tobytes()


@pytest.mark.parametrize(
    ("name", "begin"), [("a.jpg", b"BM"), ("a.JPEG", b"BM"), ("a.png", b"\x89PNG"), ("jpg", b"\x89PNG")]
)
def test_png_survives_a_file_name(picture, noise, name, begin, tmp_path):
    hand_over(picture, "png").save(str(tmp_path / name))
    assert (tmp_path / name).read_bytes().startswith(begin)
    assert (read((tmp_path / name).read_bytes()) == noise).all()


def test_png_behaves_as_an_image_everywhere_else(picture, noise):
    image = hand_over(picture, "png")
    assert isinstance(image, Image.Image)
    assert isinstance(image, ExactImage)
    assert image.size == (101, 67)
    assert (np.asarray(image) == noise).all()
    assert (np.asarray(image.resize((28, 28))) == np.asarray(picture.resize((28, 28)))).all()
    assert image.data_url().startswith("data:image/png;base64,iVBOR")


def test_a_loaded_file_does_not_share_its_memory(picture, noise):
    file = Image.open(io.BytesIO(saved(picture, format="PNG")))
    image = ExactImage.of(file)
    file.putpixel((0, 0), (0, 0, 0))
    file.close()
    assert (np.asarray(image) == noise).all()
    assert ExactImage.of(picture).im is picture.im  # a plain image does: a large one is not held twice


@pytest.mark.parametrize("quality", [1, 75, 85, 95])
def test_jpeg_is_one_pass_at_that_quality(picture, quality):
    handed = hand_over(picture, f"jpeg{quality}")
    assert type(handed) is Image.Image
    assert (np.asarray(handed) == read(saved(picture, format="JPEG", quality=quality))).all()


@pytest.mark.parametrize("name", ["", "jpeg", "jpeg0", "jpeg96", "jpeg-5", "jpeg8.5", "PNG", "webp", "jpegs"])
def test_an_unknown_transport_is_refused_with_the_known_ones(picture, name):
    with pytest.raises(SettingsError, match="as_is"):
        hand_over(picture, name)
    with pytest.raises(SettingsError):
        check_transport(name)
