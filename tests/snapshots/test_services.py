"""A report out and in again: the same figures, or a refusal that says where and why."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfeval.accounts.models import Department
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.reports.queries import stored_result
from perfeval.reports.services import save_figures
from perfeval.reports.states import ReportState
from perfeval.scoring.canonical import canonical_text
from perfeval.snapshots.services import ImportRefused, import_report
from perfeval.snapshots.snapshot import read_snapshot, snapshot_hash, snapshot_text
from perfeval.words.scoring import describe_format_problem
from tests.conftest import AT, snapshot_of
from tests.snapshots.database import rows

OTHER = "shili-xiehui"


@pytest.fixture(autouse=True)
def english():
    """Read the sentences as they stand in the source."""
    with translation.override("en"):
        yield


#: The export of the complete report, made once: filling a report takes longer than a refusal.
_TEXTS: list[str] = []


@pytest.fixture
def exported(world, request) -> dict[str, Any]:
    """Return the export of the complete report as for another department that has none yet."""
    if not _TEXTS:
        report = request.getfixturevalue("zengcheng_report")
        _TEXTS.append(snapshot_text(snapshot_of(report)))
    data = json.loads(_TEXTS[0])
    data["department_code"] = OTHER
    return data


def _import(text: str, *, is_replacing: bool = False) -> Report:
    return import_report(text=text, by=None, at=AT, is_replacing=is_replacing)


def _refused(text: str, *, is_replacing: bool = False) -> list[str]:
    """Return what an import says that is refused, after seeing that it left nothing behind."""
    before = rows()
    with pytest.raises(ImportRefused) as refused:
        _import(text, is_replacing=is_replacing)
    assert rows() == before
    return [describe_format_problem(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("which", ["zengcheng_report", "guangzhou_report"])
def test_report_comes_back_with_the_same_figures_prose_and_score(which, request):
    report = request.getfixturevalue(which)
    data = json.loads(snapshot_text(snapshot_of(report)))
    data["department_code"] = OTHER

    found = _import(canonical_text(data))

    assert (found.department.code, found.scheme, found.state) == (
        OTHER,
        report.scheme,
        ReportState.DRAFT,
    )
    assert read_filled(found).figures == read_filled(report).figures
    assert read_filled(found).narratives == read_filled(report).narratives
    assert stored_result(found) == stored_result(report)
    again = json.loads(snapshot_text(snapshot_of(found)))
    named = {"department_code", "department_name", "department_short_name", "title", "revision"}
    assert {key: again[key] for key in again if key not in named} == {
        key: data[key] for key in data if key not in named
    }


def test_empty_report_comes_back_empty(empty_report):
    data = json.loads(snapshot_text(snapshot_of(empty_report)))
    data["department_code"] = OTHER

    found = _import(canonical_text(data))

    assert (read_filled(found).figures, read_filled(found).narratives) == (
        read_filled(empty_report).figures,
        {},
    )


def test_snapshot_text_is_the_same_bytes_each_time_and_after_reading(zengcheng_report):
    text = snapshot_text(snapshot_of(zengcheng_report))

    fresh = Report.objects.get(pk=zengcheng_report.pk)
    assert snapshot_text(snapshot_of(fresh)) == text
    assert snapshot_text(read_snapshot(text)) == text
    assert snapshot_hash(snapshot_text(read_snapshot(text))) == snapshot_hash(text)


def test_snapshot_text_changes_with_what_is_saved(zengcheng_report):
    text = snapshot_text(snapshot_of(zengcheng_report))

    save_figures(report=zengcheng_report, amounts={}, version=None, by=None, at=AT)

    zengcheng_report.refresh_from_db()
    assert snapshot_text(snapshot_of(zengcheng_report)) != text


def test_import_computes_the_score_anew(exported):
    exported["result"]["total"] = "100"
    exported["result"]["grade"] = "特优"
    exported["evidence"] = [{"indicator": "x", "file_name": "x.pdf", "size": 1, "sha256": "0" * 64}]

    found = _import(json.dumps(exported))

    assert str(stored_result(found).total) == "96.45"
    assert found.evidence_files.count() == 0


def _at(data: Any, path: str) -> tuple[Any, Any]:
    """Return the container and the key that ``path`` (``figures/goals/0/name``) leads to."""
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    for step in way:
        data = data[step]
    return data, last


LEAF = "figures/answers/financial_compliance"

CHANGES: dict[str, tuple[str, Any, str]] = {
    "format": ("format", "other", "format: this is not an exported report (“format” must be “perfeval-report”)"),
    "format version": ("format_version", 2, "format_version: this version of the format is unknown; 1 is read"),
    "format version as text": ("format_version", "1", "format_version: this version of the format is unknown; 1 is read"),
    "unknown key": ("colour", "red", "colour: unknown key; remove it or correct its spelling"),
    "scheme": ("scheme_code", "no_such", "scheme_code: scheme “no_such 1” is not issued here; known are: zengcheng_2022 1, guangzhou_2021 1"),
    "scheme version": ("scheme_version", 2, "scheme_code: scheme “zengcheng_2022 2” is not issued here; known are: zengcheng_2022 1, guangzhou_2021 1"),
    "scheme hash": ("scheme_hash", "0" * 64, "scheme_hash: scheme “zengcheng_2022 1” is another one here than where the file was made"),
    "department": ("department_code", "no-such", "department_code: department “no-such” is not known here"),
    "year": ("year", 2021, "year: the year is 2021, but the scheme is for 2022"),
    "year as text": ("year", "2022", "year: a whole number is expected here, not 2022"),
    "huge version": ("scheme_version", 10**30, "scheme_version: this number is too large or no number"),
    "unknown amount": ("figures/amounts/no.such", "1", "figures.amounts.no.such: “no.such” is no amount or input of the scheme"),
    "precise amount": ("figures/amounts/total.executed_amount", "1.123456789012", "figures.amounts.total.executed_amount: this cannot be kept: Ensure that there are no more than 2 decimal places."),
    "more precise amount": ("figures/amounts/total.executed_amount", "1.1234567890123", "figures.amounts.total.executed_amount: a number as text is expected here, not 1.1234567890123"),
    "negative amount": ("figures/amounts/total.executed_amount", "-0.01", "figures.amounts.total.executed_amount: this number cannot be negative"),
    "large amount": ("figures/amounts/total.executed_amount", "100000000", "figures.amounts.total.executed_amount: this number is too large or no number"),
    "amount as number": ("figures/amounts/total.executed_amount", 5, "figures.amounts.total.executed_amount: a number as text is expected here, not 5"),
    "amount as float": ("figures/amounts/total.executed_amount", 5.5, "figures.amounts.total.executed_amount: a number as text is expected here, not float"),
    "float as text of prose": ("narratives/overview", 5.5, "narratives.overview: text is expected here, not float"),
    "amount NaN text": ("figures/amounts/total.executed_amount", "NaN", "figures.amounts.total.executed_amount: a number as text is expected here, not NaN"),
    "unknown indicator": ("figures/answers/no_such", {"inputs": {}}, "figures.answers.no_such: the scheme has no such scored indicator"),
    "group as indicator": ("figures/answers/procurement", {"inputs": {}}, "figures.answers.procurement: the scheme has no such scored indicator"),
    "unknown input": (f"{LEAF}/inputs/no_such", True, "figures.answers.financial_compliance.inputs.no_such: the indicator asks for no such input"),
    "negative input": (f"{LEAF}/inputs/finding_count", {"number": "-1"}, "figures.answers.financial_compliance.inputs.finding_count: “检查发现的问题数” cannot be negative"),
    "broken count": (f"{LEAF}/inputs/finding_count", {"number": "0.5"}, "figures.answers.financial_compliance.inputs.finding_count: “检查发现的问题数” must be a whole number"),
    "wrong input": (f"{LEAF}/inputs/finding_count", True, "figures.answers.financial_compliance.inputs.finding_count: “检查发现的问题数” is not of the kind that is asked for"),
    "deduction": (f"{LEAF}/deduction_points", "0.00001", "figures.answers.financial_compliance.deduction_points: this cannot be kept: Ensure that there are no more than 4 decimal places."),
    "negative deduction": (f"{LEAF}/deduction_points", "-1", "figures.answers.financial_compliance.deduction_points: this number cannot be negative"),
    "unknown section": ("narratives/no_such", "文", "narratives.no_such: the scheme's outline has no such text section"),
    "section without text": ("narratives/goal_analysis", "文", "narratives.goal_analysis: the scheme's outline has no such text section"),
    "goal category": ("figures/goals/0/category", "luck", "figures.goals[0].category: “luck” is unknown; one of these is expected: output, benefit, satisfaction"),
    "goal kind": ("figures/goals/0/kind", "luck", "figures.goals[0].kind: “luck” is unknown; one of these is expected: cost, quality, quantity, timeliness"),
    "goal name": ("figures/goals/0/name", "长" * 201, "figures.goals[0].name: this cannot be kept: Ensure this value has at most 200 characters (it has 201)."),
    "goal unit": ("figures/goals/0/unit", "长" * 21, "figures.goals[0].unit: this cannot be kept: Ensure this value has at most 20 characters (it has 21)."),
    "goal direction": ("figures/goals/0/direction", "up", "figures.goals[0].direction: “up” is unknown; one of these is expected: positive, reverse, equal, qualitative"),
    "goal target": ("figures/goals/0/target_value", "1000000000000", "figures.goals[0].target_value: this cannot be kept: Ensure that there are no more than 11 digits before the decimal point."),
    "goal weight": ("figures/goals/0/weight", "0", "figures.goals[0].weight: the weight of 0 must be above 0"),
    "negative goal weight": ("figures/goals/0/weight", "-1", "figures.goals[0].weight: the weight of -1 must be above 0"),
    "goal completion": ("figures/goals/0/completion_percent", "100.01", "figures.goals[0].completion_percent: this number is too large or no number"),
    "negative completion": ("figures/goals/0/completion_percent", "-1", "figures.goals[0].completion_percent: this number cannot be negative"),
    "key task name": ("figures/key_tasks/0/name", "长" * 201, "figures.key_tasks[0].name: this cannot be kept: Ensure this value has at most 200 characters (it has 201)."),
    "key task amount": ("figures/key_tasks/0/executed_amount_wan", "-1", "figures.key_tasks[0].executed_amount_wan: this number cannot be negative"),
    "large key task": ("figures/key_tasks/0/adjusted_budget_wan", "100000000", "figures.key_tasks[0].adjusted_budget_wan: this number is too large or no number"),
    "control character": ("narratives/overview", "a\x0bb", "narratives.overview: this text has characters that cannot be printed"),
    "half a character": ("narratives/overview", "\ud800", "narratives.overview: this text has characters that cannot be printed"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_file_that_does_not_fit_is_refused_with_place_and_reason(exported, change):
    path, value, told = CHANGES[change]
    holder, key = _at(exported, path)
    holder[key] = value

    said = _refused(json.dumps(exported))

    assert said == [told]


def test_every_fault_is_told_at_once(exported):
    for change in ("precise amount", "unknown section", "goal name", "unknown indicator"):
        path, value, _told = CHANGES[change]
        holder, key = _at(exported, path)
        holder[key] = value

    assert {line.partition(": ")[0] for line in _refused(json.dumps(exported))} == {
        "figures.amounts.total.executed_amount",
        "figures.goals[0].name",
        "figures.answers.no_such",
        "narratives.no_such",
    }


def test_scheme_and_department_are_both_told(exported):
    exported |= {"department_code": "no-such", "scheme_hash": "0" * 64}

    assert [line.partition(": ")[0] for line in _refused(json.dumps(exported))] == [
        "scheme_hash",
        "department_code",
    ]


@pytest.mark.parametrize("key", ["format", "scheme_code", "department_code", "figures", "result"])
def test_file_without_a_key_is_refused(exported, key):
    del exported[key]

    assert _refused(json.dumps(exported))[0].startswith(f"{key}: ")


NOT_JSON: dict[str, str] = {
    "empty": "",
    "words": "这不是数据",
    "toml": 'format = "perfeval-report"',
    "python": "{'format': 'perfeval-report'}",
    "deep list": "[" * 200_000,
    "deep table": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "long number": '{"year": ' + "9" * 5000 + "}",
    "5 MB of noise": "x" * 5_000_000,
    "5 MB of lists": "[" * 5_000_000,
    "byte order mark": '\ufeff{"format": "perfeval-report"}',
}


@pytest.mark.parametrize("text", NOT_JSON.values(), ids=NOT_JSON)
def test_text_that_is_no_json_is_refused(world, text):
    (said,) = _refused(text)

    assert said.startswith("this is not JSON: ")
    assert len(said) < 200


@pytest.mark.parametrize("text", ["[]", "5", "null", '"text"', "true", "[1]"])
def test_json_of_another_shape_is_refused(world, text):
    assert _refused(text) == ["this is not an exported report (“format” must be “perfeval-report”)"]


@pytest.mark.parametrize("share", [1, 10, 50, 90, 99])
def test_truncated_file_is_refused(exported, share):
    text = json.dumps(exported)

    (said,) = _refused(text[: len(text) * share // 100])

    assert said.startswith("this is not JSON: ")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize(
    "path", ["narratives/overview", "year", "title", LEAF + "/inputs/finding_count"]
)
def test_not_a_number_is_no_json(exported, path, word):
    holder, key = _at(exported, path)
    holder[key] = "HERE"
    text = json.dumps(exported).replace('"HERE"', word)

    assert _refused(text) == [f"this is not JSON: {word}"]


def test_key_given_twice_is_refused(exported):
    text = json.dumps(exported)

    twice = text.replace(
        '"total.executed_amount":', '"total.executed_amount": "1", "total.executed_amount":', 1
    )

    assert _refused(twice) == ["total.executed_amount: this code is used 2 times"]


def test_result_nested_without_end_is_refused(exported):
    node = exported["result"]["indicators"][0] | {"children": []}
    for _level in range(180):
        node = {**node, "children": [node]}
    exported["result"]["indicators"] = [node]

    (said,) = _refused(json.dumps(exported))

    assert said.startswith("this is not JSON: maximum recursion depth exceeded")


def test_report_that_exists_is_refused_until_it_is_replaced_knowingly(exported, zengcheng_report):
    exported["department_code"] = "zengcheng-kexie"
    exported["figures"]["amounts"] = {"total.initial_budget": "1"}

    assert _refused(json.dumps(exported)) == [
        "the department has this report already (draft); replace it knowingly with --replace"
    ]

    found = _import(json.dumps(exported), is_replacing=True)
    assert (found, list(read_filled(found).figures.amounts)) == (
        zengcheng_report,
        ["total.initial_budget"],
    )


def test_replacing_empties_what_the_file_has_not(exported, zengcheng_report):
    exported["department_code"] = "zengcheng-kexie"
    exported["figures"], exported["narratives"] = {}, {}

    found = _import(json.dumps(exported), is_replacing=True)

    assert (
        read_filled(found).figures.answers,
        read_filled(found).narratives,
        found.key_tasks.count(),
    ) == ({}, {}, 0)


@pytest.mark.parametrize(
    "state", [ReportState.SUBMITTED, ReportState.APPROVED, ReportState.PUBLISHED]
)
def test_locked_report_is_not_overwritten_even_knowingly(exported, in_state, state):
    in_state(state)
    exported["department_code"] = "zengcheng-kexie"

    for is_replacing in (False, True):
        said = _refused(json.dumps(exported), is_replacing=is_replacing)
        assert said == [f"the department's report is {state.value} and may not be changed"]


def test_returned_report_may_be_replaced(exported, in_state):
    in_state(ReportState.RETURNED)
    exported["department_code"] = "zengcheng-kexie"

    found = _import(json.dumps(exported), is_replacing=True)

    assert found.state == ReportState.RETURNED


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["-1", "0", "1E5", "99999999999999", "NaN", "0.0000001", "answer.x", "\x00"]),
    st.builds(list),
    st.builds(dict),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)


def _places(data: Any) -> list[tuple[Any, Any]]:
    """Return every container of ``data`` with each of its keys."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    found: list[tuple[Any, Any]] = []
    for key, value in pairs:
        found.append((data, key))
        if isinstance(value, dict | list):
            found.extend(_places(value))
    return found


