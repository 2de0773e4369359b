"""What goes into a request, and what of it a server's complaint is about."""

from medq_tasks.judge.parameters import Parameters, named_in
from tests.cases import check_all


def test_nothing_is_set_but_the_papers_temperature():
    assert Parameters().sent == Parameters().shaping == {"temperature": 0}
    # As 0.1.0 wrote it: judgements of then and now stay comparable.
    assert Parameters().hash == "4be85ef51e93f042"


def test_a_limit_goes_under_the_name_that_the_server_takes_and_keeps_one_hash():
    parameters = Parameters(48)
    assert parameters.sent == {"temperature": 0, "max_tokens": 48}
    before = parameters.hash
    parameters.drop("max_tokens")
    assert parameters.sent == {"temperature": 0, "max_completion_tokens": 48}
    assert parameters.hash == before
    assert parameters.shaping == {"temperature": 0, "max_tokens": 48}  # keys of the ledger stay as they were


def test_a_limit_that_is_refused_in_both_names_is_told(caplog):
    parameters = Parameters(48)
    parameters.drop("max_tokens")
    parameters.drop("max_tokens")
    assert not caplog.messages
    parameters.drop("max_completion_tokens")
    assert ["has no effect" in message for message in caplog.messages] == [True]
    assert parameters.sent == {"temperature": 0}
    assert parameters.hash == Parameters().hash


def test_what_the_user_adds_wins_over_ours_and_changes_the_hash():
    parameters = Parameters(extra={"temperature": 1, "seed": 7})
    assert parameters.sent == {"temperature": 1, "seed": 7}
    assert parameters.hash != Parameters().hash
    assert parameters.is_users("seed")
    assert not Parameters().is_users("temperature")


COMPLAINTS = {
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.": (
        "max_tokens"
    ),
    "`temperature` must be strictly positive": "temperature",
    "maxTokens: Extra inputs are not permitted": "max_tokens",
    "Unrecognized field max tokens": "max_tokens",
    "loc: ['body', 'temperature'], Temperatures are not allowed": "temperature",
    "loc: ['body', 'temperature'], Input should be greater than 0": "temperature",
    "temperature\u53c2\u6570\u975e\u6cd5": "temperature",  # "parameter is not legal"
    "temperature too low": "temperature",
    "Expected temperature > 0": "temperature",
    "Only the default temperature (1) is supported": "temperature",
    "temperatures vary": None,
    "the request is not valid": None,
}


def test_the_parameter_that_a_complaint_names():
    sent = {"temperature": 0, "max_tokens": 5}

    def check(case):
        assert named_in(case[0], sent) == case[1]

    check_all(((words, (words, name)) for words, name in COMPLAINTS.items()), check)
