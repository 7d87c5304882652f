"""Whether every text of a scheme can be printed, found before the scheme is issued: afterwards it can't be mended."""

from collections.abc import Iterator

from perfeval.fonts.choice import FontPackMissing, TypefaceRole, missing_characters
from perfeval.scoring.codec import FormatProblem
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.text import prose

_TABLE = (TypefaceRole.SONG, TypefaceRole.FANGSONG)
_HEADING = (TypefaceRole.HEI, TypefaceRole.KAI, TypefaceRole.FANGSONG)
_AROUND = 8


def unprintable_texts(scheme: Scheme) -> Iterator[FormatProblem]:
    """Yield each character that a font of its place lacks, with the text around it; nothing where no fonts are."""
    for path, roles, text in _texts(scheme):
        cleaned = "\n".join(prose.clean(line) for line in text.splitlines())
        try:
            missing = dict.fromkeys(
                character for role in roles for character in missing_characters(cleaned, role)
            )
        except FontPackMissing:
            return
        for character in missing:
            at = cleaned.index(character)
            told = {
                "found": character,
                "code": f"U+{ord(character):04X}",
                "around": cleaned[max(0, at - _AROUND) : at + _AROUND + 1],
            }
            yield FormatProblem(path, "character_unprintable", told)


def _texts(scheme: Scheme) -> Iterator[tuple[str, tuple[TypefaceRole, ...], str]]:
    """Yield every text of the scheme that a report prints, with its path and the fonts it is set in."""
    yield "report_title", (TypefaceRole.XIAOBIAOSONG,), scheme.report_title
    yield "annex_mark", (TypefaceRole.HEI,), scheme.annex_mark
    for node in scheme.walk():
        yield from _indicator_texts(node)
    for band in scheme.grade_bands:
        yield f"grade_band[{band.word}].word", _TABLE, band.word
    for column in scheme.figure_columns:
        yield f"figure_column[{column.code}].name", (*_TABLE, TypefaceRole.HEI), column.name
    for line in scheme.figure_lines:
        yield f"figure_line[{line.code}].name", _TABLE, line.name
    for breakdown in scheme.breakdowns:
        yield f"breakdown[{breakdown.code}].name", _TABLE, breakdown.name
    for rate in scheme.rates:
        yield f"rate[{rate.code}].name", _TABLE, rate.name
    for category in scheme.goal_categories:
        yield f"goal_category[{category.code}].name", _TABLE, category.name
        for kind in category.kinds:
            yield f"goal_category[{category.code}].kinds[{kind.code}]", _TABLE, kind.label
    yield from _prose_texts(scheme)


def _prose_texts(scheme: Scheme) -> Iterator[tuple[str, tuple[TypefaceRole, ...], str]]:
    for section in scheme.outline:
        yield f"outline[{section.code}].title", _HEADING, section.title
    for code, phrase in scheme.phrases.items():
        yield f"phrases[{code}]", _TABLE, phrase
    for slot in scheme.slots:
        for kind, standard in slot.standards.items():
            yield f"slot[{slot.indicator}].standards[{kind}]", _TABLE, standard
        yield f"slot[{slot.indicator}].loss_phrase", _TABLE, slot.loss_phrase


def _indicator_texts(node: Indicator) -> Iterator[tuple[str, tuple[TypefaceRole, ...], str]]:
    path = f"indicator[{node.code}]"
    yield f"{path}.name", _TABLE, node.name
    yield f"{path}.standard", _TABLE, node.standard
    if node.rule:
        yield f"{path}.rule.loss_phrase", _TABLE, node.rule.loss_phrase
        for spec in node.rule.inputs:
            for choice in spec.choices:
                yield f"{path}.rule.inputs[{spec.name}]", _TABLE, choice.label
