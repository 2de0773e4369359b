"""Sizes worked out by hand from the rule: multiples of the factor, area between the limits."""

import io

import numpy as np
import pytest
from PIL import Image

from medq_tasks.pixels import Limits, fitted, limits_of, resizing, summary, wire_limit_of


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((560, 560), (560, 560)),  # 20 x 28
        ((512, 512), (504, 504)),  # 512 / 28 = 18.3 -> 18 x 28
        ((100, 80), (112, 84)),  # 3.57 -> 4; 2.86 -> 3
        # 1000 x 1000: rounded 1008 x 1008 > 602112; shrink sqrt(1000000 / 602112) = 1.28873; 775.96 / 28 = 27.7 -> 27
        ((1000, 1000), (756, 756)),
        # 20 x 20: rounded 28 x 28 = 784 < 3136; grow sqrt(3136 / 400) = 2.8; 56 / 28 = 2
        ((20, 20), (56, 56)),
        # 30 x 10: rounded 28 x 28; grow sqrt(3136 / 300) = 3.233; 97.0 / 28 = 3.5 -> 4; 32.3 / 28 = 1.2 -> 2
        ((30, 10), (112, 56)),
        # Rounded sizes on the limits stay: 56 x 56 = 3136; 672 x 896 = 602112
        ((55, 57), (56, 56)),
        ((673, 897), (672, 896)),
        ((2000, 10), (1988, 28)),  # 200 to 1; 71.4 -> 71 x 28
    ],
)
def test_qwen2_vl(size, expected):
    assert fitted(size, limits_of("qwen2_vl")) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        # 30 x 10 as above to 112 x 56; then grow sqrt(200704 / 6272) = 5.657; 633.6 / 28 = 22.6 -> 23; 316.8 / 28 -> 12
        ((30, 10), (644, 336)),
        ((28, 112), (224, 896)),  # 3136 pixels are 4 tokens, enough at first; then grow sqrt(200704 / 3136) = 8
    ],
)
def test_chat_backends_resize_twice(size, expected):
    assert fitted(size, limits_of("qwen2_5_vl")) == expected


def test_limits_of_the_third_generation():
    # 256 and 2048 tokens of 28 x 28 pixels, in steps of 32 (lmms-eval 0.7.3)
    assert limits_of("qwen3_vl") == Limits(32, 200704, 1605632, twice=True)
    assert limits_of("qwen2_5_vl") == Limits(28, 200704, 1605632, twice=True)


def test_limits_come_from_the_model_arguments():
    text = "pretrained=Qwen/Qwen2-VL-2B-Instruct,max_pixels=12845056, min_pixels=1000"
    assert limits_of("qwen2_vl", text) == Limits(28, 1000, 12845056)
    assert limits_of("qwen2_vl", {"max_pixels": 5000}) == Limits(28, 3136, 5000)
    assert limits_of("qwen2_vl", "") == limits_of("qwen2_vl", None) == Limits(28, 3136, 602112)


def test_simple_and_chat_differ():
    assert limits_of("qwen2_5_vl").twice
    assert not limits_of("qwen2_5_vl", force_simple=True).twice


def test_a_backend_whose_rule_is_not_known():
    assert limits_of("internvl3") is None
    told = summary([(10, 10)], None)
    assert told == {
        "pictures": 1,
        "smallest": [10, 10],
        "largest": [10, 10],
        "limits": None,
        "resized": None,
        "beyond_rounding": None,
        "largest_factor": None,
        "refused": None,
        "wire_limit": None,
        "may_exceed_it": None,
    }


def test_summary_counts_and_finds_the_largest_factor():
    told = summary([(560, 560), (512, 512), (1000, 1000), (20, 20)], limits_of("qwen2_vl"))
    assert told["pictures"] == 4
    assert told["resized"] == 3
    assert told["beyond_rounding"] == 2  # 1000 x 1000 and 20 x 20
    assert told["largest_factor"] == 2.8  # 20 -> 56; 1000 -> 756 is 1.32
    assert (told["smallest"], told["largest"]) == ([20, 20], [1000, 1000])


def test_a_picture_that_is_only_shrunk_has_a_factor_above_one():
    assert summary([(1000, 1000)], limits_of("qwen2_vl"))["largest_factor"] == 1.3228  # 1000 / 756


def test_summary_of_nothing():
    assert summary([], limits_of("qwen2_vl"))["largest_factor"] == 1.0


def test_a_picture_that_the_backend_refuses_is_counted_and_hides_no_other():
    told = summary([(2001, 10), (10, 2000), (560, 560)], limits_of("qwen2_vl"))
    assert (told["pictures"], told["refused"], told["resized"]) == (3, 1, 1)  # 10 x 2000 is just allowed, and resized


def test_too_long_and_narrow():
    with pytest.raises(ValueError, match="200 to 1"):
        fitted((2001, 10), limits_of("qwen2_vl"))


@pytest.mark.parametrize("bad", ["max_pixels=many", "min_pixels="])
def test_a_limit_that_is_no_number(bad):
    with pytest.raises(ValueError, match="invalid literal"):
        limits_of("qwen2_vl", bad)


def test_apis_with_a_limit_on_bytes():
    assert wire_limit_of("claude") == 3932160  # 5 MB of base64
    assert wire_limit_of("openai", "", force_simple=True) == 20971520
    assert wire_limit_of("gpt4v", "max_size_in_mb=1") == 1048576
    assert wire_limit_of("openai") is None
    assert wire_limit_of("qwen2_vl") is None


def test_pictures_that_may_be_too_large_for_an_api():
    # 1145 x 1145 x 3 = 3.93 million bytes may be more than 3,932,160 with the file's own overhead, 1140 x 1140 is not.
    told = summary([(1140, 1140), (1145, 1145), (2400, 1800)], None, wire_limit_of("claude"))
    assert (told["wire_limit"], told["may_exceed_it"]) == (3932160, 2)


def test_the_largest_file_that_is_sure_to_fit():
    # 1 x 1: a filter byte, 3 of pixels, 1024 of everything else
    assert [summary([(1, 1)], None, limit)["may_exceed_it"] for limit in (1027, 1028)] == [1, 0]


def test_no_png_is_larger_than_the_bound():
    random = np.random.default_rng(0)
    for size in ((1, 1), (7, 3), (400, 300), (1145, 1145)):
        file = io.BytesIO()
        noise = random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        Image.fromarray(noise).save(file, "PNG")
        bound = resizing._largest_png(size)
        assert len(file.getvalue()) <= bound
        assert bound <= 1.01 * noise.size + 1100 + size[1]
