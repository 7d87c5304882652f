"""The department's yearly performance goal: one page per category, and all of them at a glance."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.parts import GOALS, asked_for
from perfeval.reports.services import PartChanged, ReportLocked, save_goals
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.figures import Goal
from perfeval.scoring.result import RateResult
from perfeval.scoring.scheme.tree import GoalCategory, Scheme
from perfeval.web.access import FILL_REPORT, VIEW_REPORT, person, requires
from perfeval.web.fields import freeze
from perfeval.web.filling.goal_forms import GoalForm
from perfeval.web.filling.page import (
    ReportPage,
    field_errors,
    lines_problems,
    report_page,
    report_url,
    show,
)
from perfeval.web.filling.places import goal_rows
from perfeval.web.filling.problems import ShownProblem, shown
from perfeval.web.filling.rows import FormRows, RowForm, wants_other_rows
from perfeval.web.filling.saving import COLLIDED, UNREADABLE, conflict_in, saved


@dataclass(frozen=True, slots=True)
class ListedGoal:
    """A goal in the list of its category, with its completion."""

    goal: Goal
    kind: str
    completion: RateResult | None
    has_problems: bool


@dataclass(frozen=True, slots=True)
class ListedCategory:
    """A category with its goals and the address at which they are changed."""

    name: str
    href: str
    goals: tuple[ListedGoal, ...]
    blocking: int


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One row on the page: its form, the completion computed from it, and its problems."""

    number: int
    form: RowForm
    completion: RateResult | None = None
    problems: tuple[ShownProblem, ...] = ()

    @property
    def is_detailed(self) -> bool:
        """Return whether something stands in the fields that are folded away."""
        return any(
            self.form[name].errors or self.form[name].value() not in (None, "", 1, Decimal(1), "1")
            for name in ("weight", "completion_percent", "target_text", "actual_text")
        )


@requires(VIEW_REPORT)
@require_GET
def goals(request: HttpRequest, report: Report) -> HttpResponse:
    """Show all goals by category, and where each category is filled in.

    Raises: Http404 when the scheme asks for none and none is stored.
    """
    page = report_page(request, read_filled(report), GOALS)
    stored = page.filled.figures.goals
    if not asked_for(page.scheme, GOALS) and not stored:
        raise Http404
    return show(
        request,
        "goals",
        page,
        categories=[_listed(page, category, stored) for category in page.scheme.goal_categories],
    )


@requires(FILL_REPORT)
@require_http_methods(["GET", "POST"])
def goal_category(request: HttpRequest, report: Report, category: str) -> HttpResponse:
    """Show the goals of one category, show another number of rows, or save them all."""
    scheme = as_scoring_scheme(report.scheme)
    chosen = next((one for one in scheme.goal_categories if one.code == category), None)
    if chosen is None:
        raise Http404
    build = partial(GoalForm, category=chosen, has_ratio=has_ratio(scheme, chosen))
    if request.method != "POST":
        filled = read_filled(report)
        rows = FormRows.stored(build, _of(chosen, filled.figures.goals))
        return _page(request, filled, chosen, rows)
    rows = FormRows.typed(build, request.POST)
    if wants_other_rows(request.POST):
        if "add" in request.POST:
            rows.grow()
        return _page(request, read_filled(report), chosen, rows, is_unsaved=True)
    if not rows.is_valid():
        return _page(request, read_filled(report), chosen, rows, status=UNREADABLE)
    try:
        filled = save_goals(
            report=report,
            category=chosen.code,
            goals=rows.values(),
            version=request.POST.get("version", ""),
            by=person(request),
            at=timezone.now(),
        )
    except ReportLocked as refusal:
        filled = read_filled(refusal.report)
        return _page(request, filled, chosen, rows, status=COLLIDED, is_locked=True)
    except PartChanged as refusal:
        filled = refusal.filled
        theirs = _of(chosen, filled.figures.goals)
        if rows.values() != theirs:
            conflict = conflict_in(report, GOALS)
            return _page(
                request, filled, chosen, rows, status=COLLIDED, conflict=conflict, stored=theirs
            )
    return saved(request, filled, GOALS)


def _of(category: GoalCategory, stored: tuple[Goal, ...]) -> list[Goal]:
    return [goal for goal in stored if goal.category == category.code]


def _page(
    request: HttpRequest,
    filled: Filled,
    category: GoalCategory,
    rows: FormRows,
    *,
    status: int = 200,
    is_locked: bool = False,
    is_unsaved: bool = False,
    **context: object,
) -> HttpResponse:
    page = report_page(request, filled, GOALS)
    if is_locked or not page.can_edit:
        for form in rows.forms:
            freeze(form)
    is_typed = request.method == "POST"
    if not rows.forms and page.can_edit:
        rows.grow()
    positions = [] if is_typed else _positions(filled, category)
    return show(
        request,
        "goal_category",
        page,
        errors=field_errors(*rows.filled) if status == UNREADABLE else (),
        status=status,
        category=category,
        others=[
            (one.name, report_url("goal_category", page.report, category=one.code), one == category)
            for one in page.scheme.goal_categories
        ],
        rows=[
            _row(page, n + 1, form, positions[n] if n < len(positions) else None)
            for n, form in enumerate(rows.forms)
        ],
        blank=GoalRow(0, rows.blank),
        table=rows,
        version=request.POST.get("version", "") if is_unsaved else page.version,
        is_locked=is_locked,
        is_unsaved=is_unsaved,
        **context,
    )


def has_ratio(scheme: Scheme, category: GoalCategory) -> bool:
    """Return whether a rule of the scheme scores the category's goals by their ratios."""
    rules = [leaf.rule for leaf in scheme.leaves() if leaf.rule and leaf.rule.kind == "goal_ratio"]
    read = [code for rule in rules for code in _codes(rule.parameters.get("categories"))]
    return category.code in read


def _codes(held: object) -> tuple[str, ...]:
    return held if isinstance(held, tuple) else ()


def _positions(filled: Filled, category: GoalCategory) -> list[int]:
    """Return where the category's goals stand among all goals."""
    placed = goal_rows([goal.category for goal in filled.figures.goals])
    return [n for n, (code, _row_number) in enumerate(placed) if code == category.code]


def _row(page: ReportPage, number: int, form: RowForm, position: int | None) -> GoalRow:
    if position is None:
        return GoalRow(number, form)
    completions = page.result.goal_completions
    return GoalRow(
        number,
        form,
        completions[position] if position < len(completions) else None,
        tuple(
            shown(problem, page.places)
            for problem in page.result.problems
            if problem.place == f"goal:{position}"
        ),
    )


def _listed(page: ReportPage, category: GoalCategory, stored: tuple[Goal, ...]) -> ListedCategory:
    kinds = {kind.code: kind.label for kind in category.kinds}
    completions = page.result.goal_completions
    listed, found = [], []
    for position, goal in enumerate(stored):
        if goal.category == category.code:
            place = f"goal:{position}"
            problems = [one for one in page.result.problems if one.place == place]
            found += problems
            completion = completions[position] if position < len(completions) else None
            listed.append(ListedGoal(goal, kinds.get(goal.kind, ""), completion, bool(problems)))
    found += [
        one for one in page.result.problems if one.parameters.get("category") == category.code
    ]
    return ListedCategory(
        name=category.name,
        href=report_url("goal_category", page.report, category=category.code),
        goals=tuple(listed),
        blocking=lines_problems(found)[0],
    )
