"""Importing a sheet in the browser: preview, confirm, editor; nothing stored before, nothing lost."""

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from perfeval.schemes.models import Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme.reading import read_scheme
from perfeval.scoring.scheme.writing import write_scheme
from perfeval.web.schemes.importing_forms import MOST_TOKEN
from tests.conftest import FIXTURES
from tests.sheets.books import HEAD, put, saved, usual, workbook

pytestmark = pytest.mark.django_db

URL = "/schemes/import/"
FILE = FIXTURES / "schemes" / "zengcheng_2022.toml"
NAMED = {
    "name": "2023年度指标体系",
    "code": "city_2023",
    "version": "1",
    "year": "2023",
    "authority": "某市财政局",
    "source": "财绩〔2023〕1号",
}


def upload(client, data: bytes, name: str = "指标体系.xlsx", **more):
    """Send a file and return the answer."""
    return client.post(URL, {"file": SimpleUploadedFile(name, data), **more})


def carried(page) -> dict[str, str]:
    """Return what the form of a preview carries: its token and every choice that is made."""
    text = page.content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', text))
    fields.pop("csrfmiddlewaretoken", None)
    for tag in re.findall(r"<input[^>]*type=\"radio\"[^>]*checked[^>]*>", text):
        fields[re.search(r'name="([^"]+)"', tag)[1]] = re.search(r'value="([^"]+)"', tag)[1]
    for select in re.findall(
        r"<select[^>]*name=\"(column-\d+|sheet)\".*?</select>", text, re.DOTALL
    ):
        chosen = re.search(
            rf'<select[^>]*name="{select}".*?<option(?: value="([^"]*)")? selected>([^<]*)',
            text,
            re.DOTALL,
        )
        fields[select] = chosen[1] or chosen[2]
    return fields


@pytest.fixture
def owner(client_of, scheme_owner):
    return client_of(scheme_owner)


def test_sheet_is_shown_row_by_row_and_stored_only_when_confirmed(owner, django_assert_num_queries):
    before = Scheme.objects.count()

    preview = upload(owner, usual())

    assert preview.status_code == 200
    page = preview.content.decode()
    for text in (
        "C4",
        "预算支出率",
        "每宗扣2分",
        "得分=支出率×分值",
        "2023年度部门整体支出绩效评价指标体系",
    ):
        assert text in page
    assert Scheme.objects.count() == before

    fields = carried(preview) | NAMED
    unsure = {"rule-i1_1_1": "take", "rule-i1_1_2": "take"}
    refused = owner.post(URL, fields | {"step": "confirm"})
    assert refused.status_code == 422
    assert [
        f'href="#row-{code.removeprefix("rule-")}"' in refused.content.decode() for code in unsure
    ] == [True] * 2
    assert 'value="city_2023"' in refused.content.decode()
    assert Scheme.objects.count() == before

    answer = owner.post(URL, carried(refused) | NAMED | unsure | {"step": "confirm"})

    row = Scheme.objects.get(code="city_2023")
    assert (answer.status_code, answer.url) == (302, reverse("web:edit_scheme", args=[row.pk]))
    assert row.state == SchemeState.DRAFT
    draft = as_scoring_scheme(row)
    assert [(leaf.name, leaf.weight, leaf.rule.kind) for leaf in draft.leaves()] == [
        ("预算支出率", 10, "rate"),
        ("目标完成率", 40, "per_point"),
        ("采购合规性", 20, "per_defect"),
        ("资产盘点", 30, "yes_no"),
    ]
    assert draft.authority == "某市财政局"


def test_guess_that_is_not_taken_is_scored_by_hand(owner):
    preview = upload(owner, usual())
    choices = {"rule-i1_1_1": "by_hand", "rule-i1_1_2": "take", "rule-i2_1_1": "by_hand"}

    owner.post(URL, carried(preview) | NAMED | choices | {"step": "confirm"})

    draft = as_scoring_scheme(Scheme.objects.get(code="city_2023"))
    assert [leaf.rule.kind for leaf in draft.leaves()] == [
        "manual",
        "per_point",
        "manual",
        "yes_no",
    ]


def test_sheet_with_faults_is_told_by_its_cells_and_can_still_be_imported(owner):
    preview = upload(owner, usual(D4="十分", D10=51, A8="管理效率（60分）"))

    page = preview.content.decode()
    for cell in ("D4: ", "D10: ", "A8: "):
        assert cell in page
    choices = {"rule-i1_1_1": "take", "rule-i1_1_2": "take"}
    owner.post(URL, carried(preview) | NAMED | choices | {"step": "confirm"})
    draft = as_scoring_scheme(Scheme.objects.get(code="city_2023"))
    assert [node.weight for node in draft.walk()][:3] == [40, 40, 0]
    assert draft.indicator("i2").weight == Decimal(60)


