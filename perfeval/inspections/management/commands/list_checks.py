"""The catalogue as a page: ``python -m perfeval.checking.catalogue_page > docs/checks.md``.

Every sentence is what the checker itself says about the example, so the page cannot be wrong.
"""

import sys
from collections.abc import Iterator

from perfeval.checking.catalogue import CATALOGUE
from perfeval.checking.findings import WORDINGS
from perfeval.checking.services import check_text

_HEAD = """# What the checker checks

`python manage.py check_report FILE…` and the page “Check a report” run these checks over any finished
report. An **error** cannot be true. A **warning** is probably wrong, or true only in a reading that the
text does not give: another denominator, an incomplete list. A **note** is worth a look. 近, 约, 余, 以上
and 其中 never give an error by themselves.

Made by `python -m perfeval.checking.catalogue_page`; a test holds this page against the code.
"""


def page() -> str:
    """Return the page in Markdown."""
    return "\n".join([_HEAD, *_sections(), *_codes()]) + "\n"


def _sections() -> Iterator[str]:
    """Yield one section for each check: what it does, an example, what it says about it."""
    for check in CATALOGUE:
        summary = (check.run.__doc__ or "").strip().splitlines()[0]
        found = check_text(check.example, known=check.known)
        finding = next(one for one in found.findings if one.code == check.codes[0])
        yield f"## {check.run.__name__.replace('_', ' ')}\n"
        yield f"{summary} May give: {', '.join(f'`{code}`' for code in check.codes)}.\n"
        if check.known is not None:
            yield "Only in a report that is filled in here: its prose is held against its own figures.\n"
        yield "```text\n" + check.example + "\n```\n"
        yield f"- `{finding.code}` ({finding.severity}) stated {_shown(finding.stated)}, follows {_shown(finding.computed)}"
        yield f"- {finding.message('zh')}"
        yield f"- {finding.message('en')}\n"


def _shown(figure: str) -> str:
    """Return a figure for the page, a dash where there is none."""
    return f"**{figure}**" if figure else "–"


def _codes() -> Iterator[str]:
    """Yield the table of all codes."""
    yield "## All codes\n"
    yield "| code | severity | sentence |"
    yield "|---|---|---|"
    for code, wording in WORDINGS.items():
        yield f"| `{code}` | {wording.severity} | {wording.zh} {wording.en} |"


if __name__ == "__main__":
    sys.stdout.write(page())
