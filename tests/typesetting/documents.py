"""Builds documents without a database: the two demonstration reports, and small ones."""

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pdfplumber
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from perfeval.documents.archive import attachments
from perfeval.documents.building import build
from perfeval.documents.document import Heading, Paragraph, ReportDocument, ScoreSheet, TableColumn
from perfeval.fonts import choice as fonts
from perfeval.scoring.canonical import content_hash
from perfeval.scoring.engine import score
from perfeval.scoring.scheme import phrases
from perfeval.scoring.scheme.reading import read_figures, read_scheme
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.snapshot import Snapshot, snapshot_text
from perfeval.typesetting import pages, pdf, worker

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
AT = datetime(2023, 4, 6, 9, 30, tzinfo=UTC)
HANZI = "部门整体支出绩效自评考核履职效能与管理效率两大方面其中履职效能重点考核绩效指标完成情况"
NAMES = {
    "zengcheng_2022": ("zengcheng-kexie", "广州市增城区科学技术协会", "区科协"),
    "guangzhou_2021": ("guangzhou-kexie", "广州市科学技术协会", "市科协"),
}


def demo_snapshot(code: str, *, is_empty: bool = False) -> tuple[Snapshot, Scheme]:
    """Return the snapshot of a demonstration report, or of one just started."""
    scheme = read_scheme((FIXTURES / "schemes" / f"{code}.toml").read_text(encoding="utf-8"))
    figures = (
        "" if is_empty else (FIXTURES / "demo" / f"{code}.figures.toml").read_text(encoding="utf-8")
    )
    narratives = (FIXTURES / "demo" / f"{code}.narratives.toml").read_text(encoding="utf-8")
    read = read_figures(figures, scheme)
    department_code, name, short_name = NAMES[code]
    title = phrases.fill(scheme.report_title, {"year": str(scheme.year), "department": name})
    snapshot = Snapshot(
        scheme_code=scheme.code,
        scheme_version=scheme.version,
        scheme_hash="",
        department_code=department_code,
        department_name=name,
        department_short_name=short_name,
        year=scheme.year,
        title=title,
        revision=1,
        figures=read,
        narratives={} if is_empty else tomllib.loads(narratives),
        result=score(scheme, read),
    )
    return snapshot, scheme


@dataclass(frozen=True)
class Made:
    """A document, its file and the file opened."""

    document: ReportDocument
    file: pdf.RenderedPdf
    pages: list


def make(document: ReportDocument) -> Made:
    """Return the document with its PDF."""
    file = pdf.render(document, created_at=AT)
    return Made(document, file, pdfplumber.open(BytesIO(file.data)).pages)


def small_document(*texts: str, **changes: object) -> ReportDocument:
    """Return a document of one section with these paragraphs and an empty score sheet."""
    headings = ("一级指标", "二级指标", "三级指标", "评分标准", "分值", "得分", "扣分原因")
    sheet = ScoreSheet(
        mark="附",
        title="评分表",
        title_lines=("评分表",),
        columns=tuple(
            TableColumn(heading, width)
            for heading, width in zip(headings, (7, 8, 14, 40, 5, 7, 19), strict=True)
        ),
        rows=(),
        total_label="合计",
        grade_label="等级",
        total_weight="100",
        total_points="100",
        grade="优",
    )
    document = ReportDocument(
        title="自评报告",
        title_lines=("自评报告",),
        annex_mark="附件1",
        blocks=(Heading(1, "一、", "基本情况"), *(Paragraph(text) for text in texts)),
        score_sheet=sheet,
        subject="试验",
        author="试验部门",
    )
    return replace(document, **changes)


def make_official(code: str) -> bytes:
    """Return the published PDF of a demonstration report, as it comes before any signature."""
    snapshot, scheme = demo_snapshot(code)
    return official(replace(snapshot, scheme_hash=content_hash(scheme)), scheme)


def official(snapshot: Snapshot, scheme: Scheme) -> bytes:
    """Return what ``rendering.services.official_pdf`` sets, without the database that it keeps files in."""
    attached = attachments(snapshot_text(snapshot), snapshot, scheme, at=AT)
    return pdf.render(build(snapshot, scheme), created_at=AT, attached=attached).data


def make_certificate(folder: Path, *, name: str = "试验签名", ends: datetime | None = None) -> Path:
    """Write a self-signed certificate with its key (passphrase ``demo``) and return its PKCS#12 file.

    Beside it stands the certificate alone, with the ending .pem.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = {"digital_signature": True, "content_commitment": True}
    unused = (
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends or datetime(2060, 1, 1, tzinfo=UTC))
        .add_extension(x509.KeyUsage(**usage, **dict.fromkeys(unused, False)), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "signer.p12"
    protected = serialization.BestAvailableEncryption(b"demo")
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"s", key, certificate, None, protected))
    file.with_suffix(".pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return file


def order(document: ReportDocument) -> worker.Order:
    """Return the order for the whole document, to be laid out in this process or in another."""
    return worker.Order(document, fonts.activate(), AT, {}, pages.Part(), (), is_archival=True)
