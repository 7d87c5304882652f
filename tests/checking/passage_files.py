"""Reads the passages of the corpus: one entry gives one case, or a right and a wrong one."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus" / "passages"
_ALTERNATIVES = re.compile(r"⟦([^⟦⟧|]*)\|([^⟦⟧|]*)⟧")


@dataclass(frozen=True)
class Case:
    """A text with what must and must not be found in it.

    ``must``: codes, one for each finding wanted; a|b is either. ``must_not``: codes that are false here,
    ``("*",)`` for any. ``is_open``: the checker does not manage it yet.
    """

    name: str
    kind: str
    text: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    is_open: bool

    def holds(self, codes: list[str]) -> bool:
        """Return whether findings of these codes are what is wanted."""
        left = list(codes)
        for wanted in sorted(self.must, key=lambda each: each.count("|")):
            found = next((code for code in left if code in wanted.split("|")), None)
            if found is None:
                return False
            left.remove(found)
        return not codes if self.must_not == ("*",) else not set(codes) & set(self.must_not)


def cases() -> list[Case]:
    """Return all cases of the corpus, in the order of its files."""
    found: list[Case] = []
    for path in sorted(FOLDER.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["passage"]:
            found += _cases_of(entry)
    return found


def _cases_of(entry) -> list[Case]:
    text, name, kind = entry["text"].strip("\n"), entry["name"], entry["class"]
    must, must_not = tuple(entry.get("must", ())), tuple(entry.get("must_not", ()))
    still_open = entry.get("open", [])
    if not _ALTERNATIVES.search(text):
        return [Case(name, kind, text, must, must_not, "open" in entry)]
    right, wrong = (_ALTERNATIVES.sub(rf"\{side}", text) for side in (1, 2))
    return [
        Case(f"{name}-right", kind, right, (), ("*",), "right" in still_open),
        Case(f"{name}-wrong", kind, wrong, must, must_not, "wrong" in still_open),
    ]
