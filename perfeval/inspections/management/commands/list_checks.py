"""The catalogue of the checker as a page: ``.venv/bin/python manage.py list_checks > docs/checks.md``.

Every sentence is what the checker itself says about the example, so the page cannot be wrong.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from perfeval.checking.catalogue import CATALOGUE
from perfeval.checking.findings import SEVERITIES, Finding
from perfeval.checking.services import check_text
from perfeval.words.checking import SENTENCES, describe_finding

_HEAD = """# What the checker checks

`.venv/bin/python manage.py check_report FILE…` and the page “Check a report” run these checks over any finished
report. An **error** cannot be true. A **warning** is probably wrong, or true only in a reading that the
text does not give: another denominator, an incomplete list. A **note** is worth a look. 近, 约, 余, 以上
and 其中 never give an error by themselves.

Made by `.venv/bin/python manage.py list_checks`; a test holds this page against the code.
"""


class Command(BaseCommand):
    """Prints the page of all checks in Markdown."""

    help = "Print what the checker checks, each check with an example: the page docs/checks.md."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        """Print the page."""
        self.stdout.write(page(), ending="")


def page() -> str:
    """Return the page in Markdown."""
    return "\n".join([_HEAD, *_sections(), *_codes()]) + "\n"


def _sections() -> Iterator[str]:
    """Yield one section for each check: what it does, an example, what it says about it."""
    for check in CATALOGUE:
        summary = (check.run.__doc__ or "").strip().splitlines()[0]
        findings = check_text(check.example, known=check.known).findings
        finding = next(finding for finding in findings if finding.code == check.codes[0])
        yield f"## {check.run.__name__.replace('_', ' ')}\n"
        yield f"{summary} May give: {', '.join(f'`{code}`' for code in check.codes)}.\n"
        if check.known is not None:
            yield "Only in a report that is filled in here: its prose is held against its own figures.\n"
        yield "```text\n" + check.example + "\n```\n"
        yield f"- `{finding.code}` ({finding.severity}) stated {_shown(finding.stated)}, follows {_shown(finding.computed)}"
        yield f"- {_sentence(finding, 'zh-hans')}"
        yield f"- {_sentence(finding, 'en')}\n"


def _shown(figure: str) -> str:
    """Return a figure for the page, a dash where there is none."""
    return f"**{figure}**" if figure else "–"


def _sentence(finding: Finding, language: str) -> str:
    """Return what is said about a finding in a language."""
    with translation.override(language):
        return describe_finding(finding)


def _codes() -> Iterator[str]:
    """Yield the table of all codes."""
    yield "## All codes\n"
    yield "| code | severity | sentence |"
    yield "|---|---|---|"
    for code, severity in SEVERITIES.items():
        yield f"| `{code}` | {severity} | {_template(code, 'zh-hans')} {_template(code, 'en')} |"


def _template(code: str, language: str) -> str:
    """Return a code's sentence with its gaps named: ``{stated}``."""
    with translation.override(language):
        return re.sub(r"%\((\w+)\)s", r"{\1}", str(SENTENCES[code])).replace("%%", "%")
