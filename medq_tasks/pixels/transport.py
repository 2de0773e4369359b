"""How a picture is handed to a backend: exactly, or through the JPEG step that others have.

Many of lmms-eval 0.7's backends encode each picture as JPEG before the model's own processor sees it. Their local
ones then decode it again by its content. ``ExactImage`` makes that encoding one without loss, so the same pixels come
out.
"""

from __future__ import annotations

import base64
import io
import os
from typing import IO, Any

from PIL import Image

from medq_tasks.transports import DEFAULT_TRANSPORT, check_transport, jpeg_quality

# Of zlib: a local backend reads the file at once and drops it, an API's wire is slow.
_FAST, _SMALL = 1, 6
_UNCOMPRESSED = ("L", "RGB")  # the modes that a BMP holds as they are


class ExactImage(Image.Image):
    """An image that is written without loss wherever JPEG is asked for.

    Only for backends that read their own file or data URL again: they go by the content. On an API's wire the label
    would be wrong. Copies and conversions stay of this class, because backends convert to RGB before they save.
    """

    @classmethod
    def of(cls, image: Image.Image) -> ExactImage:
        """The same picture as a ``ExactImage``. A plain image shares its memory: do not change it afterwards."""
        plain = image if type(image) is Image.Image else Image.Image.copy(image)
        made = cls()
        made.__dict__.update(plain.__dict__)
        return made

    def save(
        self, fp: str | bytes | os.PathLike[str] | os.PathLike[bytes] | IO[bytes], format: Any = None, **params: Any
    ) -> None:
        """Write without loss whatever the format or file name says.

        A file that is called JPEG is opened again by its content, with Pillow: a BMP costs a tenth of a PNG's time
        there (``make bench BENCH=transport``). Anything else is a PNG: what is packed in memory may be read by a
        library that knows no BMP (torchvision's decoder, in the processors of today's transformers, ends the run).
        Both of Pillow's writers pass over JPEG's parameters.
        """
        name = os.fsdecode(fp) if isinstance(fp, str | bytes | os.PathLike) else ""
        jpeg = (format or os.path.splitext(name)[1][1:]).upper() in ("JPEG", "JPG")
        if name and jpeg and self.mode in _UNCOMPRESSED:
            super().save(fp, format="BMP", **params)
        else:
            super().save(fp, format="PNG", **{"compress_level": _FAST, **params})

    def to_png(self) -> bytes:
        """The PNG file."""
        file = io.BytesIO()
        self.save(file, compress_level=_SMALL)
        return file.getvalue()

    def data_url(self) -> str:
        """The PNG file as a data URL."""
        return "data:image/png;base64," + base64.b64encode(self.to_png()).decode("ascii")

    def plain(self) -> Image.Image:
        """The same picture as a plain image in RGB; shares this one's memory where it is RGB already."""
        made = Image.Image()
        made.__dict__.update((self if self.mode == "RGB" else self.convert("RGB")).__dict__)
        return made

    def copy(self) -> ExactImage:
        """A copy that is written without loss as well."""
        return ExactImage.of(super().copy())

    __copy__ = copy  # Pillow binds it to its own copy(), which returns a plain image

    def convert(self, *args: Any, **kwargs: Any) -> ExactImage:
        """Pillow's conversion, with a result that is written without loss as well."""
        return ExactImage.of(super().convert(*args, **kwargs))


def hand_over(image: Image.Image, transport: str = DEFAULT_TRANSPORT) -> Image.Image:
    """The picture in the form that a backend is given.

    Args:
        image: RGB, fully loaded (from ``decode``).
        transport: "as_is": the plain image; the backend does to it what it always does.
            "png": a ``ExactImage``: exact pixels through a local backend that would re-encode as JPEG.
            "jpeg85" (any quality from 1 to 95): the plain image after one JPEG pass, to get the harness's usual
            picture from a backend that has no such step.

    Raises:
        SettingsError: unknown transport.
    """
    check_transport(transport)
    if transport == "as_is":
        return image
    if transport == "png":
        return ExactImage.of(image)
    packed = io.BytesIO()
    image.save(packed, format="JPEG", quality=jpeg_quality(transport))
    with Image.open(packed) as file:
        picture = file.convert("RGB")
    picture.info = {}
    return picture
