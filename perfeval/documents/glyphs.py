"""The glyph guard: a character that no font of its place can draw is found before anything is published."""

from collections.abc import Iterator
from dataclasses import dataclass

from perfeval.documents.document import (
    BodyTable,
    Chart,
    Heading,
    Paragraph,
    ReportDocument,
    ScoreSheet,
)
from perfeval.fonts import choice as font_setup
from perfeval.fonts.choice import FontSetup, TypefaceRole
from perfeval.fonts.failures import RenderFailed


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character without a glyph and the place where it stands: the heading above and some text around it."""

    character: str
    section: str
    excerpt: str


class GlyphMissing(RenderFailed):
    """Characters that no font can draw; the report must not be published with them."""

    def __init__(self, missing: tuple[MissingGlyph, ...]) -> None:
        """Say which characters, where."""
        self.missing = missing
        listed = "; ".join(
            f"“{one.character}” (U+{ord(one.character):04X}) in {one.section}: {one.excerpt}"
            for one in missing
        )
        super().__init__(
            f"no font has {listed}. Write the character in another way, or add a font that has it."
        )


def missing_glyphs(document: ReportDocument, fonts: FontSetup) -> Iterator[MissingGlyph]:
    """Yield every character that the fonts of its place cannot draw, once for each section."""
    used: dict[TypefaceRole, set[str]] = {}
    for role, _, text in texts(document):
        used.setdefault(role, set()).update(text)
    # Each question looks at the fonts' files.
    missing = {
        role: set(font_setup.missing_characters("".join(characters), role, fonts.font_dir))
        for role, characters in used.items()
    }
    if not any(missing.values()):
        return
    seen = set()
    for role, section, text in texts(document):
        for character in dict.fromkeys(text):
            if character in missing[role] and (section, character) not in seen:
                seen.add((section, character))
                at = text.index(character)
                yield MissingGlyph(character, section, text[max(0, at - 8) : at + 9])


_HEADING_ROLES = {1: TypefaceRole.HEI, 2: TypefaceRole.KAI}


def texts(document: ReportDocument) -> Iterator[tuple[TypefaceRole, str, str]]:
    """Yield every text with its role and the heading it stands under."""
    section = document.title
    yield TypefaceRole.HEI, section, document.annex_mark
    yield TypefaceRole.XIAOBIAOSONG, section, document.title
    yield TypefaceRole.HEI, section, document.watermark
    yield TypefaceRole.XIAOBIAOSONG, section, document.contents_title
    for line in document.cover:
        yield TypefaceRole.KAI, section, line
    for block in document.blocks:
        match block:
            case Heading():
                section = f"{block.number}{block.text}"
                yield _HEADING_ROLES.get(block.level, TypefaceRole.FANGSONG), section, section
            case Paragraph():
                yield TypefaceRole.FANGSONG, section, block.text
            case BodyTable():
                yield TypefaceRole.HEI, section, block.caption
                yield TypefaceRole.SONG, section, block.unit
                for column in block.columns:
                    yield TypefaceRole.HEI, section, column.heading
                for row in block.rows:
                    for text in row:
                        yield TypefaceRole.SONG, section, text
            case Chart():
                yield TypefaceRole.HEI, section, block.caption
                for text in block.drawing.labels():
                    yield TypefaceRole.SONG, section, text
    yield from _sheet_texts(document.score_sheet)


def _sheet_texts(sheet: ScoreSheet) -> Iterator[tuple[TypefaceRole, str, str]]:
    yield TypefaceRole.HEI, sheet.title, sheet.mark
    yield TypefaceRole.XIAOBIAOSONG, sheet.title, sheet.title
    for column in sheet.columns:
        yield TypefaceRole.HEI, sheet.title, column.heading
    for label in (
        sheet.total_label,
        sheet.total_weight,
        sheet.total_points,
        sheet.grade_label,
        sheet.grade,
    ):
        yield TypefaceRole.HEI, sheet.title, label
    for leaf in sheet.rows:
        for text in (
            leaf.primary,
            leaf.secondary,
            leaf.tertiary,
            leaf.weight,
            leaf.standard,
            leaf.points,
            leaf.reason,
        ):
            yield TypefaceRole.SONG, sheet.title, text
