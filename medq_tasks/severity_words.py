"""The words that name the severity of a degradation: one table for the two places where it is read.

A cell of a severity column says its level and nothing else, so the whole cell is compared. An option of a How question
says it in passing ("slightly blurred"), so its words are searched for. Most words serve both; the others would mislead
in the other place:

* "normal" or "clean" is a level as a whole cell; searched for, it would make "Normal anatomy, severe noise" two levels.
* "moderate" in an option is the step below severe; a column that says it has another scale, and `medq data check`
  has to tell that instead of a guess. "not" and "without" are levels inside a sentence only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class LevelWords(NamedTuple):
    """What one level is called: lower case, separated by ", "."""

    both: str
    cell: str  # as a whole cell only, as ``data.slice_words.plain`` writes it
    option: str  # within the wording of an option only; single words


LEVEL_WORDS: Mapping[str, LevelWords] = {
    "none": LevelWords(
        both="none, no, absent",
        cell="normal, no degradation, not degraded, undegraded, clean, pristine, no artifact, no artefact, "
        "no distortion, undistorted",
        option="not, without, negligible, unaffected",
    ),
    "mild": LevelWords(
        both="mild, slight, minor",
        cell="mild degradation, slight degradation, mildly degraded",
        option="mildly, slightly, light, lightly, little, minimal, moderate, moderately, somewhat",
    ),
    "severe": LevelWords(
        both="severe, heavy, serious, strong, major",
        cell="severe degradation, heavy degradation, severely degraded",
        option="severely, seriously, heavily, strongly, extreme, extremely",
    ),
}
