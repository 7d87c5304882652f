"""Addresses of the editor of one draft."""

from django.urls import path

from perfeval.web.schemes.editor import indicator, issuing, parts, tree

urlpatterns = [
    path("", tree.tree, name="edit_scheme"),
    path("head/", parts.head, name="edit_head"),
    path("grades/", parts.grades, name="edit_grades"),
    path("outline/", parts.outline, name="edit_outline"),
    path("layout/", parts.layout, name="edit_layout"),
    path("issue/", issuing.issue, name="issue_draft"),
    path("discard/", issuing.discard, name="discard_draft"),
    path("indicators/<slug:indicator>/", indicator.indicator, name="edit_indicator"),
    path("indicators/<slug:indicator>/delete/", tree.delete, name="delete_indicator"),
]
