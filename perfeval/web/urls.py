"""Addresses of the pages: one module per job, each listing its own."""

from django.urls import include, path
from django.views.i18n import set_language

from perfeval.web.access import ANYONE, requires
from perfeval.web.scheme_editor.issuing import new as new_draft

app_name = "web"

urlpatterns = [
    path("language/", requires(ANYONE)(set_language), name="set_language"),
    path("", include("perfeval.web.home")),
    path("", include("perfeval.web.sign_in")),
    path("schemes/new/", new_draft, name="new_scheme"),
    path("schemes/<int:scheme_id>/edit/", include("perfeval.web.scheme_editor.urls")),
    path("schemes/", include("perfeval.web.scheme_import")),
    path("schemes/", include("perfeval.web.scheme_files")),
    path("schemes/", include("perfeval.web.schemes")),
    path("schemes/", include("perfeval.web.versions")),
    path("corrections/", include("perfeval.web.corrections")),
    path("check/", include("perfeval.web.checking")),
    path("verify/", include("perfeval.web.verifying")),
    path("reports/<int:report_id>/", include("perfeval.web.filling.urls")),
    path("own-indicators/", include("perfeval.web.own_reviewing")),
    path("reports/<int:report_id>/review/", include("perfeval.web.reviewing")),
    path("reports/<int:report_id>/publication/", include("perfeval.web.publishing")),
    path("reports/<int:report_id>/publication/", include("perfeval.web.downloads")),
    path("reports/<int:report_id>/publication/", include("perfeval.web.releasing")),
    path("public/", include("perfeval.web.public")),
    path("bundles/", include("perfeval.web.bundles")),
]
