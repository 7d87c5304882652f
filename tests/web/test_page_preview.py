"""The picture of the page beside the form."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

pytestmark = pytest.mark.django_db


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
