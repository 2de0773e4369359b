import pytest
from hypothesis import given
from hypothesis import strategies as st

from medq_tasks.data import slice_words, slices
from medq_tasks.data.items import TableItem
from medq_tasks.records import Slices
from tests.cases import check_all

FOLDED = {
    "modality": {
        "ct": ["CT", "low-dose CT", "LDCT", "CBCT", "Chest CT scan", "Computed Tomography", "ct_sparse_view"],
        "mri": ["MRI", "MR", "T1w MRI", "brain_mri", "Magnetic Resonance Imaging", "T2-FLAIR", "fMRI"],
        "histopathology": ["histo", "Histopathology", "pathology", "WSI", "H&E", "whole-slide image", "Pathological"],
        "endoscopy": ["Endoscopy", "colonoscopy", "endoscopic image", "capsule-endoscopy", "Gastroscopy"],
        "fundus": ["fundus", "Fundus photography", "CFP", "retina", "color_fundus", "Retinal photograph"],
        "": ["", " ", "nan", "None", "N/A"],
        None: ["PET/CT", "retinal OCT", "X-ray", "ultrasound", "CT and MRI", "direct", "smart", "Octave"],
    },
    "severity": {
        "none": ["none", "None", "No degradation", "normal", "no", "Pristine"],
        "mild": ["mild", "Slight", "minor", "mild degradation"],
        "severe": ["severe", "Heavy", "SERIOUS", "severe_degradation"],
        "": ["", "nan", "N/A"],
        None: ["moderate", "medium", "3", "good"],
    },
    "question_type": {
        "yes_or_no": ["Yes-or-No", "yes/no", "yes_or_no", "YesNo", "Y/N"],
        "what": ["What", "what", "which"],
        "how": ["How", "how"],
        "": ["", "none"],
        None: ["why", "CT"],
    },
    "scope": {
        "general": ["General", "modality-agnostic"],
        "specific": ["specific", "Modality-Specific", "modality_specific"],
        None: ["CT"],
    },
    "grain": {"coarse": ["coarse", "Coarse-grained"], "fine": ["fine", "fine_grained"], None: ["medium"]},
    "source": {
        "authentic": ["authentic", "Real", "real-world"],
        "simulated": ["simulated", "physics-based simulation"],
        "ai_generated": ["AI-generated", "AIGC", "generated"],
        None: ["LIDC-IDRI", "synthetic"],
    },
    "degradation": {"motion blur": ["motion  blur"], "Ring": [" Ring "], "": ["none", "nan", ""]},
}


def test_words_are_folded():
    def check(case):
        name, text, folded = case
        assert slice_words.fold(name, text) == folded

    rows = [(name, text, folded) for name, table in FOLDED.items() for folded, texts in table.items() for text in texts]
    check_all(((f"{name} {text!r}", (name, text, folded)) for name, text, folded in rows), check)


@given(st.sampled_from(sorted(FOLDED)), st.text())
def test_any_text_is_folded_or_left(name, text):
    assert slice_words.fold(name, text) is None or isinstance(slice_words.fold(name, text), str)


@pytest.mark.parametrize(
    ("question", "options", "kind"),
    [
        ("Is there noise?", "Yes|No", "yes_or_no"),
        ("Is there noise?", "No, there is none.|Yes, there is some.", "yes_or_no"),
        ("How would you call this? Is it sharp?", "No|Yes", "yes_or_no"),
        ("Does it show?", "Yes|No|Cannot tell", "yes_or_no"),
        ("How severe is the noise?", "Noise in the dark|Noise all over", "how"),
        ("Rate the blur.", "None|Slight|Severe", "how"),
        ("What is the noise level?", "No noise|Mild noise|Severe noise", "how"),
        ("Which artifact is seen?", "Ring|Streak|Metal", "what"),
        ("What is seen?", "Normal anatomy|Noise", "what"),
        ("Show what is blurred.", "Left|Right", "what"),
        ("Is it a CT or an MR image?", "CT|MR", "what"),
        ("", "Notable|Yesterday", "what"),
        ("Rate it.", "Mild|Very low quality", "how"),
        ("Rate it.", "Mild|Very very low quality", "what"),  # four words are a statement
        ("Rate it.", "Mild|?", "what"),
    ],
)
def test_question_types_are_worked_out(question, options, kind):
    assert slice_words.infer_question_type(question, dict(zip("ABCDE", options.split("|"), strict=False))) == kind


@pytest.mark.parametrize(
    ("texts", "general", "specific"),
    [
        (["True", "1", "1.0", "yes"], "general", "specific"),
        (["FALSE", "0", "0.0", "No"], "specific", "general"),
        (["", "2", "general"], None, None),
    ],
)
def test_true_and_false_columns(texts, general, specific):
    for text in texts:
        assert slice_words.flag("is_general", text) == general
        assert slice_words.flag("modality_specific", text) == specific
        assert slice_words.flag("scope", text) is None


