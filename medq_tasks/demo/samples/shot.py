"""One picture to make: what the design, the texts and the builder hand to each other."""

from __future__ import annotations

from dataclasses import dataclass

from medq_tasks.demo.samples import base_pictures


@dataclass(frozen=True)
class Shot:
    """One picture to make. Shots of the same view and ``number`` show the very same slice or crop."""

    view: str
    modality: str
    severity: str
    degradation: str  # a key of the catalogue, "" when severity is "none"
    number: int

    @property
    def source(self) -> str:
        """ "authentic" only for an untouched recording; everything else is simulated."""
        return base_pictures.view(self.view).source if self.severity == "none" else "simulated"
