"""How fast the checker is: ``python -m benchmarks.checking [--reports 1000]``.

Makes reports of known length (text, Word, PDF with ruled tables), checks them, prints pages a second,
the growth with length, and the time for a district of 10-page reports through the door of ``reading``, two processes.
"""

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import docx
from weasyprint import HTML

from perfeval.checking.services import check_text
from perfeval.reading.limited.report_files import read_report
from perfeval.reading.services import check_report

PARAGRAPHS_PER_PAGE = 5
_STYLE = (
    "@page { size: A4; margin: 37mm 26mm 35mm 28mm }"
    " p { font-size: 15.8pt; line-height: 29pt; margin: 0; text-indent: 2em }"
    " td { border: 1px solid; padding: 2pt } table { border-collapse: collapse }"
)


def paragraphs(pages: int) -> list[str]:
    """Return prose of about so many pages, its figures right and different on each."""
    found = ["某区档案馆2022年度部门整体支出绩效自评报告"]
    for number in range(pages * PARAGRAPHS_PER_PAGE):
        budget, spent = 400 + number, 380 + number
        rate = f"{spent / budget:.2%}"
        found.append(
            f"第{number + 1}项任务按年度计划推进，由业务科室会同镇街组织实施，全年预算数{budget}.00万元，"
            f"实际支出{spent}.00万元，预算执行率为{rate}，其中第一季度完成培训{number % 40 + 3}场次，"
            "参加人员反映良好，资料归档完整，资金使用符合管理办法的规定。"
        )
    return found


def rows(count: int) -> list[list[str]]:
    """Return a score sheet of so many rows whose sums hold."""
    body = [[f"指标{n}", "按时完成", "已完成", "2", "2", "无"] for n in range(count)]
    total = str(2 * count)
    return [
        ["三级指标", "年度指标值", "实际完成值", "分值", "得分", "扣分原因"],
        *body,
        ["总分", "", "", total, total, ""],
    ]


def as_text(pages: int) -> bytes:
    """Return the report as a text file."""
    return "\n".join(paragraphs(pages)).encode()


def as_word(pages: int) -> bytes:
    """Return the report as Word with a score sheet."""
    document = docx.Document()
    for paragraph in paragraphs(pages):
        document.add_paragraph(paragraph)
    sheet = rows(20)
    table = document.add_table(rows=0, cols=6)
    for row in sheet:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_pdf(pages: int) -> bytes:
    """Return the report as PDF with a ruled score sheet."""
    prose = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs(pages - 1))
    sheet = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows(20)
    )
    return HTML(string=f"<style>{_STYLE}</style>{prose}<table>{sheet}</table>").write_pdf()


def pages_of(data: bytes) -> int:
    """Return how many pages a PDF has."""
    return read_report("a.pdf", data).count("\f")


def check(name: str, data: bytes) -> int:
    """Check one file and return how many findings it has."""
    return len(check_text(read_report(name, data)).findings)


def seconds(run: Callable[[], object], times: int = 3) -> float:
    """Return the median time of a run."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _check_pdf(data: bytes) -> int:
    """Check one PDF as the server does."""
    return len(check_report("a.pdf", data)[1].findings)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1000, help="10-page reports of the district")
    wanted = parser.parse_args().reports
    out = sys.stdout.write
    for name, make in (("a.txt", as_text), ("a.docx", as_word), ("a.pdf", as_pdf)):
        for pages in (25, 50, 100, 200):
            data = make(pages)
            real = pages_of(data) if name == "a.pdf" else pages
            taken = seconds(lambda name=name, data=data: check(name, data))
            out(
                f"{name[2:]:5} {real:4} pages  {taken:6.2f} s  {real / taken:6.0f} pages/s  {taken / real * 1000:5.1f} ms a page\n"
            )
    ten = as_pdf(10)
    began = time.perf_counter()
    with ThreadPoolExecutor(4) as threads:
        findings = sum(threads.map(_check_pdf, [ten] * wanted))
    taken = time.perf_counter() - began
    out(
        f"{wanted} reports of {pages_of(ten)} pages on 2 processes: {taken:.1f} s, {findings} findings\n"
    )


if __name__ == "__main__":
    main()
