"""The names of the ways a picture is handed to a backend: apart from ``pixels``, which needs numpy and Pillow."""

from __future__ import annotations

from medq_tasks.errors import SettingsError

DEFAULT_TRANSPORT = "as_is"

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
