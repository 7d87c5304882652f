"""A report as the checks see it: sentences with their quantities, scored items, tables, total.

Built once for each text; every check reads it and none changes it.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from perfeval.checking.figures import FigureTable, StatedFigure
from perfeval.checking.grids.cells import Cell, TextGrid, grids, tokens
from perfeval.checking.grids.heads import HeadSection, sections
from perfeval.checking.grids.scores import (
    BudgetRow,
    StatedScoreSheet,
    budget_rows,
    score_sheets,
)
from perfeval.checking.items import Item, ItemReader
from perfeval.checking.known import Known
from perfeval.checking.numbers import Quantity, quantities
from perfeval.checking.prose.lists import Model
from perfeval.checking.prose.stated import stated_figures
from perfeval.checking.spans import Spans
from perfeval.checking.text import Prose
from perfeval.scoring.scheme.tree import Scheme

_SENTENCE = re.compile(r"[^。！？\n]+")
_TITLE_YEAR = re.compile(r"(20\d\d) ?年[^\n。]{0,40}(?:绩效(?:自评|评价)|自评)")
_TOTAL = re.compile(
    r"(?P<label>(?:综合|自评|评价|最终|考核|整体)?(?:总得分|总分|得分|评分|自评分))"
    r"(?:合计|共计|结果)?[为是：: ]{0,2}(?P<points>\d{1,3}(?:\.\d{1,4})?) ?分(?![钟之类值])"
)
_WHOLE = re.compile(r"整体|部门|单位|总分|总得分|综合|评价总|合计")
#: 总分100分，自评得分96分: the first is the full score.
_ITS_SCORE = re.compile(
    r"[，、（]?(?:部门|整体|自评|实际|评价|综合|最终|绩效|支出)*(?:总?得分|得)[为：: ]?\d"
)
_OTHERS_TOTAL = re.compile(r"复核|财政审定|第三方|上年|去年|上一年|平均|满意度|抽查|其中")
#: A sentence without a stop is cut here, so that work grows with length and no faster.
_LONGEST_SENTENCE = 1500


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of prose up to a full stop or the end of the paragraph."""

    start: int
    end: int
    text: str
    paragraph: int
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A total score as stated at one place; ``is_whole``: the words name the whole department."""

    points: Decimal
    start: int
    end: int
    is_whole: bool


@dataclass(frozen=True)
class Reading:
    """All claims of one text; ``scheme`` where the reader named one, ``known`` of an own report."""

    prose: Prose
    scheme: Scheme | None
    known: Known | None = None
    _held: set[int] = field(default_factory=set, init=False, repr=False)

    def hold(self, *starts: int) -> None:
        """Note that the figures which begin at these places were held against something."""
        self._held.update(starts)

    @property
    def held(self) -> AbstractSet[int]:
        """Return where the figures begin that any check has held against something so far."""
        return self._held

    @property
    def text(self) -> str:
        """Return the prose that offsets count in."""
        return self.prose.text

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Return every sentence in order."""
        return tuple(self._read_sentences())

    def _read_sentences(self) -> Iterator[Sentence]:
        paragraph = 0
        position = 0
        for match in _SENTENCE.finditer(self.text):
            if "\n" in self.text[position : match.start()]:
                paragraph += 1
            position = match.end()
            for start in range(match.start(), match.end(), _LONGEST_SENTENCE):
                end = min(start + _LONGEST_SENTENCE, match.end())
                yield Sentence(
                    start,
                    end,
                    self.text[start:end],
                    paragraph,
                    tuple(quantities(self.text, start, end)),
                )

    @cached_property
    def model(self) -> Model:
        """Return the prose as statements and lists."""
        return Model(self.text, [q for sentence in self.sentences for q in sentence.quantities])

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Return the scored items of the prose in order, each with its level."""
        return tuple(ItemReader(self.text).items())

    @cached_property
    def grids(self) -> tuple[TextGrid, ...]:
        """Return the tables whose cells stand apart."""
        return tuple(grids(self.text))

    @cached_property
    def tokens(self) -> tuple[Cell, ...]:
        """Return what stands between spaces, for tables that lost their columns."""
        return tuple(tokens(self.prose))

    @cached_property
    def sections(self) -> tuple[HeadSection, ...]:
        """Return the tables with their headings read."""
        return tuple(sections(self.grids))

    @cached_property
    def budget_rows(self) -> tuple[BudgetRow, ...]:
        """Return the table rows of budget, spending and rate."""
        return tuple(budget_rows(self.tokens, self.sections))

    @cached_property
    def score_sheets(self) -> tuple[StatedScoreSheet, ...]:
        """Return the score sheets, also those whose cells lost their places."""
        return tuple(score_sheets(self.tokens, self.sections, self.budget_rows))

    @cached_property
    def stated_scores(self) -> tuple[Total, ...]:
        """Return every place where a total score is stated, be it the report's or a project's."""
        found = []
        taken = Spans((item.start, item.end) for item in self.items if not item.is_total)
        for sentence in self.sentences:
            for match in _TOTAL.finditer(sentence.text):
                before = sentence.text[max(0, match.start() - 30) : match.start()]
                start = sentence.start + match.start("points")
                words = before + match["label"]
                is_foreign = _OTHERS_TOTAL.search(before) or re.search(r"指标|率", before[-12:])
                is_foreign = is_foreign or _ITS_SCORE.match(sentence.text, match.end())
                if start in taken or is_foreign or not (_WHOLE.search(words) or "自评" in words):
                    continue
                is_whole = bool(_WHOLE.search(words)) and not (
                    "项目" in before and "整体" not in words
                )
                end = sentence.start + match.end()
                found.append(Total(Decimal(match["points"]), start, end, is_whole))
        return tuple(found)

    @cached_property
    def totals(self) -> tuple[Total, ...]:
        """Return every place where the report's own total score is stated."""
        whole = tuple(total for total in self.stated_scores if total.is_whole)
        if whole or len(self.stated_scores) != 1:
            return whole
        return self.stated_scores

    def since_stop(self, offset: int) -> str:
        """Return the text from the last full stop or line break to an offset, as long as a sentence may be."""
        lowest = max(0, offset - _LONGEST_SENTENCE)
        low = max(self.text.rfind(stop, lowest, offset) + 1 for stop in "。\n")
        return self.text[max(low, lowest) : offset]

    def paragraph_number(self, offset: int) -> int:
        """Return in which paragraph, from 0, an offset stands."""
        return bisect_left(self._paragraph_ends, offset)

    @cached_property
    def _paragraph_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]

    @cached_property
    def is_national_form(self) -> bool:
        """Return whether the words of the form's budget row stand anywhere."""
        return "资金总额" in self.text and "执行率" in self.text

    @cached_property
    def full_score(self) -> Decimal | None:
        """Return the full score: the scheme's, or the one that the text states (满分100分)."""
        if self.scheme is not None:
            return self.scheme.full_score
        match = re.search(r"(?:满分|总分值)(?:值)?为?(\d{3})分", self.text)
        return Decimal(match[1]) if match else None

    @cached_property
    def title_year(self) -> int | None:
        """Return the year that the title names, None when there is none in the first lines."""
        match = _TITLE_YEAR.search(self.text, 0, 600)
        return int(match[1]) if match else None

    @cached_property
    def figure_table(self) -> FigureTable:
        """Return every figure with what it names, of the prose and of the tables."""
        return FigureTable.of(stated_figures(self.model, self.title_year), self.cell_figures)

    @cached_property
    def cell_figures(self) -> tuple[StatedFigure, ...]:
        """Return the figures of the tables with what their row and column call them."""
        return ()

    @cached_property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where every figure stands in the prose, each once, in order."""
        found = {q.start: q.end for sentence in self.sentences for q in sentence.quantities}
        for grid in self.grids:
            found |= {c.start: c.end for row in grid.rows for c in row if c.number is not None}
        return tuple(sorted(found.items()))

    @cached_property
    def claims(self) -> int:
        """Return how many claims were read: quantities, scores and cells of tables."""
        in_prose = sum(len(sentence.quantities) for sentence in self.sentences)
        return (
            in_prose
            + sum(item.figures for item in self.items)
            + sum(grid.figures for grid in self.grids)
        )
