"""What a correction did to one report, as its pages tell it."""

from dataclasses import dataclass
from decimal import Decimal

from perfeval.corrections.models import CorrectedReport
from perfeval.corrections.queries import moves_of
from perfeval.corrections.states import PlanOutcome
from perfeval.reports.models import Report
from perfeval.words.corrections import describe_loss


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One report of a correction: what is stored, and what has no place any more in words."""

    item: CorrectedReport
    losses: tuple[str, ...]

    @property
    def difference(self) -> Decimal:
        """Return the new total less the old one."""
        return self.item.new_total - self.item.old_total

    @property
    def is_taken_back(self) -> bool:
        """Return whether the report is again as it was before the move."""
        return self.item.outcome == PlanOutcome.REVERTED


def line_of(item: CorrectedReport) -> CorrectionLine:
    """Return one report of a correction with its losses in words."""
    return CorrectionLine(item, tuple(describe_loss(loss) for loss in item.losses))


def moves_told(report: Report) -> list[CorrectionLine]:
    """Return each correction that moved this report, those taken back included, oldest first."""
    return [line_of(item) for item in moves_of(report)]
