"""Build the ReportDocument of a Snapshot: the scheme's outline, filled with figures and prose.

What is said is the scheme's (outline, phrases) or the filler's (narratives, reasons); how much is the stored Result's.
Where a scheme does not word a table heading, ``data/wording.toml`` does.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from perfeval.documents.body_tables import BodyTables
from perfeval.documents.charts import report_charts
from perfeval.documents.document import Block, Chart, Heading, Paragraph, ReportDocument
from perfeval.documents.report_words import SEPARATOR, ReportWords, default_wording
from perfeval.documents.sheet_rows import score_sheet
from perfeval.scoring.own_part import with_own_part
from perfeval.scoring.scheme import phrases
from perfeval.scoring.scheme.tree import OutlineSection, Scheme
from perfeval.snapshots.snapshot import Snapshot
from perfeval.text import prose
from perfeval.text.numbering import Counter, chart_number, heading_number, table_number
from perfeval.text.titles import break_title

#: Of about twenty pages; longer ones get a table of contents.
_LONG_REPORT_CHARACTERS = 10_000
#: Where a sentence announces a reason that nobody has given yet.
_EMPTY_REASON = re.compile("(?<=：)(?=[；。]|$)")


def build(snapshot: Snapshot, scheme: Scheme, *, watermark: str = "") -> ReportDocument:
    """Return the document of ``snapshot``; figures that a draft has not yet show as visible gaps.

    Raises: ValueError when the snapshot belongs to another scheme.
    """
    if (snapshot.scheme_code, snapshot.scheme_version) != (scheme.code, scheme.version):
        raise ValueError(
            f"the snapshot is of scheme {snapshot.scheme_code} version {snapshot.scheme_version}, "
            f"not of {scheme.code} version {scheme.version}"
        )
    whole = with_own_part(scheme, snapshot.figures.own_part)
    return _Builder(snapshot, whole).document(watermark)


def wording_of(snapshot: Snapshot, scheme: Scheme) -> Callable[[str], str]:
    """Return what gives the words of this report's tables by their code: the scheme's phrase, else the default."""
    return ReportWords(snapshot, scheme).word


def draft_watermark() -> str:
    """Return what stands across the pages of a report that is not published."""
    return default_wording()["watermark_draft"]


def archive_wording() -> Mapping[str, str]:
    """Return what the files inside a published PDF and its signature are called."""
    return default_wording()


@dataclass
class _Builder(ReportWords):
    """Walks the outline once; ``tables`` and ``charts`` count the captions."""

    tables: int = 0
    charts: int = 0

    def document(self, watermark: str) -> ReportDocument:
        """Return the whole document."""
        lines = break_title(self.snapshot.title, name=self.snapshot.department_name)
        blocks = tuple(self.blocks())
        return ReportDocument(
            title="".join(lines),
            title_lines=lines,
            annex_mark=self.scheme.annex_mark,
            blocks=blocks,
            score_sheet=score_sheet(self),
            subject=self.scheme.name,
            author=self.snapshot.department_name,
            watermark=watermark,
            cover=self.cover(),
            contents_title=self.contents_title(blocks),
        )

    def cover(self) -> tuple[str, ...]:
        """Return the lines below the title of a cover, where the scheme words one."""
        if "cover" not in self.scheme.phrases:
            return ()
        return tuple(self.word("cover").split(SEPARATOR))

    def contents_title(self, blocks: tuple[Block, ...]) -> str:
        """Return the title of the table of contents: where the scheme words one, and of every long report."""
        characters = sum(len(block.text) for block in blocks if isinstance(block, Paragraph))
        is_long = characters > _LONG_REPORT_CHARACTERS
        return self.word("contents") if is_long or "contents" in self.scheme.phrases else ""

    # --- The body -------------------------------------------------------------------------------------------------

    def blocks(self) -> Iterator[Block]:
        """Yield headings and what stands below them; a section with nothing below is left out."""
        if "preamble" in self.scheme.phrases:
            yield from self.sentences(self.scheme.phrases["preamble"])
        counter = Counter()
        waiting: list[OutlineSection] = []
        for section in self.scheme.outline:
            waiting = [open_one for open_one in waiting if open_one.level < section.level]
            waiting.append(section)
            content = list(self.section_content(section))
            if not content:
                continue
            for heading in waiting:
                yield Heading(
                    heading.level, counter.next(heading.level), prose.clean(heading.title)
                )
            waiting = []
            yield from content

    def section_content(self, section: OutlineSection) -> Iterator[Block]:
        """Yield the blocks of one section in the scheme's order."""
        tables = BodyTables(self, self.caption)
        for code in section.content:
            kind, _, name = code.partition(".")
            match kind, name:
                case "text", "":
                    yield from self.narrative(section)
                case "phrase", _:
                    yield from self.sentences(self.scheme.phrases[name])
                case "table", "figures":
                    yield from tables.figures_table()
                case "table", "goals":
                    yield from tables.goals_table()
                case "table", "key_tasks":
                    yield from tables.key_tasks_table()
                case "chart", _:
                    yield from self.chart(name)
                case "paragraphs", "groups":
                    yield from self.numbered(section, self.group_texts())
                case "paragraphs", "key_tasks":
                    yield from self.numbered(section, self.key_task_texts())
                case _:
                    raise ValueError(f"outline section {section.code}: unknown content {code!r}")

    def narrative(self, section: OutlineSection) -> Iterator[Paragraph]:
        """Yield the filler's prose, or a gap where it is required and missing."""
        found = list(prose.paragraphs(self.snapshot.narratives.get(section.code, "")))
        yield from (Paragraph(text) for text in found)
        if not found and section.is_required:
            yield Paragraph(default_wording()["pending"], is_pending=True)

    def sentences(self, template: str) -> Iterator[Paragraph]:
        """Yield a computed phrase; a line break in it starts a new paragraph."""
        yield from self.paragraphs_of(phrases.fill(template, self.values))

    def paragraphs_of(self, text: str) -> Iterator[Paragraph]:
        """Yield ``text`` as paragraphs, marked where a value is missing."""
        for line in prose.paragraphs(text):
            yield Paragraph(self.mark_gaps(line), is_pending=phrases.BLANK in line)

    def numbered(self, section: OutlineSection, texts: list[str]) -> Iterator[Paragraph]:
        """Yield ``texts`` numbered one level below the section; a single one needs no number."""
        for position, text in enumerate(texts, start=1):
            number = heading_number(min(section.level + 1, 4), position) if len(texts) > 1 else ""
            yield from self.paragraphs_of(number + text)

    def group_texts(self) -> list[str]:
        """Return a paragraph for each scored group."""
        return [
            _EMPTY_REASON.sub(
                phrases.BLANK,
                phrases.group_paragraph(
                    self.scheme, self.snapshot.result.indicator(group.code), self.values
                ),
            )
            for group in self.scheme.scored_groups()
        ]

    def key_task_texts(self) -> list[str]:
        """Return a paragraph for each key task."""
        template = self.scheme.phrases["key_task"]
        tasks = zip(
            self.snapshot.result.key_task_rates, self.snapshot.figures.key_tasks, strict=True
        )
        return [
            phrases.fill(template, self.values | phrases.key_task_values(rate, task.progress))
            for rate, task in tasks
        ]

    # --- Captions -------------------------------------------------------------------------------------------------

    def caption(self, code: str) -> str:
        """Return the next table's number and its caption."""
        self.tables += 1
        return f"{table_number(self.tables)}\u3000{self.word(code)}"

    def chart(self, name: str) -> Iterator[Chart]:
        """Yield a chart of the snapshot, nothing where there is nothing to show."""
        source = report_charts.Source(self.scheme, self.snapshot.result, self.snapshot.before)
        drawing = report_charts.CHARTS[name](source, report_charts.OFFICIAL)
        if drawing:
            self.charts += 1
            caption = f"{chart_number(self.charts)}\u3000{self.word(f'chart_{name}_caption')}"
            yield Chart(caption, drawing)
