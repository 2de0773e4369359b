"""The LLM judge: prompts, calls, durable replies, reading of scores."""

from medq_tasks.judge.client import ClientOptions
from medq_tasks.judge.items import JudgeItem, item_of
from medq_tasks.judge.rubric import RUBRIC_VERSION, Rubric, load_rubric
from medq_tasks.judge.scores import read_score
from medq_tasks.judge.second_reader import queue_unread, second_reading, second_readings_of
from medq_tasks.judge.session import JudgeSession, judged, session_for

__all__ = [
    "ClientOptions",
    "JudgeItem",
    "JudgeSession",
    "RUBRIC_VERSION",
    "Rubric",
    "item_of",
    "judged",
    "load_rubric",
    "read_score",
    "queue_unread",
    "second_reading",
    "second_readings_of",
    "session_for",
]