def test_person_reads_a_column_otherwise_and_follows_last_year(owner, zengcheng_scheme):
    rows = [(*HEAD[:5], "口径"), ("产出", "数量", "场次", 100, "按比例得分。", "酌情扣分。")]
    preview = upload(owner, workbook(rows))
    fields = carried(preview)
    assert fields["column-6"] == "note"

    again = owner.post(
        URL,
        fields
        | {
            "step": "read",
            "column-5": "ignored",
            "column-6": "standard",
            "base": "zengcheng_2022/1",
        },
    )

    assert again.status_code == 200
    assert "selected>zengcheng" not in again.content.decode()
    assert f'value="zengcheng_2022/1" selected>{zengcheng_scheme.name}' in again.content.decode()
    assert carried(again)["column-6"] == "standard"
    owner.post(URL, carried(again) | NAMED | {"step": "confirm", "base": "zengcheng_2022/1"})
    draft = as_scoring_scheme(Scheme.objects.get(code="city_2023"))
    assert next(draft.leaves()).standard == "酌情扣分。"
    assert "service_income" in [line.code for line in draft.figure_lines]


@pytest.mark.parametrize("form", ["toml", "excel"])
def test_scheme_that_was_downloaded_comes_back_as_a_draft_without_a_difference(
    owner, client_of, outsider, zengcheng_scheme, form
):
    download = client_of(outsider).get(reverse(f"web:scheme_{form}", args=["zengcheng_2022", 1]))
    name = "x.toml" if form == "toml" else "x.xlsx"

    preview = upload(owner, download.content, name)
    head = {field: preview.context["head"].initial[field] for field in NAMED}
    assert head["version"] == 2
    assert "notice-success" in preview.content.decode()
    owner.post(
        URL,
        carried(preview) | {key: f"{value}" for key, value in head.items()} | {"step": "confirm"},
    )

    draft = as_scoring_scheme(Scheme.objects.get(code="zengcheng_2022", version=2))
    original = read_scheme(FILE.read_text(encoding="utf-8"))
    assert write_scheme(draft) == write_scheme(original).replace("version = 1", "version = 2")


def test_downloads_are_named_after_the_scheme_and_drafts_are_their_owners(
    client_of, outsider, scheme_owner, zengcheng_scheme
):
    url = reverse("web:scheme_excel", args=["zengcheng_2022", 1])
    answer = client_of(outsider).get(url)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[:2] == ["指标体系", "基本信息"]
    assert "filename*=utf-8''2022" in answer["Content-Disposition"]
    assert (
        url
        in client_of(outsider)
        .get(reverse("web:scheme", args=["zengcheng_2022", 1]))
        .content.decode()
    )

    Scheme.objects.filter(pk=zengcheng_scheme.pk).update(
        state=SchemeState.DRAFT, issued_at=None, content_hash=""
    )
    assert client_of(outsider).get(url).status_code == 404
    assert client_of(scheme_owner).get(url).status_code == 200


def test_code_and_version_that_are_taken_are_told_and_nothing_is_lost(owner, zengcheng_scheme):
    preview = upload(owner, usual())
    choices = {
        "rule-i1_1_1": "by_hand",
        "rule-i1_1_2": "take",
        "code": "zengcheng_2022",
        "step": "confirm",
    }

    refused = owner.post(URL, carried(preview) | NAMED | choices)

    assert refused.status_code == 422
    assert 'href="#id_version"' in refused.content.decode()
    assert carried(refused)["rule-i1_1_1"] == "by_hand"
    assert carried(refused)["token"] == carried(preview)["token"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "x.xlsx"),
        (b"%PDF-1.7", "x.xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 512, "x.xls"),
        (b"\xff\xfe\x00", "x.toml"),
        (b"code = 1", "x.toml"),
        (workbook([("只有", "文字")]), "x.xlsx"),
    ],
)
def test_file_that_cannot_be_taken_has_its_reason(owner, data, name):
    answer = upload(owner, data, name)

    assert answer.status_code == 422
    assert (
        'field-error" id="id_file_error"><p>' in answer.content.decode()
        or "notice-error" in answer.content.decode()
    )


def test_sheet_that_is_too_long_for_a_form_is_refused(owner, monkeypatch):
    monkeypatch.setattr("perfeval.web.schemes.importing_forms.MOST_TOKEN", 100)

    assert upload(owner, usual()).status_code == 422
    assert MOST_TOKEN > 1_000_000


