"""The shapes of the reference implementation's code that words are taken out of; anything else gives None.

Each reads a named class and method only, and all that happens there to the variables that a prompt is made of
(``source_flow``): words that some other line would change are not the words that are asked.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from medq_tasks.prompts import source_flow as flow
from medq_tasks.prompts.python_source import Hole, Piece, pieces, plain
from medq_tasks.prompts.words import ChoiceWords, TextWords, Words

Maker = Callable[[ast.Module], Words | None]
_TEXTS = ("MedqbenchCaptionDataset", "MedqbenchPairedDescriptionDataset")
_CHINESE = "[\u4e00-\u9fff]"  # what the reworded prompt looks for


def choice_words(tree: ast.Module) -> Words | None:
    """``prompt`` is one text with places for ``question`` and ``option_text``, which joins a line per option."""
    method = flow.method(tree, "MedqbenchMCQDataset", "build_prompt")
    if method is None or not _asks(method, "prompt") or not _options_are_the_row_s(method):
        return None
    if any(flow.uses(method, name) != 1 for name in ("question", "option_text", "prompt")):
        return None
    texts = _cut(pieces(_only(method, "prompt")), "question", "option_text")
    line = _joined_line(_only(method, "option_text"))
    if texts is None or line is None:
        return None
    return ChoiceWords(texts[0], "", texts[1], line, texts[2], as_written=True)


def text_words(tree: ast.Module) -> Words | None:
    """``data["question"]`` is one text for every row of a table without questions, and is asked as it stands."""
    owner = next((n.name for n in tree.body if isinstance(n, ast.ClassDef) and n.name in _TEXTS), "")
    load, method = (flow.method(tree, owner, name) for name in ("load_data", "build_prompt"))
    if load is None or method is None or not _asks(method, "question") or flow.uses(method, "question") != 1:
        return None
    given = flow.entries(load, "question")
    if len(given) != 1 or given[0].does != "=" or len(given[0].under) != 1 or not _says_none(given[0].under[0]):
        return None
    made = given[0].value
    instruction = plain(made.elt) if isinstance(made, ast.ListComp) and not made.generators[0].ifs else None
    return TextWords("", instruction, "", as_written=True) if instruction else None


def reworded(tree: ast.Module) -> Words | None:
    """``prompt`` grows by the question's line, by ``options_prompt`` with a line per option, by a closing text."""
    method = flow.method(tree, "Qwen2VLPromptMixin", "_build_mcq_prompt")
    if method is None or not _asks(method, "prompt") or not _options_are_the_row_s(method):
        return None
    grown, options = _grown(method), _listed_options(method)
    if grown is None or options is None:
        return None
    (before, after), closings = grown
    last, last_if_chinese = ("\n" + text.rstrip() if text else "" for text in closings)
    return ChoiceWords("", before, after + options[0], options[1], last, last_if_chinese, as_written=True)


def _asks(method: ast.FunctionDef, name: str) -> bool:
    """Whether the variable is the only text sent, of a question that is the row's own."""
    question = _only(method, "question")
    own = isinstance(question, ast.Subscript) and isinstance(question.value, ast.Name) and question.value.id == "line"
    changed = flow.filled(method, "line")
    return own and plain(getattr(question, "slice", None)) == "question" and not changed and flow.sent(method) == name


def _options_are_the_row_s(method: ast.FunctionDef) -> bool:
    """Whether ``options`` holds what the row has under the same letters, but for ``str`` and ``strip``."""
    start = _only(method, "options")
    filled = flow.filled(method, "options")
    if isinstance(start, ast.DictComp):
        pairs = [(start.key, start.value), *filled]
    elif isinstance(start, ast.Dict) and not start.keys:
        pairs = filled
    else:
        return False
    known = sum(_is_call(node, "items", "options") or _is_length(node, "options") for node in ast.walk(method))
    whole = flow.uses(method, "options") == known + len(filled)  # none handed to code that may change it
    return whole and bool(pairs) and all(_is_row_s(key, value) for key, value in pairs)


def _is_row_s(key: ast.expr, value: ast.expr | None) -> bool:
    while isinstance(value, ast.Call):
        if isinstance(value.func, ast.Attribute) and value.func.attr == "strip" and not value.args:
            value = value.func.value
        elif isinstance(value.func, ast.Name) and value.func.id == "str" and len(value.args) == 1:
            value = value.args[0]
        else:
            return False
    return isinstance(value, ast.Subscript) and ast.unparse(value) == f"line[{ast.unparse(key)}]"


