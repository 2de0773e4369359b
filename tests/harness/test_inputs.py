import pytest
from PIL import Image

from medq_tasks import prompts
from medq_tasks.harness import inputs
from medq_tasks.pixels.transport import ExactImage
from tests.data.docs import doc


def colors(pictures):
    return [picture.getpixel((0, 0)) for picture in pictures]


def test_text_of_a_question():
    text = inputs.doc_to_text(doc())
    assert text == prompts.load().of("perception").ask("Is there noise?", {"A": "Yes", "B": "No"})
    assert "\n\nQuestion: Is there noise?\nOptions:\nA. Yes\nB. No\n\n" in text


def test_text_of_a_description_without_a_question():
    assert prompts.load().of("no_reference").instruction in inputs.doc_to_text(doc("no_reference"))


def test_both_pictures_come_in_order():
    assert colors(inputs.doc_to_visual(doc("comparison"))) == [(200, 10, 10), (10, 200, 10)]


def test_the_tenth_picture_comes_after_the_second():
    # Sorted as text, image_10 would come before image_2.
    many = doc()
    for number in range(2, 11):
        many[f"image_{number}"] = {"bytes": doc()["image_1"]["bytes"] + b"", "path": None}
    many["image_10"] = doc("comparison")["image_2"]
    assert colors(inputs.doc_to_visual(many))[-1] == (10, 200, 10)


def test_a_row_with_fewer_pictures_than_the_table():
    assert len(inputs.doc_to_visual(doc(image_2=None))) == 1


def test_messages_hold_the_same_pictures_and_words_as_the_simple_path():
    row = doc("comparison")
    (turn,) = inputs.doc_to_messages(row, {"pre_prompt": "Hi. "})
    assert turn["role"] == "user"
    assert [part["type"] for part in turn["content"]] == ["image", "image", "text"]
    assert colors([part["url"] for part in turn["content"][:2]]) == colors(inputs.doc_to_visual(row))
    assert turn["content"][2]["text"] == inputs.doc_to_text(row, {"pre_prompt": "Hi. "})


@pytest.mark.parametrize(("transport", "form"), [("as_is", Image.Image), ("png", ExactImage)])
def test_exact_transports_keep_the_pixels(transport, form):
    (picture,) = inputs.doc_to_visual(doc(), {"image_transport": transport})
    assert type(picture) is form
    assert colors([picture]) == [(200, 10, 10)]