def test_preview_that_is_not_ours_or_too_old_asks_for_the_file_again(owner):
    answer = owner.post(URL, {"token": "forged", "step": "confirm"} | NAMED)

    assert answer.status_code == 422
    assert "notice-warning" in answer.content.decode()


def test_preview_of_many_rows_asks_the_database_as_often_as_of_few(
    owner, django_assert_num_queries
):
    few = workbook([HEAD, ("产出", "数量", "场次", 100, "按比例得分。", None)])
    many = workbook(
        [HEAD, *(("产出", "数量", f"场次{n}", 1, "每个问题扣1分。", None) for n in range(100))]
    )
    upload(owner, few)
    with django_assert_num_queries(10) as queries:
        upload(owner, few)

    with django_assert_num_queries(len(queries)):
        assert upload(owner, many).status_code == 200


def test_workbook_of_ours_whose_rules_are_damaged_is_refused_by_its_cells(
    owner, client_of, outsider
):
    data = client_of(outsider).get(reverse("web:scheme_excel", args=["zengcheng_2022", 1])).content
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["等级"]["B2"] = "九十"

    answer = upload(owner, saved(book))

    assert answer.status_code == 422
    assert "等级!B2" in answer.content.decode()


def test_columns_of_an_unknown_header_are_named_by_hand(owner):
    rows = [
        ("板块", None, "配比", "把握尺度"),
        ("大", "小", None, None),
        ("机关运转", "会议组织", 40, "每缺席1次扣2分，扣完为止。"),
        ("服务群众", "来信办理", 60, "每逾期1件扣2分，扣完为止。"),
    ]
    shown = upload(owner, workbook(rows, ["A1:B1", "C1:C2", "D1:D2"]))

    assert shown.status_code == 200
    assert 'id="columns" open' in shown.content.decode()
    empty = owner.post(URL, carried(shown) | NAMED | {"step": "confirm"})
    assert (empty.status_code, 'href="#columns"' in empty.content.decode()) == (422, True)
    roles = ("level_1", "level_2", "weight", "standard")
    columns = {f"column-{n}": role for n, role in enumerate(roles, 1)}
    read = owner.post(URL, carried(shown) | columns | {"step": "read"})
    owner.post(URL, carried(read) | NAMED | {"step": "confirm"})

    draft = as_scoring_scheme(Scheme.objects.get(code="city_2023"))
    assert [(node.level, node.name, node.weight) for node in draft.walk()] == [
        (1, "机关运转", 40),
        (2, "会议组织", 40),
        (1, "服务群众", 60),
        (2, "来信办理", 60),
    ]


def test_parts_on_several_sheets_make_one_scheme_or_one_is_chosen(owner):
    book = openpyxl.Workbook()
    book.active.title = "共性"
    put(book.active, [HEAD[:5], ("管理", "采购", "合规", 40, "每宗扣1分，扣完为止。")])
    standard = "每少1项扣1分，扣完为止。"
    put(book.create_sheet("个性"), [HEAD[:5], ("履职", "整体", "完成", 60, standard)])

    shown = upload(owner, saved(book))
    owner.post(URL, carried(shown) | NAMED | {"step": "confirm"})
    alone = owner.post(URL, carried(shown) | {"sheet": "个性", "step": "read"}).content.decode()

    draft = as_scoring_scheme(Scheme.objects.get(code="city_2023"))
    assert [(leaf.name, leaf.weight) for leaf in draft.leaves()] == [("合规", 40), ("完成", 60)]
    assert ("个性!C2" in shown.content.decode(), "合规" in alone, ">C2<" in alone) == (
        True,
        False,
        True,
    )


def test_fourth_level_joins_the_third_in_the_draft_and_is_told(owner):
    rows = [
        ("一级指标", "二级指标", "三级指标", "四级指标", "权重", "评分标准"),
        ("过程", "预算", "编制", "完整性", 40, "完整得40分，否则不得分。"),
        ("过程", "预算", "编制", "及时性", 60, "每逾期1天扣1分，扣完为止。"),
    ]
    shown = upload(owner, workbook(rows))
    owner.post(URL, carried(shown) | NAMED | {"step": "confirm"})

    draft = as_scoring_scheme(Scheme.objects.get(code="city_2023"))
    assert [(leaf.level, leaf.name, leaf.weight) for leaf in draft.leaves()] == [
        (3, "编制—完整性", 40),
        (3, "编制—及时性", 60),
    ]
    assert "C2: " in shown.content.decode()
