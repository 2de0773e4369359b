"""The names of the ways a picture is handed to a backend: apart from ``pixels``, which needs numpy and Pillow."""

from __future__ import annotations

from collections.abc import Mapping

from medq_tasks.errors import SettingsError

DEFAULT_TRANSPORT = "as_is"

# The backends of lmms-eval 0.7 to 0.7.3 that do not hand on, or send under its own name, the picture they get, and what
# they make of it. All others do. The only such list: docs/pixels.md and the tests are held against it.
INEXACT_BACKENDS: Mapping[str, str] = {
    # Local models read what they wrote again by its content, so that a PNG gives them the exact pixels.
    "qwen2_vl": "JPEG at quality 85",
    "qwen2_5_vl": "JPEG at quality 85",  # with --force_simple; its chat class hands the picture on
    "gemma3": "JPEG at quality 85",
    "gemma4": "JPEG at quality 85",
    "glm4v": "JPEG at quality 85",
    "llama4_scout": "JPEG at quality 85",
    "vora": "JPEG at quality 85",
    "llava_sglang": "JPEG at quality 75",
    "xcomposer2d5": "JPEG at quality 75",
    # APIs go by the label: harness/backends sends these pictures as PNG under the right one.
    "claude": "JPEG at quality 85",
    "qwen_vl_api": "JPEG at quality 75",
    "cosmos_wm": "JPEG at quality 75",
    "reka": "PNG that is called JPEG",
}

# lmms-eval's chat backends that send the format of LMMS_IMAGE_ENCODE_FORMAT, and the formats that keep pixels.
FORMAT_READERS = ("openai", "async_openai", "vllm", "litellm")
LOSSLESS_FORMATS = ("PNG", "BMP", "TIFF")

# One entry per meaning; "jpeg85" stands for any quality from 1 to 95 (Pillow's own upper end).
_NAMES = '"as_is", "png" or "jpeg" with a quality from 1 to 95 ("jpeg85")'


def transport_of(value: object) -> str:
    """The transport that the value of ``image_transport`` in a YAML names; no value (or blanks) means the default.

    Raises:
        SettingsError: it names none; the message names the values that do.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return DEFAULT_TRANSPORT
    if not isinstance(value, str):
        raise SettingsError(f"image_transport: {value!r} is no name, expected {_NAMES}.")
    return check_transport(value.strip())


def exact_for(backend: str) -> str:
    """The transport by which exact pixels get through the backend of this name."""
    return "png" if backend in INEXACT_BACKENDS else DEFAULT_TRANSPORT


def check_transport(transport: str) -> str:
    """Return the name if it is one that ``hand_over`` knows.

    Raises:
        SettingsError: it is not; the message names the values that are.
    """
    if transport in ("as_is", "png") or jpeg_quality(transport) is not None:
        return transport
    raise SettingsError(f"image_transport: {transport!r} is unknown, expected {_NAMES}.")


def jpeg_quality(transport: str) -> int | None:
    """1 to 95 where the name asks for JPEG, else None."""
    digits = transport.removeprefix("jpeg")
    if digits == transport or not digits.isdecimal() or not 1 <= int(digits) <= 95:
        return None
    return int(digits)
