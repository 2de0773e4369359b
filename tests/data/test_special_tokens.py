"""Marks of backends are found in a text, and plain signs are not."""

import pytest

from medq_tasks.data import check
from medq_tasks.data.special_tokens import special_token
from tests.data.factory import perception_rows, write_tsv

MARKS = (
    *("<|image_pad|>", "<|vision_start|>", "<|endoftext|>", "<|im_end|>", "<image>", "<image_1>", "</img>"),
    *("<IMG_CONTEXT>", "<start_of_image>", "<image_placeholder>", "<video>", "[IMG]", "[INST]", "[/INST]"),
    *("<fim_prefix>", "<row_1_col_2>", "<s>", "<<SYS>>", "<unused7>", "<|image>", "<image|>"),
)


@pytest.mark.parametrize("mark", MARKS)
def test_marks(mark):
    assert special_token(f"Is {mark} sharp?")[0] == mark


@pytest.mark.parametrize("text", ["<", "<5 mm", "< 5 mm and > 2", "a<b>c", "<b>", "[1]", "[mm]", "P(A|B)", "|x|<|y|"])
def test_plain_text(text):
    assert special_token(text) is None


def test_the_check_names_file_row_mark_and_cure(tmp_path):
    rows = perception_rows(3)
    rows[1]["question"] = "Is <|image_pad|> sharp?"
    rows[2]["B"] = "<image>"
    write_tsv(tmp_path, "perception", rows)
    faults = [str(fault) for fault in check(tmp_path).faults if fault.row]
    assert len(faults) == 2
    assert "row 2: the question holds '<|image_pad|>'" in faults[0]
    assert "row 3: option B holds '<image>'" in faults[1]
    assert all(fault.endswith("Say it in other words, or leave out the brackets.") for fault in faults)
