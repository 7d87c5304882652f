"""The page: what is sent is checked, marked, listed, downloaded, and forgotten."""

import io
import zipfile

import openpyxl
import pdfplumber
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from perfeval.checking.services import check_text
from perfeval.office.finding_list import FileFindings
from perfeval.reports.models import Report
from perfeval.web.checking.downloads import _up_to
from perfeval.web.checking.files import Checked
from perfeval.web.checking.page import rows_of

pytestmark = pytest.mark.django_db

WRONG = "某局绩效自评报告\n全年预算数420万元，实际支出399万元，预算执行率为96%。\n"
RIGHT = "某局绩效自评报告\n全年预算数420万元，实际支出399万元，预算执行率为95%。\n"
ADDRESS = "/check/"


@pytest.fixture
def client(client_of, outsider):
    return client_of(outsider)


def upload(name: str, data: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode())


def zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def body(response) -> str:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return data.decode()


def token_in(page: str) -> str:
    return page.split('name="token" value="')[1].split('"', maxsplit=1)[0]


def test_pasted_text_is_marked_and_listed(client):
    response = client.post(ADDRESS, {"text": WRONG})

    page = body(response)
    assert response.status_code == 200
    assert 'id="mark-1"' in page
    assert 'href="#finding-1"' in page
    assert "399万元 ÷ 420万元 = 95%" in page
    assert response.context["rows"][0].code == "rate-wrong"
    assert [piece.text for piece in response.context["lines"][1].pieces] == [
        "全年预算数420万元，实际支出399万元，预算执行率为",
        "96%",
        "。",
    ]


def test_right_report_says_that_nothing_was_found(client):
    response = client.post(ADDRESS, {"reports": upload("right.txt", RIGHT)})

    assert response.context["rows"] == []
    assert 'class="notice notice-success"' in body(response)


def test_english_reader_gets_english_findings(client):
    client.post(reverse("web:set_language"), {"language": "en"})

    assert "The rate does not follow" in body(client.post(ADDRESS, {"text": WRONG}))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": "   "},
        {"reports": upload("empty.txt", "")},
        {"reports": upload("scan.pdf", b"%PDF-1.7\n")},
        {"reports": upload("old.doc", b"\xd0\xcf\x11\xe0")},
        {"reports": upload("table.xlsx", b"PK\x03\x04")},
        {"reports": upload("broken.zip", b"PK\x03\x04broken")},
        {"reports": upload("nothing.zip", zip_of({"picture.png": b"1"}))},
        {"text": WRONG, "scheme": "none:1"},
    ],
)
def test_what_cannot_be_checked_is_refused_at_the_field(client, data):
    response = client.post(ADDRESS, data)

    assert response.status_code == 422
    assert 'class="field-error"' in body(response)


def test_file_above_the_limit_is_refused(client, settings):
    settings.EVIDENCE_MAX_BYTES = 50

    assert client.post(ADDRESS, {"reports": upload("long.txt", WRONG)}).status_code == 422


def test_zip_gives_an_overview_with_what_could_not_be_read(client):
    data = zip_of(
        {
            "甲/right.txt": RIGHT.encode(),
            "甲/wrong.txt": WRONG.encode(),
            "乙/scan.pdf": b"%PDF-1.7\n",
            "__MACOSX/._wrong.txt": b"",
            "乙/旧.doc": b"\xd0\xcf\x11\xe0" + bytes(100),
            "notes.bin": b"1",
        }
    )

    response = client.post(ADDRESS, {"reports": upload("all.zip", data)})

    page = body(response)
    assert response.streaming
    assert page.count('<th scope="row">') == 4
    assert ".doc、.wps、.et" in page
    assert page.index("乙/scan.pdf") < page.index("甲/right.txt") < page.index("甲/wrong.txt")
    assert "<!--" not in page
    assert 'name="token"' in page


def test_several_files_give_an_overview(client):
    files = [upload("a.txt", RIGHT), upload("b.txt", WRONG)]

    assert body(client.post(ADDRESS, {"reports": files})).count('<th scope="row">') == 2


def test_zip_names_of_windows_are_read(client):
    name = "报告.txt".encode("gb18030").decode("cp437")
    data = bytearray(
        zip_of({"x" * len(name.encode("cp437")): RIGHT.encode(), "b.txt": RIGHT.encode()})
    )
    plain = ("x" * len(name.encode("cp437"))).encode()
    data = bytes(data).replace(plain, "报告.txt".encode("gb18030"))

    assert "报告.txt" in body(client.post(ADDRESS, {"reports": upload("all.zip", data)}))


