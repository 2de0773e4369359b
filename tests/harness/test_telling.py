"""One line to the log, whatever stands in the message."""

from medq_tasks.harness.telling import tell


def test_a_message_is_one_line_of_text(warned):
    tell("a {b} \x1b[31m[/INST]\nc <red>d</red> \ud83d")
    (line,) = warned
    assert line.startswith("medq-tasks: a {b} ")
    assert line.isprintable()
    assert all(word in line for word in ("[/INST]", "c", "<red>d</red>"))
