"""One thing that is wrong with this machine, as one line."""

from __future__ import annotations

from dataclasses import dataclass

from medq_tasks.store.secrets import in_force, scrub_message

_LONGEST = 400  # characters; an import error of transformers can fill a screen


@dataclass(frozen=True)
class Trap:
    """What would stop or falsify a run on this machine, and what to do about it.

    ``stops``: a run ends without a result, always or with the backend, task or server named. Otherwise it ends with a
    result that is not what it seems: other pictures, a setting without effect, axes without a score.
    ``about``: the distribution or the kind of variable at fault ("": nothing in particular). Of several traps about one
    thing one is told.
    """

    problem: str
    cure: str
    stops: bool = False
    about: str = ""

    def __str__(self) -> str:
        return f"{'stops' if self.stops else 'falsifies'} a run: {self.line}"

    @property
    def line(self) -> str:
        """Problem and cure in one line, without passwords."""
        return f"{one_line(self.problem)}. Cure: {one_line(self.cure)}"


def one_line(text: str) -> str:
    """The text on one line, without passwords, its middle cut out where it is very long."""
    flat = scrub_message(" ".join(text.split()), in_force()).rstrip(".")
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST // 2]} ... {flat[-_LONGEST // 2 :]}"
