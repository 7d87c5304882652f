"""Where on the pages the place of a problem is: the page and the very field."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perfeval.reports.filled import Filled
from perfeval.reports.parts import FIGURES, GOALS, KEY_TASKS, OWN_PART, group_of
from perfeval.scoring.result import Problem
from perfeval.web.filling.answer_forms import DEDUCTION, REASON, field_id
from perfeval.web.filling.figure_forms import cell_id

#: The field of an answer that mends the problem, by the start of the problem's code.
_ANSWER_FIELDS = {"deduction_without_reason": REASON, "deduction": DEDUCTION, "reason": REASON}
#: The field of a goal that mends the problem, by the start of the problem's code.
_GOAL_FIELDS = {
    "goal_completion": "completion_percent",
    "goal_target": "target_value",
    "goal_actual": "actual_value",
    "goal_reason": "deviation_reason",
    "goal_unknown_kind": "kind",
    "goal_weight": "weight",
}
#: The field of an own indicator that mends the problem, by the problem's code.
_OWN_FIELDS = {
    "own_heading_missing": "heading",
    "own_heading_unwanted": "heading",
    "own_weight_not_positive": "weight",
    "own_weight_too_precise": "weight",
    "own_standard_missing": "standard",
    "own_kind_not_allowed": "kind",
    "own_cost_rewards_more": "kind",
    "own_target_missing": "target",
    "own_target_not_positive": "target",
    "own_points_each_missing": "points_each",
    "own_points_each_not_positive": "points_each",
    "own_unknown_slot": "slot",
}
#: What the parts are called whose titles are not the scheme's.
PART_TITLES: dict[str, Promise] = {
    FIGURES: gettext_lazy("Budget data"),
    KEY_TASKS: gettext_lazy("Key tasks"),
    GOALS: gettext_lazy("Performance goal"),
    OWN_PART: gettext_lazy("Own indicators"),
}
#: The pages of the parts that have no code.
_PART_PAGES = {
    FIGURES: "figures",
    KEY_TASKS: "key_tasks",
    GOALS: "goals",
    OWN_PART: "own_part",
}


class Places:
    """Addresses of one report's parts and fields."""

    def __init__(self, filled: Filled) -> None:
        """Keep the report, its tree, and where its goals stand."""
        self._report = filled.report
        self._scheme = filled.scheme
        self._goal_rows = goal_rows([goal.category for goal in filled.figures.goals])

    def part(self, part: str) -> str:
        """Return the address of a part's page."""
        kind, _colon, code = part.partition(":")
        match kind:
            case "answers":
                return self._page("group", group=code)
            case "narrative":
                return self._page("section", section=code)
        return self._page(_PART_PAGES[kind])

    def indicator(self, code: str) -> str:
        """Return the address of an indicator on its group's page; the overview when it has none."""
        group = group_of(self._scheme, code)
        if group is None:
            return self._page("report")
        if group.is_leaf and group.rule is None:  # a slot with nothing in it yet
            return f"{self._page('own_part')}#slot-{code}"
        page = self._page("group", group=group.code)
        return page if group.code == code and not group.is_leaf else f"{page}#leaf-{code}"

    def problem(self, problem: Problem) -> str:
        """Return the address of the field that mends ``problem``."""
        kind, _colon, code = problem.place.partition(":")
        match kind:
            case "amount":
                return f"{self._page('figures')}#{cell_id(code)}"
            case "indicator":
                return self._of_indicator(code, problem)
            case "goal":
                return self._of_goal(int(code), problem.code)
            case "own":
                return self._of_own(code, problem.code)
            case "key_task":
                field = problem.parameters.get("field", "name")
                return f"{self._page('key_tasks')}#id_row-{code}-{field}"
            case "section":
                return f"{self._page('section', section=code)}#id_text"
        if "category" in problem.parameters:
            return self._page("goal_category", category=problem.parameters["category"])
        if problem.code.startswith("own_"):
            return self._page("own_part")
        is_of_tasks = problem.code.startswith("key_task")
        return self._page("key_tasks" if is_of_tasks else "report")

    def name(self, problem: Problem) -> str:
        """Return the name of the indicator or of the part that the problem is of."""
        kind, _colon, code = problem.place.partition(":")
        if kind == "indicator":
            return self._scheme.indicator(code).name
        if kind == "section":
            return _("Texts")
        if kind in ("goal", "key_task"):
            return str(PART_TITLES[GOALS if kind == "goal" else KEY_TASKS])
        if kind == "own" or problem.code.startswith("own_"):
            return str(PART_TITLES[OWN_PART])
        named = "goal" if "category" in problem.parameters else problem.code.partition("_")[0]
        part = {"goal": GOALS, "key": KEY_TASKS}.get(named, FIGURES)
        return str(PART_TITLES[part])

    def answer_field(self, code: str, problem: Problem) -> str:
        """Return the id of the answer's field that mends ``problem``, empty when none does."""
        if "input" in problem.parameters:
            return field_id(code, problem.parameters["input"])
        name = next(
            (f for start, f in _ANSWER_FIELDS.items() if problem.code.startswith(start)), ""
        )
        return field_id(code, name) if name else ""

    def _of_indicator(self, code: str, problem: Problem) -> str:
        if problem.code == "amount_needed":
            return f"{self._page('figures')}#{cell_id(problem.parameters['reference'])}"
        if problem.code == "goals_incomplete":
            return self._page("goals")
        field = self.answer_field(code, problem)
        address = self.indicator(code)
        return f"{address.partition('#')[0]}#{field}" if field else address

    def _of_own(self, place: str, problem_code: str) -> str:
        """Return the address of the field of an own indicator, or of its slot."""
        if not place.isdigit():
            return f"{self._page('own_part')}#slot-{place}"
        field = _OWN_FIELDS.get(problem_code, "name")
        return f"{self._page('own_part')}#id_row-{place}-{field}"

    def _of_goal(self, position: int, problem_code: str) -> str:
        if position >= len(self._goal_rows):
            return self._page("goals")
        category, row = self._goal_rows[position]
        if all(known.code != category for known in self._scheme.goal_categories):
            return self._page("goals")
        name = next(
            (f for start, f in _GOAL_FIELDS.items() if problem_code.startswith(start)), "name"
        )
        return f"{self._page('goal_category', category=category)}#id_row-{row}-{name}"

    def _page(self, name: str, **names: str) -> str:
        return reverse(f"web:{name}", kwargs={"report_id": self._report.pk, **names})


def goal_rows(categories: list[str]) -> list[tuple[str, int]]:
    """Return for each goal its category and its row on that category's page."""
    counted: dict[str, int] = {}
    rows = []
    for category in categories:
        rows.append((category, counted.get(category, 0)))
        counted[category] = counted.get(category, 0) + 1
    return rows
