"""A scheme of 60 indicators, its corrected version, and as many filled reports as wanted.

Rows are made in bulk, scored by the real engine; names, figures and prose differ from report to report.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from perfeval.accounts.models import Department, Membership, Role, User
from perfeval.reports.models import Answer, FigureEntry, Goal, KeyTask, Narrative, Report, Score
from perfeval.reports.states import ReportState
from perfeval.reports.trial import scored
from perfeval.review.models import Publication, ReportSnapshot, Transition
from perfeval.review.moves import MoveName
from perfeval.schemes.models import Indicator
from perfeval.schemes.models import Scheme as SchemeRow
from perfeval.schemes.services import issue_scheme, load_scheme
from perfeval.schemes.versions import save_mapping
from perfeval.scoring import figures as frozen
from perfeval.scoring.canonical import result_as_json, scheme_from_json
from perfeval.scoring.scheme.tree import Scheme

AT = datetime(2023, 4, 6, 9, 30, tzinfo=UTC)
LEAVES = 60
_COLUMNS = ("initial_budget", "adjusted_budget", "executed_amount")
_LINES = ("total", "basic", "project", "fiscal", "other", "reserve")
#: Of twenty reports so many are in each state.
STATES = (
    *(ReportState.DRAFT,) * 11,
    *(ReportState.RETURNED,) * 3,
    *(ReportState.SUBMITTED,) * 3,
    *(ReportState.APPROVED,) * 2,
    ReportState.PUBLISHED,
)


def _rule(n: int, weight: Decimal, threshold: str) -> dict[str, Any]:
    """Return one of ten kinds of rule; ``threshold`` is what a correction changes."""
    choices = [{"code": code, "label": f"{code}档"} for code in ("a", "b", "c")]
    half = str(weight / 2)
    match n % 10:
        case 0:
            parameters = {
                "numerator": "total.executed_amount",
                "denominator": "total.adjusted_budget",
            }
            return {"kind": "rate", "parameters": parameters, "loss_phrase": "支出率为{rate}"}
        case 1:
            parameters = {"actual": "answer.value", "target": threshold}
            spec = {"name": "value", "label": "完成数", "kind": "number"}
            return {
                "kind": "ratio_up",
                "parameters": parameters,
                "inputs": [spec],
                "loss_phrase": "{rate}",
            }
        case 2:
            bands = [
                {"points": str(weight), "at_most": "5"},
                {"points": half, "above": "5", "at_most": threshold},
                {"points": "0", "above": threshold},
            ]
            spec = {"name": "rate", "label": "变动率", "kind": "percent"}
            parameters = {"value": "answer.rate", "bands": bands}
            return {
                "kind": "bands",
                "parameters": parameters,
                "inputs": [spec],
                "loss_phrase": "{rate}",
            }
        case 3:
            parameters = {"value": "answer.rate", "threshold": threshold, "points_each": "0.1"}
            spec = {"name": "rate", "label": "结转率", "kind": "percent"}
            return {
                "kind": "per_point",
                "parameters": parameters,
                "inputs": [spec],
                "loss_phrase": "{rate}",
            }
        case 4:
            parameters = {"count": "answer.count", "points_each": "0.5"}
            spec = {"name": "count", "label": "问题数", "kind": "count", "unit": "个"}
            return {
                "kind": "per_defect",
                "parameters": parameters,
                "inputs": [spec],
                "loss_phrase": "{rate}",
            }
        case 5:
            parameters = {"met": "answer.met"}
            spec = {"name": "met", "label": "是否达到", "kind": "yes_no"}
            return {
                "kind": "yes_no",
                "parameters": parameters,
                "inputs": [spec],
                "loss_phrase": "{rate}",
            }
        case 6:
            table = {"a": str(weight), "b": half, "c": "0"}
            spec = {"name": "state", "label": "状态", "kind": "choice", "choices": choices}
            parameters = {"state": "answer.state", "points": table}
            return {
                "kind": "states",
                "parameters": parameters,
                "inputs": [spec],
                "loss_phrase": "{rate}",
            }
        case 7:
            table = {"a": half, "b": str(weight - weight / 2)}
            spec = {"name": "met", "label": "做到的", "kind": "multiple", "choices": choices[:2]}
            parameters = {"met": "answer.met", "points": table}
            return {
                "kind": "checklist",
                "parameters": parameters,
                "inputs": [spec],
                "loss_phrase": "{rate}",
            }
        case 8:
            return {
                "kind": "list_avg",
                "parameters": {"categories": ["output"]},
                "loss_phrase": "{rate}",
            }
    return {"kind": "manual", "deduction_allowed": True}


def _leaf(n: int, weight: Decimal, threshold: str = "8") -> dict[str, Any]:
    return {
        "code": f"leaf_{n}",
        "name": f"指标{n}",
        "level": 2,
        "weight": str(weight),
        "standard": "按评分标准计分。",
        "rule": _rule(n, weight, threshold),
    }


def scheme_data(leaves: int = LEAVES) -> dict[str, Any]:
    """Return the first version as canonical JSON: groups of ten leaves, 100 points."""
    weight = Decimal(100) / leaves if 100 % leaves == 0 else Decimal("1.6")
    weights = [weight] * leaves
    weights[-1] = 100 - sum(weights[:-1])
    groups = []
    for start in range(0, leaves, 10):
        children = [_leaf(n, weights[n]) for n in range(start, min(start + 10, leaves))]
        total = sum(Decimal(child["weight"]) for child in children)
        groups.append(
            {
                "code": f"group_{start // 10}",
                "name": f"第{start // 10 + 1}组",
                "level": 1,
                "weight": str(total),
                "is_scored_group": True,
                "children": children,
            }
        )
    return {
        "code": "benchmark",
        "version": 1,
        "name": "测算用指标体系",
        "authority": "财政局",
        "year": 2022,
        "source": "benchmarks",
        "report_title": "{department}{year}年自评报告",
        "indicators": groups,
        "grade_bands": [
            {"word": word, "minimum": minimum}
            for word, minimum in (("优", "90"), ("良", "80"), ("中", "60"), ("差", "0"))
        ],
        "figure_columns": [{"code": code, "name": code} for code in _COLUMNS],
        "figure_lines": [
            {"code": code, "name": code, "columns": list(_COLUMNS)} for code in _LINES
        ],
        "goal_categories": [
            {"code": "output", "name": "产出", "kinds": [{"code": "quantity", "label": "数量"}]}
        ],
        "outline": [
            {"code": f"part_{n}", "level": 1, "title": f"第{n}部分", "content": ["text"]}
            for n in range(4)
        ],
    }


def corrected_data(leaves: int = LEAVES) -> dict[str, Any]:
    """Return the second version: another threshold, two weights, a new code, a leaf for another."""
    data = scheme_data(leaves)
    data["version"] = 2
    for group in data["indicators"]:
        for child in group["children"]:
            n = int(child["code"].removeprefix("leaf_"))
            child["rule"] = _rule(n, Decimal(child["weight"]), "6")
    first = data["indicators"][0]["children"]
    first[9]["code"] = "leaf_renamed"
    first[5] = {**first[5], "code": "leaf_new", "name": "新增指标"}
    for child, change in ((first[0], Decimal("0.5")), (first[8], Decimal("-0.5"))):
        child["weight"] = str(Decimal(child["weight"]) + change)
    data["outline"] = data["outline"][:3]
    return data


def load_versions(leaves: int = LEAVES, by: User | None = None) -> tuple[SchemeRow, SchemeRow]:
    """Store and issue both versions, with the mapping of the renamed leaf, and return them."""
    rows = []
    for data in (scheme_data(leaves), corrected_data(leaves)):
        rows.append(load_scheme(scheme=scheme_from_json(data), at=AT))
        issue_scheme(scheme=rows[-1], by=by, at=AT)
    save_mapping(scheme=rows[1], mapping={"leaf_9": "leaf_renamed"}, by=by, at=AT)
    for row in rows:
        row.refresh_from_db()
    return rows[0], rows[1]


def figures(scheme: Scheme, seed: int) -> frozen.Figures:
    """Return complete figures that differ with ``seed``."""
    amounts = {
        f"{line}.{column}": Decimal(10_000 + 37 * seed % 900 + 100 * n + 7 * m).scaleb(-1)
        for n, line in enumerate(_LINES)
        for m, column in enumerate(_COLUMNS)
    }
    goals = tuple(
        frozen.Goal(
            name=f"目标{n}",
            category="output",
            kind="quantity",
            target_value=Decimal(100),
            actual_value=Decimal(90 + (seed + n) % 15),
            unit="场",
            deviation_reason="见附件。",
        )
        for n in range(5)
    )
    tasks = tuple(
        frozen.KeyTask(f"任务{n}", Decimal("12.34"), Decimal("10.01"), "按计划推进。")
        for n in range(3)
    )
    answers = {leaf.code: _answer(leaf, seed) for leaf in scheme.leaves()}
    return frozen.Figures(amounts, goals, tasks, answers)


def _answer(leaf: Any, seed: int) -> frozen.Answer:
    given: dict[str, frozen.InputValue] = {}
    for n, spec in enumerate(leaf.rule.inputs):
        number = (seed * 7 + n * 3 + len(leaf.code)) % 12
        match spec.kind.value:
            case "yes_no":
                given[spec.name] = number > 1
            case "choice":
                given[spec.name] = "abc"[number % 3]
            case "multiple":
                given[spec.name] = ("a", "b") if number % 2 else ("a",)
            case _:
                given[spec.name] = Decimal(number)
    points = Decimal("0.3") if leaf.rule.kind == "manual" else None
    return frozen.Answer(given, points, "资料不全，酌情扣分。" if points else "")


def load_people() -> dict[str, User]:
    """Store a bureau with a scheme owner, an approver, a reviewer and an author."""
    bureau = Department.objects.create(code="bureau", name="财政局")
    people = {}
    for name, role in (
        ("owner", Role.SCHEME_OWNER),
        ("approver", Role.APPROVER),
        ("reviewer", Role.REVIEWER),
        ("author", Role.PREPARER),
    ):
        people[name] = User.objects.create(username=f"bench-{name}", password="!")  # noqa: S106 # nobody signs in
        Membership.objects.create(user=people[name], department=bureau, role=role)
    return people


def load_reports(
    row: SchemeRow, scheme: Scheme, count: int, people: dict[str, User], chunk: int = 100
) -> None:
    """Store ``count`` filled reports on ``row``, in the states of ``STATES`` in turn."""
    keys = dict(Indicator.objects.filter(scheme=row).values_list("code", "pk"))
    bureau = Department.objects.get(code="bureau")
    for start in range(0, count, chunk):
        numbers = range(start, min(start + chunk, count))
        departments = Department.objects.bulk_create(
            Department(code=f"unit-{n}", name=f"单位{n}", supervisor=bureau) for n in numbers
        )
        reports = Report.objects.bulk_create(
            _report(row, department, STATES[n % len(STATES)], people)
            for n, department in zip(numbers, departments, strict=True)
        )
        _fill(reports, scheme, numbers, keys, people)
        _hand_in(reports, people)


def _report(
    row: SchemeRow, department: Department, state: ReportState, people: dict[str, User]
) -> Report:
    report = Report(department=department, scheme=row, created_at=AT, changed_at=AT, revision=1)
    report.state = state
    if state != ReportState.DRAFT:
        report.submitted_at, report.submitted_by = AT, people["author"]
    if state == ReportState.RETURNED:
        report.returned_at, report.return_comment = AT, "请补充。"
    if state in (ReportState.APPROVED, ReportState.PUBLISHED):
        report.approved_at, report.approved_by = AT, people["reviewer"]
    if state == ReportState.PUBLISHED:
        report.published_at, report.published_by = AT, people["approver"]
    return report


def _fill(
    reports: list[Report],
    scheme: Scheme,
    numbers: range,
    keys: dict[str, int],
    people: dict[str, User],
) -> None:
    entries, goals, tasks, answers, texts, scores = [], [], [], [], [], []
    for n, report in zip(numbers, reports, strict=True):
        found = figures(scheme, n)
        for key, amount in found.amounts.items():
            line, _dot, column = key.partition(".")
            entries.append(FigureEntry(report=report, line=line, column=column, amount_wan=amount))
        for position, goal in enumerate(found.goals):
            own = {name: getattr(goal, name) for name in _GOAL}
            goals.append(Goal(report=report, position=position, direction="positive", **own))
        for position, task in enumerate(found.key_tasks):
            own = {name: getattr(task, name) for name in _TASK}
            tasks.append(KeyTask(report=report, position=position, **own))
        answers += [_answer_row(report, keys[code], one) for code, one in found.answers.items()]
        texts += [
            Narrative(
                report=report, section=f"part_{position}", text=f"单位{n}第{position}部分。" * 40
            )
            for position in range(4)
        ]
        result = scored(scheme, found)
        scores.append(
            Score(
                report=report,
                revision=1,
                saved_by=people["author"],
                result=result_as_json(result),
                total=result.total,
                grade=result.grade,
                is_complete=result.is_complete,
                created_at=AT,
            )
        )
    for rows in (entries, goals, tasks, answers, texts, scores):
        type(rows[0]).objects.bulk_create(rows, batch_size=500)


_GOAL = ("name", "category", "kind", "target_value", "actual_value", "unit", "deviation_reason")
_TASK = ("name", "adjusted_budget_wan", "executed_amount_wan", "progress")


def _answer_row(report: Report, indicator: int, answer: frozen.Answer) -> Answer:
    stored = {
        name: list(item)
        if isinstance(item, tuple)
        else str(item)
        if isinstance(item, Decimal)
        else item
        for name, item in answer.inputs.items()
    }
    return Answer(
        report=report,
        indicator_id=indicator,
        inputs=stored,
        deduction_points=answer.deduction_points,
        deduction_reason=answer.deduction_reason,
    )


def _hand_in(reports: list[Report], people: dict[str, User]) -> None:
    """Give what was handed in its snapshot and move, and what was published its bytes."""
    given = [report for report in reports if report.state != ReportState.DRAFT]
    snapshots = ReportSnapshot.objects.bulk_create(
        ReportSnapshot(report=report, revision=1, content="{}", sha256="0" * 64, created_at=AT)
        for report in given
    )
    Transition.objects.bulk_create(
        Transition(
            report=one.report,
            move=MoveName.SUBMIT,
            from_state=ReportState.DRAFT,
            to_state=ReportState.SUBMITTED,
            by=people["author"],
            at=AT,
            snapshot=one,
        )
        for one in snapshots
    )
    Publication.objects.bulk_create(
        Publication(
            report=one.report,
            snapshot=one,
            pdf=b"%PDF-1.7 published",
            sha256="0" * 64,
            page_count=1,
            created_at=AT,
        )
        for one in snapshots
        if one.report.state == ReportState.PUBLISHED
    )
