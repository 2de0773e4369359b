"""The extra ``[demo]``: what only the sample set, the model without weights and the picture probe need.

Whoever evaluates a model needs none of it, so ``pip install .`` leaves it out: eight packages fewer that can break.
"""

from __future__ import annotations

from importlib.util import find_spec

from medq_tasks.errors import MedqError

_MODULES = ("skimage", "pydicom", "nibabel", "nilearn")


class MissingExtra(MedqError):
    """Something of the extra was asked for and the extra is not installed."""


def missing() -> list[str]:
    """The extra's modules that are not installed."""
    return [module for module in _MODULES if find_spec(module) is None]


def need_demo(what: str) -> None:
    """Nothing when the extra is installed.

    Args:
        what: what was asked for, as the first words of the message.

    Raises:
        MissingExtra: one of its packages is not there; the message names the command.
    """
    absent = missing()
    if absent:
        raise MissingExtra(
            f"{what} needs the extra [demo] (not installed: {', '.join(absent)}). "
            'In the folder of medq-tasks: pip install ".[demo]"'
        )
