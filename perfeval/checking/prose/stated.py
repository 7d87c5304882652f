"""The levels of the prose as stated figures: what the table of figures holds of the text."""

import re
from collections import Counter
from collections.abc import Iterator

from perfeval.checking.figures import StatedFigure
from perfeval.checking.numbers import AmountRole, Kind
from perfeval.checking.prose.clauses import Aspect
from perfeval.checking.prose.lists import Model
from perfeval.checking.prose.statements import Statement

_YEAR = re.compile(r"20\d\d年?")
_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,2}[.、．]|（\d{1,2}）)"
)
_SAYS_ROLE = re.compile(r"实际|决算|执行|使用|支付|完成|预算|批复|结转|结余|追加|调")
_LONGEST_HEADING = 40


def stated_figures(model: Model, title_year: int | None) -> Iterator[StatedFigure]:
    """Yield every amount and count of the prose that names something; asides and places of a run are left out."""
    default = title_year or _usual_year(model)
    whole_of: dict[int, str] = {}
    role_of: dict[int, AmountRole] = {}
    for each in model.lists:
        whole = each.wholes[0] if each.wholes else None
        for item in each.items:
            if whole is not None:
                whole_of.setdefault(id(item), _words(whole))
                roles = [
                    f.quantity.role for f in whole.levels if f.quantity.role != AmountRole.OTHER
                ]
                if roles:
                    role_of.setdefault(id(item), roles[-1])
    heading = ""
    for paragraph in model.paragraphs:
        line = model.text[paragraph.start : paragraph.end]
        marked = _HEADING.match(line)
        if marked and not paragraph.statements and len(line) <= _LONGEST_HEADING:
            heading = line[marked.end() :]
        own = line[marked.end() :].split("。")[0] if marked and paragraph.statements else ""
        own = own if own and len(own) <= _LONGEST_HEADING and not re.search(r"\d", own) else ""
        for statement in paragraph.statements:
            if statement.is_aside or statement.is_run:
                continue
            for figure in statement.of(Aspect.LEVEL, Aspect.BEFORE):
                quantity = figure.quantity
                if quantity.kind not in (Kind.AMOUNT, Kind.COUNT):
                    continue
                year = figure.year
                if figure.aspect == Aspect.BEFORE and year is None:
                    year = default - 1 if default else -1
                of = "".join(share.of for share in statement.of(Aspect.SHARE))
                yield StatedFigure(
                    value=quantity.value,
                    kind=quantity.kind,
                    unit=quantity.unit,
                    quantum=quantity.quantum,
                    subject=_subject(statement, figure.phrase),
                    start=quantity.start,
                    end=quantity.end,
                    written=quantity.written,
                    year=year if year is not None else default,
                    role=quantity.role
                    if _SAYS_ROLE.search(figure.phrase) or id(statement) not in role_of
                    else role_of[id(statement)],
                    whole=heading + own + whole_of.get(id(statement), "") + of,
                    is_open=quantity.is_open,
                )


def _usual_year(model: Model) -> int | None:
    """Return the year that most levels name."""
    years = Counter(f.year for s in model.statements for f in s.levels if f.year)
    return years.most_common(1)[0][0] if years else None


def _subject(statement: Statement, phrase: str) -> str:
    """Return the words that name a figure: its own, with its statement's where it has none."""
    words = re.sub(r"^.*(?:其中|包括|包含)", "", phrase)
    return (
        words
        if words and statement.subject
        else statement.first.phrase
        if statement.subject
        else words
    )


def _words(statement: Statement) -> str:
    return statement.first.phrase
