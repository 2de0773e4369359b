"""Where the pictures of a page go: apart from what puts them there, which needs numpy and Pillow."""

from __future__ import annotations

from enum import Enum

SERVED = "pictures/"  # where `medq view` has them, beside its page
ICON = "icon"  # likewise


class PictureMode(str, Enum):
    """Where a page's pictures go."""

    EMBED = "embed"  # into the page
    FOLDER = "folder"  # previews into the page, full size into a folder beside it
    NONE = "none"
