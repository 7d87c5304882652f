"""The claims, the title and the dates of the file, the same in both places where readers look.

PDF/UA's identification is no part of the schemas that PDF/A knows, so it is described in the file itself.
Source: ISO 19005-3, 6.6.2 and 6.6.4; ISO 14289-1, 5.
"""

from typing import Any
from xml.sax.saxutils import escape

import pydyf

from perfeval.typesetting.finishing.objects import add, is_reference, resolve

CREATOR_TOOL = "perfeval"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{created}</xmp:CreateDate>
<xmp:ModifyDate>{created}</xmp:ModifyDate>
<xmp:MetadataDate>{created}</xmp:MetadataDate>
<xmp:CreatorTool>{tool}</xmp:CreatorTool>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def write(document: Any, pdf: Any) -> None:
    """Write the metadata of ``document`` into ``pdf``: XMP, information dictionary, catalog."""
    known = document.metadata
    producer = pdf.info["Producer"].string
    text = _XMP.format(
        title=escape(known.title or ""),
        author=escape(", ".join(known.authors)),
        subject=escape(known.description or ""),
        language=escape(known.lang or ""),
        created=escape(known.created),
        tool=CREATOR_TOOL,
        producer=escape(producer),
    )
    pdf.info["Creator"] = pydyf.String(CREATOR_TOOL)
    # Not compressed, so that an archive finds it without reading PDF.
    stream = pydyf.Stream(
        [text.encode()], pydyf.Dictionary({"Type": "/Metadata", "Subtype": "/XML"})
    )
    present = pdf.catalog.get("Metadata")
    if is_reference(present):
        found = resolve(pdf, present)
        found.stream, found.extra, found.compress = stream.stream, stream.extra, False
    else:
        pdf.catalog["Metadata"] = add(pdf, stream).reference
    # Suspects is false where it is not said; poppler complains of a false that is.
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