def _grown(method: ast.FunctionDef) -> tuple[list[str], tuple[str, str]] | None:
    """Around the question, and (closing, closing if there is Chinese), out of the steps of ``prompt``."""
    steps = flow.steps(method, "prompt")
    trimmed = [step for step in steps if step.is_plain() and _is_call(step.value, "rstrip", "prompt")]
    hints = [step for step in steps if step.does == "+=" and step.under and _cut(pieces(step.value), "hint")]
    rest = [step for step in steps if step not in trimmed and step not in hints]
    if len(trimmed) != 1 or steps[-1] != trimmed[0] or len(rest) != 4 or plain(rest[0].value) != "":
        return None
    start, question, options, closing = rest
    around = _cut(pieces(question.value), "question") if question.is_plain("+=") else None
    named = isinstance(options.value, ast.Name) and options.value.id == "options_prompt"
    if around is None or not start.is_plain() or not named or options.does != "+=" or closing.does != "+=":
        return None
    if options.under != closing.under or flow.uses(method, "question") != 1 or not _only_if_any(options.under):
        return None
    closings = _closings(method, closing.value)
    return None if closings is None else (around, closings)


def _closings(method: ast.FunctionDef, chosen: ast.expr | None) -> tuple[str, str] | None:
    """``ONE if has_chinese(prompt) else OTHER``, or one name alone."""
    if isinstance(chosen, ast.Name):
        text, chinese = plain(_only(method, chosen.id)), ""
        read = 1
    elif isinstance(chosen, ast.IfExp) and isinstance(chosen.body, ast.Name) and isinstance(chosen.orelse, ast.Name):
        text, chinese = plain(_only(method, chosen.orelse.id)), plain(_only(method, chosen.body.id)) or ""
        looks = any(isinstance(node, ast.Constant) and node.value == _CHINESE for node in ast.walk(method))
        if not looks or not chinese or ast.unparse(chosen.test) != "cn_string(prompt)":
            return None
        read = 2
    else:
        return None
    return (text, chinese) if text and flow.uses(method, "prompt") == read + 1 else None


def _listed_options(method: ast.FunctionDef) -> tuple[str, str] | None:
    """The heading of the options, and the line of each, out of the steps of ``options_prompt``."""
    steps = flow.steps(method, "options_prompt")
    if len(steps) != 2 or not steps[0].is_plain() or steps[1].does != "+=" or len(steps[1].under) != 1:
        return None
    loop = steps[1].under[0]
    heading = plain(steps[0].value)
    if not isinstance(loop, ast.For) or heading is None or flow.uses(method, "options_prompt") != 1:
        return None
    line = _option_line(loop.target, loop.iter, steps[1].value)
    return (heading, line[:-1]) if line is not None and line.endswith("\n") else None


def _joined_line(node: ast.expr | None) -> str | None:
    """The option line in ``"\\n".join([line for letter, text in options.items()])``."""
    joins = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join"
    inner = node.args[0] if isinstance(node, ast.Call) and joins and len(node.args) == 1 else None
    if not isinstance(inner, ast.ListComp | ast.GeneratorExp) or len(inner.generators) != 1:
        return None
    loop = inner.generators[0]
    joined = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and plain(node.func.value) == "\n"
    return _option_line(loop.target, loop.iter, inner.elt) if joined and not loop.ifs else None


def _option_line(target: ast.expr, source: ast.expr, line: ast.expr | None) -> str | None:
    """A line of the two variables of a loop over ``options.items()``, as an ``option_line``: bound by their names."""
    names = [one.id for one in target.elts if isinstance(one, ast.Name)] if isinstance(target, ast.Tuple) else []
    parts = pieces(line)
    if len(names) != 2 or not _is_call(source, "items", "options") or parts is None:
        return None
    places = dict(zip(names, ("{letter}", "{text}"), strict=True))
    if sorted(piece.name for piece in parts if isinstance(piece, Hole)) != sorted(places):
        return None
    return "".join(places[p.name] if isinstance(p, Hole) else p.replace("{", "{{").replace("}", "}}") for p in parts)


def _only(method: ast.FunctionDef, name: str) -> ast.expr | None:
    """What a variable is, if it is bound once, whatever else happens; else None."""
    steps = flow.steps(method, name)
    return steps[0].value if len(steps) == 1 and steps[0].is_plain() else None


def _cut(parts: Sequence[Piece] | None, *holes: str) -> list[str] | None:
    """The texts around the holes, which must be these, once each, in this order."""
    if parts is None or tuple(piece.name for piece in parts if isinstance(piece, Hole)) != holes:
        return None
    texts = [""]
    for piece in parts:
        if isinstance(piece, Hole):
            texts.append("")
        else:
            texts[-1] += piece
    return texts


def _says_none(statement: ast.stmt) -> bool:
    """Whether it is ``if "question" not in ...``."""
    test = statement.test if isinstance(statement, ast.If) else None
    return isinstance(test, ast.Compare) and plain(test.left) == "question" and isinstance(test.ops[0], ast.NotIn)


def _only_if_any(under: Sequence[ast.stmt]) -> bool:
    """Whether nothing stands in the way but a test for options at all."""
    return not under or (len(under) == 1 and isinstance(under[0], ast.If) and _is_length(under[0].test, "options"))


def _is_call(node: ast.AST | None, name: str, of: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node) == f"{of}.{name}()"


def _is_length(node: ast.AST, of: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node) == f"len({of})"
