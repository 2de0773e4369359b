"""Marks of backends are found in a text and made plain; plain signs are not."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from medq_tasks.data import check, open_table
from medq_tasks.data.cache import Content
from medq_tasks.data.provenance import task_metadata
from medq_tasks.data.special_tokens import inert, special_token
from tests.data.factory import perception_rows, write_tsv
from tests.data.tables import prepared

MARKS = (
    *("<|image_pad|>", "<|vision_start|>", "<|endoftext|>", "<|im_end|>", "<image>", "<image_1>", "</img>"),
    *("<IMG_CONTEXT>", "<start_of_image>", "<image_placeholder>", "<video>", "[IMG]", "[INST]", "[/INST]"),
    *("<B_SYS>", "<C_Q>", "<C_A>", "<img_start_baichuan>", "<img_end_baichuan>", "<audio_pad_baichuan>"),
    *("|ENDOFTEXT|", "|SPEAKER|", "|NEWLINE|", "<0x04>", "<point>", "</box>", "<Image>", "</Video>", "[/GEN_PROMPT]"),
    *("<fim_prefix>", "<row_1_col_2>", "<s>", "<<SYS>>", "<unused7>", "<|image>", "<image|>"),
)


@pytest.mark.parametrize("mark", MARKS)
def test_marks(mark):
    assert special_token(f"Is {mark} sharp?")[0] == mark


@pytest.mark.parametrize("mark", MARKS)
def test_a_blank_makes_a_mark_plain_text(mark):
    text, marks = inert(f"Is {mark} sharp, or {mark}{mark}?")
    blank = f"{mark[0]} {mark[1:]}"
    assert text == f"Is {blank} sharp, or {blank}{blank}?"
    assert marks == [mark]
    assert inert(text) == (text, [])


@pytest.mark.parametrize("text", ["<<image>>", "<im<image>age>", "<|a<|b|>|>", "]<]image[>[", "<image 5>", "[[INST]]"])
def test_marks_within_marks(text):
    found, marks = inert(text)
    assert marks
    assert special_token(found) is None
    assert found.replace(" ", "") == text.replace(" ", "")


PLAIN = ("<", "<5 mm", "< 5 mm and > 2", "a<b>c", "<b>", "[1]", "[mm]", "P(A|B)", "|x|<|y|", "|N|", "<0x4>", "TEXT|")


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text(text):
    assert special_token(text) is None


# In the code of lmms-eval's backends, but in no prompt: of replies, messages, file names and places in documentation.
NO_MARKS = {
    *("<think>", "</think>", "<thinking>", "</thinking>", "<answer>", "</answer>", "<tool_call>", "</tool_call>"),
    *("</tool_response>", "<code>", "</code>", "<sandbox_output>", "</sandbox_output>"),
    *("<ANSWER_JSON>", "</ANSWER_JSON>", "<FINAL_ANSWER_JSON>", "</FINAL_ANSWER_JSON>"),
    *("<cyan>", "</cyan>", "<green>", "</green>", "<level>", "</level>", "<rle_string>"),
    *("[ERROR]", "[GENERATION_FAILED]", "[LMMS_EVAL_BUDGET_EXCEEDED]"),
}
LIKE_A_MARK = re.compile(r"</?[A-Za-z_|][\w|./-]{0,38}>|\[/?[A-Z_]{2,38}\]|\|[A-Z]{2,38}\|")


def strings_of(file: Path) -> Iterator[str]:
    """The texts in a module's code; what only documents it is left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_every_mark_that_a_backend_of_lmms_eval_writes_is_known():
    (folder,) = find_spec("lmms_eval").submodule_search_locations
    files = [file for name in ("simple", "chat") for file in Path(folder, "models", name).glob("*.py")]
    assert len(files) > 100
    found = {mark for file in files for text in strings_of(file) for mark in LIKE_A_MARK.findall(text)}
    assert {"<C_Q>", "[INST]", "<ImageHere>", "<|image_pad|>"} <= found
    assert {mark for mark in found if special_token(mark) is None} == NO_MARKS & found


def rows_with_marks():
    rows = perception_rows(3)
    rows[1]["question"] = "Is <|image_pad|> sharp?"
    rows[2]["B"] = "<image>"
    rows[2]["answer"] = "<image>"  # the answer is matched as the table has it
    return rows


NOTE = (
    "2 rows with words that models take for marks of their own ('<|image_pad|>' in row 2, '<image>' in row 3): "
    "models get them as text, with a blank after the bracket"
)


def test_a_table_with_marks_is_used_and_the_check_names_them(tmp_path):
    write_tsv(tmp_path, "perception", rows_with_marks())
    (table,) = [table for table in check(tmp_path).tables if table.rows]
    assert NOTE in table.notes
    assert not table.faults


def test_models_get_marks_as_text_and_the_result_says_so(tmp_path):
    table = prepared(tmp_path, "perception", rows_with_marks())
    with open_table(table.path) as rows:
        second, third = rows.row(1), rows.row(2)
    assert second["question"] == "Is < |image_pad|> sharp?"
    assert third["options"][1] == "< image>"
    assert third["answer"] == "B"
    assert NOTE in task_metadata(table)["table"]["notes"]


def test_a_table_of_the_first_release_with_marks_is_another_table():
    old, new = (Content([1, 2, 3], "f" * 64, {}, {}, marks) for marks in (0, 1))
    assert old.fingerprint("perception", "test") != new.fingerprint("perception", "test")
