"""Find what was typed and cannot be printed, before a report is handed in: the fonts have no picture of it."""

from collections.abc import Iterator, Mapping

from perfeval.fonts import choice as font_setup
from perfeval.fonts.choice import FontPackMissing, TypefaceRole
from perfeval.scoring.figures import Figures
from perfeval.scoring.result import Problem, Severity
from perfeval.snapshots.personal_data import typed_texts
from perfeval.text import prose

_AROUND = 8


def unprintable(figures: Figures, narratives: Mapping[str, str]) -> Iterator[Problem]:
    """Yield each place with characters that no font of the report has; nothing where there are no fonts to ask."""
    for place, text in typed_texts(figures, narratives):
        # The text of a section is body; the rest is printed in tables too.
        roles = (
            (TypefaceRole.FANGSONG,)
            if place.startswith("section:")
            else (TypefaceRole.FANGSONG, TypefaceRole.SONG)
        )
        lines = [prose.clean(line) for line in text.splitlines()]
        for line in lines:
            try:
                missing = dict.fromkeys(
                    character
                    for role in roles
                    for character in font_setup.missing_characters(line, role)
                )
            except FontPackMissing:
                return
            for character in missing:
                at = line.index(character)
                told = {
                    "found": character,
                    "code": f"U+{ord(character):04X}",
                    "around": line[max(0, at - _AROUND) : at + _AROUND + 1],
                }
                yield Problem("character_unprintable", Severity.ERROR, place, told)
