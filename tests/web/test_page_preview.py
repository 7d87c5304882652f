"""The picture of the page beside the form."""

import xml.etree.ElementTree as ET
from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


def test_part_shows_the_page_it_is_printed_on(client_of, preparer, zengcheng_report):
    client = client_of(preparer)
    form = client.get(reverse("web:section", args=[zengcheng_report.pk, "problems"]))
    address = reverse("web:page_preview", args=[zengcheng_report.pk])
    assert f"{address}?part=narrative%3Aproblems&amp;revision=" in form.text

    upright = client.get(address, {"part": "narrative:problems"})
    group = next(iter(zengcheng_report.scheme.indicators.filter(is_scored_group=True))).code
    landscape = client.get(address, {"part": f"answers:{group}"})

    sizes = [Image.open(BytesIO(one.content)).size for one in (upright, landscape)]
    assert [one["Content-Type"] for one in (upright, landscape)] == ["image/png"] * 2
    assert [width > height for width, height in sizes] == [False, True]


def test_page_that_cannot_be_set_says_so_in_the_picture(client_of, preparer, zengcheng_report):
    zengcheng_report.narratives.filter(section="problems").update(text="长" * 200_001)
    address = reverse("web:page_preview", args=[zengcheng_report.pk])

    refused = client_of(preparer).get(
        address, {"part": "narrative:problems"}, headers={"accept-language": "en"}
    )

    assert (refused.status_code, refused["Content-Type"]) == (409, "image/svg+xml")
    told = [text.text for text in ET.fromstring(refused.content).iter(SVG + "text")]
    assert told == [
        "This page can’t be shown just now.",
        "What you saved is safe. If it stays so, tell your administrator.",
    ]
