"""What the checker knows about official prose: read once from ``knowledge.toml``."""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class CommonGrade:
    """A common band: its lowest total, inclusive, and the words that name it."""

    minimum: Decimal
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The data behind the checks of words, grades and parts."""

    full_score: Decimal
    grades: tuple[CommonGrade, ...]
    disjoint: tuple[tuple[str, ...], ...]
    wrong_words: dict[str, str]
    wrong_word: re.Pattern[str]
    usage: dict[str, str]
    usage_word: re.Pattern[str]
    hint: re.Pattern[str]


@cache
def knowledge() -> Knowledge:
    """Return the data, words joined to one pattern each so that a text is read once."""
    source = files("perfeval.checking").joinpath("knowledge.toml").read_text(encoding="utf-8")
    data = tomllib.loads(source)
    return Knowledge(
        full_score=Decimal(data["full_score"]),
        grades=tuple(
            CommonGrade(Decimal(grade["minimum"]), tuple(grade["words"]))
            for grade in data["grades"]
        ),
        disjoint=tuple(tuple(family["parts"]) for family in data["disjoint"]),
        wrong_words=data["wrong_words"],
        wrong_word=_any_of(data["wrong_words"]),
        usage=data["usage"],
        usage_word=_any_of(data["usage"]),
        hint=re.compile("|".join(f"(?:{pattern})" for pattern in data["hints"]["patterns"])),
    )


def _any_of(words: dict[str, str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the words, the longest first."""
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
