"""The editor of a draft: what is typed is stored whole, found stale, named where it is wrong."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django import forms
from django.http import QueryDict
from django.urls import reverse

from perfeval.schemes.drafts import TREE, draft_version, edit_draft
from perfeval.schemes.models import Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.services import issue_scheme, load_scheme
from perfeval.scoring.scheme import editing
from perfeval.scoring.scheme.reading import SchemeProblems, read_draft, read_scheme
from perfeval.scoring.scheme.tree import EqualGoals, Rule
from perfeval.web.schemes.editor.findings import findings_of
from perfeval.web.schemes.editor.rule_flat import flat_rule, refitted
from perfeval.web.schemes.editor.rule_form import RuleForm, typed_form
from perfeval.web.schemes.editor.rule_reading import read_rule_form
from tests.conftest import AT, FIXTURES
from tests.scoring.building import load
from tests.scoring.test_lint import _broken

SCORING = Path(__file__).parents[1] / "scoring"
SMALL = read_scheme((SCORING / "small.toml").read_text(encoding="utf-8"))
KINDS = read_scheme((SCORING / "every_kind.toml").read_text(encoding="utf-8"))
FILES = [SCORING / "every_kind.toml", *sorted((FIXTURES / "schemes").glob("*.toml"))]


def posted(form: forms.BaseForm) -> QueryDict:
    """Return what a browser sends of an untouched form."""
    data = QueryDict(mutable=True)
    for field in form:
        value = field.value()
        if isinstance(field.field, forms.BooleanField):
            if value:
                data[field.html_name] = "on"
        elif isinstance(value, list | tuple):
            data.setlist(field.html_name, value)
        else:
            data[field.html_name] = "" if value is None else str(value)
    return data


def rule_typed(rule: Rule | None, **typed: str) -> QueryDict:
    """Return the rule form of the spending rate with some of it typed anew."""
    data = posted(RuleForm(SMALL, "支出率", flat_rule(rule)))
    data.update({f"rule-{name.replace('__', '-')}": text for name, text in typed.items()})
    return data


@pytest.fixture
def draft(db) -> Scheme:
    return load_scheme(scheme=SMALL, at=AT)


@pytest.fixture
def owner(client_of, scheme_owner):
    return client_of(scheme_owner)


def stored(draft: Scheme):
    return as_scoring_scheme(Scheme.objects.get(pk=draft.pk))


def address(draft: Scheme, name: str = "edit_scheme", *more: str) -> str:
    return reverse(f"web:{name}", args=[draft.pk, *more])


def tree_typed(scheme, **changes: str) -> dict[str, str]:
    """Return what the tree page sends, with some fields typed anew."""
    data = {"version": draft_version(scheme, TREE)}
    for node in scheme.walk():
        data |= {f"name-{node.code}": node.name, f"weight-{node.code}": str(node.weight)}
    return data | {name.replace("__", "-"): text for name, text in changes.items()}


def indicator_typed(owner, draft: Scheme, node: str, /, **changes: str) -> dict[str, str]:
    """Return what the page of an indicator sends, with some fields typed anew."""
    context = owner.get(address(draft, "edit_indicator", node)).context
    data = posted(context["form"])
    data.update(posted(context["rule"]))
    data["version"] = context["version"]
    data.update({name.replace("__", "-"): text for name, text in changes.items()})
    return data


# ---- the rule form ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_stands_in_its_form_and_comes_back_equal(path):
    scheme = read_draft(path.read_text(encoding="utf-8"))
    for leaf in scheme.leaves():
        if leaf.rule is None:
            continue
        form = typed_form(
            scheme, leaf.name, posted(RuleForm(scheme, leaf.name, flat_rule(leaf.rule)))
        )

        assert form.is_valid(), (leaf.code, form.errors)
        assert read_rule_form(form) == leaf.rule


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        ("rate", "ratio_up", {"actual": "total.executed_amount", "target": "total.adjusted_budget"}),
        ("bands", "per_point", {"value": "total.executed_amount", "out_of": "total.adjusted_budget"}),
        ("per_step", "per_point", {"value": "total.executed_amount", "out_of": "total.adjusted_budget",
                                   "threshold": Decimal(100), "points_each": Decimal(2), "direction": "below"}),
        ("states", "checklist", {"met": "answer.state", "points": {"good": Decimal(3), "bad": Decimal(0)}}),
        ("per_defect", "deadline", {"late": "answer.cases", "points_each": Decimal(1)}),
        ("rate", "manual", {}),
    ],
)  # fmt: skip
def test_other_kind_keeps_what_fits(code, kind, expected):
    flat = flat_rule(KINDS.indicator(code).rule) | {"rule-kind": kind}

    form = RuleForm(KINDS, code, refitted(flat, ""))
    typed = typed_form(KINDS, code, posted(form))

    assert typed.is_valid()
    assert read_rule_form(typed).parameters == expected


def test_row_is_added_and_the_right_one_removed():
    flat = flat_rule(KINDS.indicator("checklist").rule)

    more = refitted(flat, "add:rule-points")
    less = refitted(more, "remove:rule-points:0")

    assert (more["rule-points-rows"], less["rule-points-rows"]) == ("3", "2")
    assert (less["rule-points-0-code"], less["rule-points-0-label"]) == ("second", "乙")


def test_unfinished_rule_is_kept_as_far_as_it_goes():
    data = rule_typed(None, kind="bands", shown="bands", value__from="asked")
    data.update({"rule-value-kind": "percent", "rule-bands-rows": "2", "rule-bands-0-low": "90"})
    data.update({"rule-bands-0-low_end": "at_least", "rule-bands-1-points": "0"})

    form = typed_form(SMALL, "支出率", data)

    assert form.is_valid(), form.errors
    rule = read_rule_form(form)
    assert rule.parameters == {
        "value": "answer.value",
        "bands": ({"at_least": Decimal(90)}, {"points": Decimal(0)}),
    }
    assert [(spec.name, spec.label, spec.kind) for spec in rule.inputs] == [
        ("value", "支出率", "percent")
    ]


# ---- findings ----------------------------------------------------------------------------------------


#: Rows keep the grades in order, each word once; the form says so before.
NOT_IN_ROWS = ("grade_band[优]: duplicate_code", "grade_band[1].minimum: bands_not_descending")


def _drafts():
    for case in load(SCORING / "broken.toml")["broken"]:
        if case["finding"] in NOT_IN_ROWS:
            continue
        try:
            yield pytest.param(read_draft(_broken(case)), id=case["name"])
        except SchemeProblems:
            continue


@pytest.mark.parametrize("scheme", list(_drafts()))
def test_every_finding_leads_to_a_place_that_is_there(scheme, owner):
    row = load_scheme(scheme=scheme, at=AT)

    findings = findings_of(row, stored(row))

    assert findings
    for finding in findings:
        parts = urlsplit(finding.href)
        page = owner.get(parts.path)
        assert page.status_code == 200
        assert not parts.fragment or f'id="{parts.fragment}"' in page.content.decode()
        assert "%(" not in finding.sentence


# ---- the tree ------------------------------------------------------------------------------------------


def test_names_and_weights_are_saved_and_their_sums_come_back(owner, draft):
    data = tree_typed(SMALL, name__spending="预算支出率", weight__spending="9.5")

    answer = owner.post(address(draft), data, headers={"HX-Request": "true"})

    node = stored(draft).indicator("spending")
    assert (answer.status_code, node.name, node.weight) == (200, "预算支出率", Decimal("9.5"))
    assert "Σ 39.5" in answer.content.decode()


def test_unreadable_weight_is_named_and_nothing_typed_is_lost(owner, draft):
    data = tree_typed(SMALL, name__spending="预算支出率", weight__spending="十")

    answer = owner.post(address(draft), data)

    page = answer.content.decode()
    assert (answer.status_code, stored(draft)) == (422, SMALL)
    assert 'value="预算支出率"' in page
    assert 'value="十"' in page
    assert 'href="#id_weight-spending"' in page


def test_stale_tree_keeps_what_was_typed_beside_what_is_stored(owner, draft):
    data = tree_typed(SMALL, name__spending="我的名称")
    edit_draft(
        scheme=draft,
        part=TREE,
        version=None,
        change=lambda scheme: editing.with_fields(scheme, "spending", name="别人的名称"),
    )

    answer = owner.post(address(draft), data)

    page = answer.content.decode()
    assert (answer.status_code, stored(draft).indicator("spending").name) == (409, "别人的名称")
    assert 'value="我的名称"' in page
    assert "别人的名称" in page


@pytest.mark.parametrize(
    ("button", "order"),
    [
        ({"move": "up:rules"}, "1duty 2goals 1management 2rules 2spending 1extra"),
        ({"move": "in:management"}, "1duty 2goals 2management 3spending 3rules 1extra"),
        ({"move": "out:rules"}, "1duty 2goals 1management 2spending 1rules 1extra"),
        (
            {"dragged": "rules", "below": "duty", "before": "goals"},
            "1duty 2rules 2goals 1management 2spending 1extra",
        ),
        ({"add": "duty"}, "1duty 2goals 2duty_1 1management 2spending 2rules 1extra"),
        ({"add": ""}, "1duty 2goals 1management 2spending 2rules 1extra 1part_1"),
        ({"move": "up:nothing"}, "1duty 2goals 1management 2spending 2rules 1extra"),
    ],
)
def test_buttons_move_and_add_and_keep_what_was_typed(owner, draft, button, order):
    owner.post(address(draft), tree_typed(SMALL, weight__spending="9") | button)

    changed = stored(draft)
    assert " ".join(f"{node.level}{node.code}" for node in changed.walk()) == order
    assert changed.indicator("spending").weight == 9


def test_move_that_no_tree_can_hold_is_refused(owner, draft):
    data = tree_typed(SMALL) | {"dragged": "management", "below": "goals", "before": ""}

    answer = owner.post(address(draft), data)

    assert (answer.status_code, stored(draft)) == (409, SMALL)


def test_indicator_is_deleted_after_a_question(owner, draft):
    url = address(draft, "delete_indicator", "management")

    asked = owner.get(url)
    owner.post(url)

    assert "management" in {node.code for node in SMALL.walk()}
    assert asked.status_code == 200
    assert [node.code for node in stored(draft).walk()] == ["duty", "goals", "extra"]


# ---- one indicator ----------------------------------------------------------------------------------------


def test_indicator_is_saved_with_its_new_code_and_rule(owner, draft):
    data = indicator_typed(
        owner, draft, "rules", code="rulebook", standard="每做到一项得15分。",
        **{"rule-points-0-points": "15", "rule-points-1-points": "15"},
    )  # fmt: skip

    answer = owner.post(address(draft, "edit_indicator", "rules"), data)

    node = stored(draft).indicator("rulebook")
    assert answer.status_code == 302
    assert node.standard == "每做到一项得15分。"
    assert node.rule.parameters["points"] == {"written": Decimal(15), "followed": Decimal(15)}
    assert replace(node, code="rules", standard=SMALL.indicator("rules").standard, rule=None) == (
        replace(SMALL.indicator("rules"), rule=None)
    )


def test_wrong_number_in_a_rule_loses_nothing(owner, draft):
    data = indicator_typed(
        owner, draft, "rules", **{"rule-points-0-points": "很多", "name": "制度建设"}
    )

    answer = owner.post(address(draft, "edit_indicator", "rules"), data)

    page = answer.content.decode()
    assert (answer.status_code, stored(draft)) == (422, SMALL)
    assert 'value="很多"' in page
    assert 'value="制度建设"' in page


def test_findings_of_a_rule_stand_on_its_page(owner):
    leaf = SMALL.indicator("spending")
    rule = replace(leaf.rule, loss_phrase="{ratio}", parameters={"numerator": "answer.none"})
    faulty = editing.with_fields(SMALL, "spending", rule=rule, standard="")
    row = load_scheme(scheme=faulty, at=AT)

    page = owner.get(address(row, "edit_indicator", "spending")).content.decode()

    for finding in findings_of(row, faulty):
        assert finding.sentence in page


def test_stale_indicator_is_found_and_the_deleted_one_told(owner, draft):
    data = indicator_typed(owner, draft, "rules", name="我的名称")
    edit_draft(
        scheme=draft,
        part=TREE,
        version=None,
        change=lambda scheme: editing.with_fields(scheme, "rules", name="别人的名称"),
    )

    stale = owner.post(address(draft, "edit_indicator", "rules"), data)
    owner.post(address(draft, "delete_indicator", "rules"))
    gone = owner.post(address(draft, "edit_indicator", "rules"), data)

    assert (stale.status_code, gone.status_code) == (409, 409)
    assert 'value="我的名称"' in stale.content.decode()
    assert "别人的名称" in stale.content.decode()
    assert "我的名称" in gone.content.decode()


def test_bench_computes_the_rule_on_the_page_and_stores_nothing(owner, draft):
    data = indicator_typed(owner, draft, "spending", **{"rule-kind": "per_step", "refit": "1"})
    url = address(draft, "edit_indicator", "spending")
    data = posted(owner.post(url, data).context["rule"]) | {"name": "支出率", "code": "spending"}
    data["rule-value-from"] = "asked"
    data["rule-value-kind"] = "percent"
    data |= {"rule-threshold-from": "number", "rule-threshold-number": "100"}
    data |= {"rule-points_each": "2", "rule-step": "5", "rule-direction": "below"}
    data |= {"try": "1", "try-value": "88"}

    bench = owner.post(url, data).context["bench"]

    assert (bench.result.points, bench.result.weight) == (Decimal(6), Decimal(10))
    assert bench.steps
    assert stored(draft) == SMALL


@pytest.mark.parametrize("code", [leaf.code for leaf in KINDS.leaves()])
def test_every_kind_has_a_bench(owner, code):
    row = load_scheme(scheme=KINDS, at=AT)
    url = address(row, "edit_indicator", code)
    context = owner.get(url).context
    data = posted(context["form"])
    data.update(posted(context["rule"]))
    data.update({"try": "1", "try-score": "80", "try-applies": "yes"})

    answer = owner.post(url, data)

    assert answer.status_code == 200
    assert answer.context["bench"].result is not None


# ---- the other parts, issuing --------------------------------------------------------------------------------


def test_grades_and_limits_are_saved(owner, draft):
    url = address(draft, "edit_grades")
    context = owner.get(url).context
    data = {"version": context["version"]}
    for formset in (context["bands"], context["caps"]):
        data |= posted(formset.management_form).dict()
        for form in formset:
            data |= posted(form).dict()
    data |= {"band-2-word": "中", "band-2-minimum": "60", "cap-0-rate": "execution"}
    data |= {"cap-0-below": "80", "cap-0-total": "89.5"}

    owner.post(url, data)

    changed = stored(draft)
    assert [(band.word, band.minimum) for band in changed.grade_bands] == [
        ("优", 90),
        ("中", 60),
        ("差", 0),
    ]
    assert [(cap.rate, cap.below, cap.total) for cap in changed.total_caps] == [
        ("execution", 80, Decimal("89.5"))
    ]


def test_same_grade_twice_is_told_at_the_form(owner, draft):
    url = address(draft, "edit_grades")
    context = owner.get(url).context
    data = {"version": context["version"]}
    for formset in (context["bands"], context["caps"]):
        data |= posted(formset.management_form).dict()
        for form in formset:
            data |= posted(form).dict()

    answer = owner.post(url, data | {"band-1-word": "优"})

    assert (answer.status_code, stored(draft)) == (422, SMALL)
    assert 'href="#id_band-1-word"' in answer.content.decode()


def test_head_and_outline_come_back_as_they_were_shown(owner, draft):
    head, outline = address(draft, "edit_head"), address(draft, "edit_outline")
    context = owner.get(head).context
    owner.post(head, posted(context["form"]) | {"version": context["version"]})
    context = owner.get(outline).context
    data = {"version": context["version"], **posted(context["sections"].management_form).dict()}
    for form in context["sections"]:
        data |= posted(form).dict()

    owner.post(outline, data)
    # What was meant without a word stands there in words now.
    assert stored(draft) == replace(SMALL, equal_goals=EqualGoals.EXACT)

    owner.post(outline, data | {"section-1-title": "经验做法", "section-1-ORDER": "0"})
    assert [section.title for section in stored(draft).outline] == ["经验做法", "基本情况"]


def test_layout_text_is_read_whole_or_refused_with_its_faults(owner, draft):
    url = address(draft, "edit_layout")
    context = owner.get(url).context
    text = context["form"].initial["text"]

    refused = owner.post(url, {"version": context["version"], "text": text + "\ncolour = 1\n"})
    owner.post(url, {"version": context["version"], "text": text.replace("按性质", "按类别")})

    assert refused.status_code == 422
    assert "colour" in refused.content.decode()
    assert stored(draft).breakdowns[0].name == "按类别"
    assert replace(stored(draft), breakdowns=SMALL.breakdowns) == SMALL


def test_draft_with_faults_is_not_issued_and_a_clean_one_is_once(owner, draft, scheme_owner):
    url = address(draft, "issue_draft")
    sure = {"seen": owner.get(url).context["hash"], "is_sure": "on"}
    edit_draft(
        scheme=draft,
        part=TREE,
        version=None,
        change=lambda scheme: editing.with_fields(scheme, "rules", weight=Decimal(29)),
    )
    changed = owner.post(url, sure)
    faulty = owner.post(url, {"seen": owner.get(url).context["hash"], "is_sure": "on"})
    edit_draft(scheme=draft, part=TREE, version=None, change=lambda _scheme: SMALL)
    unsure = owner.post(url, {"seen": sure["seen"]})

    assert (changed.status_code, faulty.status_code, unsure.status_code) == (409, 409, 422)
    assert Scheme.objects.get(pk=draft.pk).state == SchemeState.DRAFT

    owner.post(url, sure)
    row = Scheme.objects.get(pk=draft.pk)
    assert (row.state, row.issued_by, as_scoring_scheme(row)) == (
        SchemeState.ISSUED,
        scheme_owner,
        SMALL,
    )


def test_draft_is_deleted_after_a_question_and_an_issued_one_stays(owner, draft):
    url = address(draft, "discard_draft")
    asked = owner.get(url)
    issued = load_scheme(scheme=replace(SMALL, version=2), at=AT)
    issue_scheme(scheme=issued, by=None, at=AT)

    owner.post(url)
    owner.post(address(issued, "discard_draft"))

    assert asked.status_code == 200
    assert [row.version for row in Scheme.objects.filter(code="small")] == [2]


def test_issued_scheme_keeps_what_was_typed_but_not_stored(owner, draft):
    data = indicator_typed(owner, draft, "rules", name="我的名称")
    issue_scheme(scheme=draft, by=None, at=AT)

    answer = owner.post(address(draft, "edit_indicator", "rules"), data)
    opened = owner.get(address(draft))

    assert (answer.status_code, opened.status_code) == (409, 409)
    assert 'value="我的名称"' in answer.content.decode()
    assert stored(draft) == SMALL


def test_new_draft_opens_in_the_editor(owner):
    typed = {
        "name": "新体系",
        "authority": "某局",
        "year": "2027",
        "report_title": "报告",
        "code": "new",
    }

    answer = owner.post(reverse("web:new_scheme"), typed)
    again = owner.post(reverse("web:new_scheme"), typed)

    row = Scheme.objects.get(code="new")
    assert answer.url == address(row)
    assert again.status_code == 422
    assert row.name in owner.get(reverse("web:schemes")).content.decode()


def test_pages_ask_as_often_for_few_indicators_as_for_many(owner, django_assert_max_num_queries):
    scheme = read_scheme((FIXTURES / "schemes" / "guangzhou_2021.toml").read_text(encoding="utf-8"))
    counts = []
    for more in (0, 20):
        for _n in range(more):
            scheme, _code = editing.added(scheme, "fund_management", "又一项")
        row = load_scheme(scheme=replace(scheme, version=more + 2), at=AT)
        urls = [address(row, "edit_indicator", next(scheme.leaves()).code), address(row)]
        owner.get(urls[0])
        for url in urls:
            with django_assert_max_num_queries(20) as counted:
                owner.get(url)
            counts.append(len(counted))

    assert counts[:2] == counts[2:]