def _replace(holder: Any, key: Any, junk: Any) -> None:
    holder[key] = junk


def _drop(holder: Any, key: Any, _junk: Any) -> None:
    del holder[key]


def _add(holder: Any, _key: Any, junk: Any) -> None:
    if isinstance(holder, dict):
        holder[str(junk)] = junk
    else:
        holder.append(junk)


def _text(holder: Any, key: Any, junk: Any) -> None:
    if isinstance(holder[key], str):
        holder[key] += str(junk)


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_changed_file_brings_another_exception(exported, data):
    _fuzz(exported, data, parts=("figures", "narratives"), count=2)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_changed_head_or_result_brings_another_exception(exported, data):
    _fuzz(exported, data, parts=tuple(exported), count=1)


def _fuzz(
    exported: dict[str, Any], data: st.DataObject, parts: tuple[str, ...], count: int
) -> None:
    """Change some places of the file at random, then import it or see it refused, whole."""
    changed = copy.deepcopy(exported)
    for _time in range(count):
        part = data.draw(st.sampled_from(parts))
        places = _places({part: changed[part]}) if part in changed else [(changed, "format")]
        holder, key = data.draw(st.sampled_from(places))
        act: Callable[[Any, Any, Any], None] = data.draw(
            st.sampled_from([_replace, _drop, _add, _text])
        )
        if key in holder or isinstance(holder, list):
            act(holder, key, data.draw(JUNK))
    before = Report.objects.count(), Department.objects.count()

    try:
        report = _import(json.dumps(changed))
    except ImportRefused:
        assert (Report.objects.count(), Department.objects.count()) == before
    else:
        stored_result(report)
        read_snapshot(snapshot_text(snapshot_of(report)))
        _forget(report)


def _forget(report: Report) -> None:
    """Remove an imported report, so that the next example meets none."""
    for related in (
        "figure_entries",
        "key_tasks",
        "goals",
        "answers",
        "narratives",
        "scores",
        "history",
    ):
        getattr(report, related).all().delete()
    report.delete()
