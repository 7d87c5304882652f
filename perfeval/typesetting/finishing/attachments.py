"""Files inside the PDF: the data behind its pages, tied to the document as ISO 19005-3, 6.8 asks."""

import hashlib
from collections.abc import Sequence
from datetime import UTC
from typing import Any

import pydyf

from perfeval.documents.attachments import Attachment
from perfeval.typesetting.finishing.objects import add


def embed(pdf: Any, attached: Sequence[Attachment]) -> None:
    """Add the files to ``pdf``; nothing where there are none."""
    if not attached:
        return
    names, related = pydyf.Array(), pydyf.Array()
    for one in sorted(attached, key=lambda one: one.name):
        specification = _specification(pdf, one)
        names.extend([pydyf.String(one.name), specification.reference])
        related.append(specification.reference)
    tree = add(pdf, pydyf.Dictionary({"Names": names}))
    pdf.catalog.setdefault("Names", pydyf.Dictionary())["EmbeddedFiles"] = tree.reference
    pdf.catalog["AF"] = related


def _specification(pdf: Any, one: Attachment) -> Any:
    stamp = pydyf.String(one.at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ"))
    checksum = hashlib.md5(one.content, usedforsecurity=False).hexdigest()
    parameters = pydyf.Dictionary(
        {
            "Size": len(one.content),
            "CreationDate": stamp,
            "ModDate": stamp,
            "CheckSum": f"<{checksum}>",
        }
    )
    extra = pydyf.Dictionary(
        {
            "Type": "/EmbeddedFile",
            "Subtype": "/" + one.media_type.replace("/", "#2F"),
            "Params": parameters,
        }
    )
    file = add(pdf, pydyf.Stream([one.content], extra, compress=True))
    return add(
        pdf,
        pydyf.Dictionary(
            {
                "Type": "/Filespec",
                "F": pydyf.String(one.name),
                "UF": pydyf.String(one.name),
                "EF": pydyf.Dictionary({"F": file.reference, "UF": file.reference}),
                "Desc": pydyf.String(one.description),
                "AFRelationship": f"/{one.relationship}",
            }
        ),
    )
