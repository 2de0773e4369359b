"""The design of the sample set: how many items of which kind, balanced answers, texts that fit."""

from collections import Counter

import pytest

from medq_tasks.answers import read_verdict
from medq_tasks.demo.samples import SEED, base_pictures, catalogue, design
from medq_tasks.records import MODALITIES, QUESTION_TYPES, SEVERITIES

SEEDS = [SEED, 3, 4]


@pytest.mark.parametrize("seed", SEEDS)
def test_perception_covers_every_modality_severity_and_question_type_alike(seed):
    items = design.perception(seed)
    cells = Counter((item.shot.modality, item.shot.severity, item.question_type) for item in items)
    # 9 pictures x 2 questions per modality = 18 = 3 severities x 3 types x 2
    assert cells == {(m, s, q): 2 for m in MODALITIES for s in SEVERITIES for q in QUESTION_TYPES}
    assert len(items) == 90
    assert len({item.id for item in items}) == 90
    assert len({item.shot for item in items}) == 45


@pytest.mark.parametrize("seed", SEEDS)
def test_answers_are_balanced(seed):
    items = design.perception(seed)
    yes_or_no = [item for item in items if item.question_type == "yes_or_no"]
    assert Counter(item.options[item.answer] for item in yes_or_no) == {"Yes": 15, "No": 15}
    assert Counter(item.options for item in yes_or_no).keys() == {("Yes", "No"), ("No", "Yes")}
    for modality in MODALITIES:
        own = [item for item in yes_or_no if item.shot.modality == modality]
        assert Counter(item.options[item.answer] for item in own) == {"Yes": 3, "No": 3}
        assert Counter(item.answer for item in own) == {0: 3, 1: 3}
    how = Counter(item.answer for item in items if item.question_type == "how")
    assert how == {0: 10, 1: 10, 2: 10}
    what = [item for item in items if item.question_type == "what"]
    assert max(Counter(item.answer for item in what).values()) <= 12  # of 30
    assert {len(item.options) for item in what} == {3, 4}


@pytest.mark.parametrize("seed", SEEDS)
def test_any_beginning_of_the_table_is_a_mix(seed):
    first = design.perception(seed)[:15]
    assert {item.shot.modality for item in first} == set(MODALITIES)
    assert {item.question_type for item in first} == set(QUESTION_TYPES)
    assert {item.shot.severity for item in first} == set(SEVERITIES)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_asked_for_is_in_the_picture_when_and_only_when_the_answer_says_so(seed):
    for item in design.perception(seed):
        present = catalogue.find(item.shot.degradation) if item.shot.degradation else None
        right = item.options[item.answer]
        if item.question_type == "yes_or_no":
            named = [d for d in catalogue.CATALOGUE[item.shot.modality] if d.bare in item.question]
            assert len(named) == 1, item.question
            wants_absence = "free of" in item.question or "without" in item.question
            assert (right == "Yes") == ((named[0] == present) != wants_absence), item
            assert present is None or named[0].key not in present.unlike
        elif item.question_type == "what":
            assert right == (present.label if present else "No visible degradation")
            assert len(set(item.options)) == len(item.options)
        else:
            none, mild, severe = next(scale for _, scale in _scales() if set(scale) == set(item.options))
            assert right == {"none": none, "mild": mild, "severe": severe}[item.shot.severity]


def _scales():
    from medq_tasks.demo.samples import texts

    return texts._HOW


def test_questions_are_grammatical():
    for seed in range(20, 40):
        for item in design.perception(seed):
            text = item.question
            assert "{" not in text
            assert " a an " not in text
            assert "visible a " not in text
            for plural in ("artifacts", "reflections"):
                assert not (text.startswith("Is there") and f"{plural} visible" in text), text


@pytest.mark.parametrize("seed", SEEDS)
def test_reasoning_items(seed):
    alone = design.no_reference(seed)
    assert Counter((item.shot.modality, item.shot.severity) for item in alone) == {
        (m, s): 1 for m in MODALITIES for s in SEVERITIES
    }
    for item in alone:
        expected = {"none": "good", "mild": "usable", "severe": "reject"}[item.shot.severity]
        assert read_verdict(item.reference, "no_reference") == expected, item.reference
        assert 3 <= item.reference.count(". ") + 1 <= 5, item.reference
    pairs = design.comparison(seed)
    assert len(pairs) == 15
    assert Counter(item.grain for item in pairs) == {"coarse": 5, "fine": 10}
    assert 7 <= Counter(item.better for item in pairs)["first"] <= 8
    for item in pairs:
        order = [SEVERITIES.index(shot.severity) for shot in (item.first, item.second)]
        assert item.better == ("first" if order[0] < order[1] else "second")
        assert read_verdict(item.reference, "comparison") == item.better, item.reference
        assert (item.first.view, item.first.number) == (item.second.view, item.second.number)
        assert 3 <= item.reference.count(". ") + 1 <= 5, item.reference


def test_the_plan_depends_on_the_seed_and_on_nothing_else():
    assert design.perception(5) == design.perception(5)
    assert design.perception(5) != design.perception(6)
    assert design.comparison(5) == design.comparison(5)


def test_every_modality_has_several_views_and_degradations():
    for modality in MODALITIES:
        assert len(base_pictures.views(modality)) >= 5
        group = catalogue.CATALOGUE[modality]
        assert len(group) >= 4
        assert all(degradation.why and degradation.modality == modality for degradation in group)
        # Untouched pictures need three different views; each degradation needs at least two.
        assert all(len(base_pictures.views(modality)) - len(degradation.unseen_in) >= 2 for degradation in group)


def test_only_untouched_recordings_count_as_authentic():
    shots = [item.shot for item in design.perception(SEED)]
    assert {shot.source for shot in shots if shot.severity != "none"} == {"simulated"}
    assert {shot.source for shot in shots if shot.modality == "endoscopy"} == {"simulated"}
    assert {shot.source for shot in shots if shot.modality == "fundus" and shot.severity == "none"} == {"authentic"}