def items(**columns):
    options = {"A": "Yes", "B": "No"}
    rows = [dict(zip(columns, texts, strict=True)) for texts in zip(*columns.values(), strict=True)]
    return [TableItem(n + 1, str(n), "Is it sharp?", options, words=row) for n, row in enumerate(rows)]


def test_a_table_without_any_slice_column():
    found, notes = slices.find("perception", items(remark=["x", "y"]))
    assert found == [Slices(question_type="yes_or_no", inferred=("question_type",))] * 2
    assert notes == [
        "question type inferred from wording and options in 2 of 2 rows",
        "no column found for modality, severity, scope, degradation, source",
    ]


def test_only_the_rows_that_do_not_say_are_inferred():
    found, notes = slices.find("perception", items(question_type=["How", "", "nan"]))
    assert [(one.question_type, one.inferred) for one in found] == [
        ("how", ()),
        ("yes_or_no", ("question_type",)),
        ("yes_or_no", ("question_type",)),
    ]
    assert "in 2 of 3 rows" in notes[0]


@pytest.mark.parametrize("name", sorted(slice_words.ALIASES))
def test_every_alias_is_read(name):
    kind = "comparison" if name == "grain" else "perception"
    text, folded = {
        "question_type": ("How", "how"),
        "modality": ("CFP", "fundus"),
        "severity": ("slight", "mild"),
        "scope": ("general", "general"),
        "grain": ("fine", "fine"),
        "degradation": ("ring", "ring"),
        "source": ("real", "authentic"),
    }[name]
    flags = {"is_general": "True", "modality_specific": "False", "is_modality_specific": "0"}
    for alias in slice_words.ALIASES[name]:
        for cell in {text, flags.get(alias, text)}:
            found, notes = slices.find(kind, items(**{alias: [cell]}))
            assert getattr(found[0], name) == folded
            assert (f"{name} is read from column {alias!r}" in notes) == (alias != name)


@pytest.mark.parametrize(
    ("texts", "name", "read"),
    [
        (["CT", "CT", "MRI", "x-ray"], "modality", ["ct", "ct", "mri", "x-ray"]),
        (["Yes-or-No", "What", "How", "How"], "question_type", ["yes_or_no", "what", "how", "how"]),
        (["none", "mild", "severe", ""], "severity", ["none", "mild", "severe", ""]),
        (["general", "specific", "general", "general"], "scope", ["general", "specific", "general", "general"]),
    ],
)
@pytest.mark.parametrize("column", ["category", "type"])
def test_a_broad_name_is_told_by_its_values(column, texts, name, read):
    found, notes = slices.find("perception", items(**{column: texts}))
    assert [getattr(one, name) for one in found] == read
    assert f"{name} is read from column {column!r}" in notes
    others = {"modality", "severity", "scope"} - {name}
    assert all(getattr(found[0], other) == "" for other in others)


def test_a_broad_name_with_other_words_is_not_used():
    found, _ = slices.find("perception", items(category=["a", "b", "CT"]))
    assert [one.modality for one in found] == ["", "", ""]


def test_half_of_the_values_are_enough_for_a_broad_name():
    found, _ = slices.find("perception", items(category=["a", "MRI", "b", "CT", ""]))
    assert [one.modality for one in found] == ["a", "mri", "b", "ct", ""]


def test_unknown_words_are_kept_and_told():
    found, notes = slices.find("no_reference", items(severity=["mild", "moderate", " very  bad ", "moderate"]))
    assert [one.severity for one in found] == ["mild", "moderate", "very bad", "moderate"]
    assert "severity: 2 words are not known and kept as they are: 'moderate' in 2 rows, 'very bad' in 1 row" in notes


def test_severity_as_numbers_needs_exactly_0_1_2():
    found, notes = slices.find("no_reference", items(severity=["0", "1", "2.0", "", "nan"]))
    assert [one.severity for one in found] == ["none", "mild", "severe", "", ""]
    assert any("0, 1, 2" in note for note in notes)
    found, notes = slices.find("no_reference", items(severity=["1", "2", "3"]))
    assert [one.severity for one in found] == ["1", "2", "3"]
    assert any("not known" in note for note in notes)


def test_slices_that_a_kind_does_not_have_are_not_asked_for():
    found, notes = slices.find("no_reference", items(grain=["fine"], scope=["general"], question_type=["How"]))
    assert found == [Slices()]
    assert notes == ["no column found for modality, severity, degradation, source"]