def test_excel_has_the_findings_of_all_files(client):
    files = [upload("a.txt", RIGHT), upload("=b.txt", WRONG)]
    token = token_in(body(client.post(ADDRESS, {"reports": files})))

    response = client.post("/check/findings.xlsx", {"token": token})

    book = openpyxl.load_workbook(io.BytesIO(response.content))
    overview, findings = book.worksheets
    assert [[cell.value for cell in row] for row in overview.iter_rows(min_row=2)] == [
        ["a.txt", 3, 0, None],
        ["=b.txt", 3, 1, None],
    ]
    row = [cell.value for cell in findings[2]]
    assert row[:2] == ["=b.txt", 2]
    assert row[3:] == [
        "rate-wrong",
        "比率与金额不符：文中为96%，399万元 ÷ 420万元 = 95%。",
        "96%",
        "95%",
        "实际支出399万元，预算执行率为96%。",
    ]
    assert findings["A2"].data_type == "s"


@pytest.mark.parametrize("ending", ["xlsx", "pdf"])
@pytest.mark.parametrize("token", ["", "x", "x:y:z"])
def test_forged_download_is_refused(client, token, ending):
    assert client.post(f"/check/findings.{ending}", {"token": token}).status_code == 422


def test_pdf_of_a_batch_has_the_overview_and_the_findings(client):
    files = [upload("a.txt", RIGHT), upload("<b>.txt", WRONG), upload("c.pdf", b"%PDF-1.7\n")]
    token = token_in(body(client.post(ADDRESS, {"reports": files})))

    response = client.post("/check/findings.pdf", {"token": token})

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; ")
    with pdfplumber.open(io.BytesIO(response.content)) as pdf:
        words = "".join(page.extract_text() for page in pdf.pages).replace("\n", "")
    for expected in ("报告核对结果", "文件3", "a.txt", "<b>.txt", "399万元÷420万", "c.pdf"):
        assert expected in words.replace(" ", "")


def test_pdf_that_cannot_be_made_is_said(client, monkeypatch, tmp_path):
    token = token_in(body(client.post(ADDRESS, {"text": WRONG})))
    monkeypatch.setenv("PERFEVAL_FONT_DIR", str(tmp_path / "none"))

    response = client.post("/check/findings.pdf", {"token": token})

    assert response.status_code == 503
    assert 'class="notice notice-error"' in body(response)


def test_list_in_the_pdf_ends_and_says_so():
    row = rows_of(Checked("a.txt", WRONG, check_text(WRONG)))[0]
    files = [FileFindings("a.txt", 3, "", (row,) * 4), FileFindings("b.txt", 3, "", (row,) * 4)]

    listed = list(_up_to(files, 6))

    assert [(file.name, len(file.rows)) for file in listed] == [("a.txt", 4), ("b.txt", 2)]


def test_streamed_overview_asks_no_database_and_holds_no_connection(client):
    """The frame is rendered before; a connection would be held for as long as the batch takes."""
    files = [upload("a.txt", RIGHT), upload("b.txt", WRONG)]
    response = client.post(ADDRESS, {"reports": files})

    def refuse(*_):
        pytest.fail("the streamed part asked the database")

    with connection.execute_wrapper(refuse):
        page = body(response)

    assert page.count('<th scope="row">') == 2
    assert len(token_in(page)) > 100


def test_hostile_text_is_escaped(client):
    page = body(
        client.post(ADDRESS, {"text": WRONG + "<script>alert(1)</script>绩效{{ 7 }}XX万元"})
    )

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_nothing_is_kept(client, settings, tmp_path):
    client.post(ADDRESS, {"reports": upload("wrong.txt", WRONG)})

    assert Report.objects.count() == 0
    assert not settings.MEDIA_ROOT.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_overview_asks_the_database_no_more_for_more_files(
    client, rows, django_assert_max_num_queries
):
    files = [upload(f"{number}.txt", WRONG) for number in range(rows + 1)]
    with CaptureQueriesContext(connection) as queries:
        client.post(ADDRESS, {"text": WRONG})

    with django_assert_max_num_queries(len(queries)):
        body(client.post(ADDRESS, {"reports": files}))


def test_long_text_gets_a_message_and_not_a_bare_refusal(client):
    """A report of two million characters is longer than the form that Django takes by default."""
    response = client.post(ADDRESS, {"text": " " * 3_000_000})

    assert response.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_streaming_gives_its_connection_back_before_it_begins(client):
    response = client.post(ADDRESS, {"reports": [upload("a.txt", RIGHT), upload("b.txt", WRONG)]})

    pieces = iter(response.streaming_content)
    next(pieces)

    assert connection.connection is None
    assert b"</html>" in b"".join(pieces)
