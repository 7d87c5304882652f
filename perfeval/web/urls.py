"""Addresses of the pages: one module per job, each listing its own."""

from django.urls import include, path
from django.views.i18n import set_language

from perfeval.web.access import ANYONE, requires
from perfeval.web.schemes.editor.issuing import new as new_draft

app_name = "web"

urlpatterns = [
    path("language/", requires(ANYONE)(set_language), name="set_language"),
    path("", include("perfeval.web.home")),
    path("", include("perfeval.web.sign_in")),
    path("schemes/new/", new_draft, name="new_scheme"),
    path("schemes/<int:scheme_id>/edit/", include("perfeval.web.schemes.editor.urls")),
    path("schemes/", include("perfeval.web.schemes.importing")),
    path("schemes/", include("perfeval.web.schemes.downloads")),
    path("schemes/", include("perfeval.web.schemes.reading")),
    path("schemes/", include("perfeval.web.schemes.versions")),
    path("corrections/", include("perfeval.web.correcting.pages")),
    path("check/", include("perfeval.web.checking.upload")),
    path("verify/", include("perfeval.web.checking.verifying")),
    path("reports/<int:report_id>/", include("perfeval.web.filling.urls")),
    path("own-indicators/", include("perfeval.web.reviewing.own_part")),
    path("reports/<int:report_id>/review/", include("perfeval.web.reviewing.report")),
    path("reports/<int:report_id>/publication/", include("perfeval.web.publishing.official")),
    path("reports/<int:report_id>/publication/", include("perfeval.web.publishing.downloads")),
    path("reports/<int:report_id>/publication/", include("perfeval.web.publishing.releasing")),
    path("public/", include("perfeval.web.publishing.public")),
    path("bundles/", include("perfeval.web.publishing.bundles")),
]
