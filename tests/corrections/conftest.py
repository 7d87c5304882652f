"""Two versions of a scheme of 20 indicators, people, and reports in every state on the earlier one."""

from collections.abc import Callable

import pytest

from benchmarks import correction_data as data
from perfeval.corrections.models import Correction
from perfeval.corrections.services import approve, compute, propose
from perfeval.reports.models import Report
from perfeval.schemes.queries import as_scoring_scheme

AT = data.AT


class Year:
    """The world of a correction: people, both versions, and the reports on the earlier one."""

    def __init__(self, count: int = len(data.STATES)) -> None:
        self.people = data.load_people()
        self.old, self.new = data.load_versions(leaves=20, by=self.people["owner"])
        data.load_reports(self.old, as_scoring_scheme(self.old), count, self.people)

    def propose(self, **given: object) -> Correction:
        """Propose a correction and leave it uncomputed."""
        owner = self.people["owner"]
        wanted = {"reason": "更正评分标准。", "sends_back": True, "by": owner, "at": AT}
        return propose(old=self.old, new=self.new, **(wanted | given))

    def computed(self, **given: object) -> Correction:
        """Return a correction that waits for approval."""
        return compute(correction=self.propose(**given))

    def approved(self, **given: object) -> Correction:
        """Return a correction that may be applied."""
        found = self.computed(**given)
        return approve(correction=found, by=self.people["approver"], at=AT)

    def report(self, state: str) -> Report:
        """Return the first report in a state."""
        return Report.objects.filter(state=state).order_by("pk")[0]


@pytest.fixture
def year(db) -> Year:
    """Return a year with twenty reports."""
    return Year()


@pytest.fixture
def year_of(db) -> Callable[[int], Year]:
    """Return a function that makes a year with so many reports."""
    return Year
