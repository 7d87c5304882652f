"""Addresses of the filling pages, all below one report."""

from django.urls import path

from perfeval.web.filling import (
    evidence,
    figures,
    goals,
    groups,
    hand_in,
    key_tasks,
    overview,
    own_part,
    page_preview,
)
from perfeval.web.filling import sections as texts

urlpatterns = [
    path("", overview.overview, name="report"),
    path("figures/", figures.figures, name="figures"),
    path("key-tasks/", key_tasks.key_tasks, name="key_tasks"),
    path("goals/", goals.goals, name="goals"),
    path("goals/<slug:category>/", goals.goal_category, name="goal_category"),
    path("own-indicators/", own_part.own_part, name="own_part"),
    path("own-indicators/send/", own_part.send, name="send_own_part"),
    path("indicators/<slug:group>/", groups.group, name="group"),
    path("texts/<slug:section>/", texts.section, name="section"),
    path("preview/", page_preview.preview_page, name="preview"),
    path("preview.png", page_preview.page_preview, name="page_preview"),
    path("hand-in/", hand_in.hand_in, name="hand_in"),
    path("evidence/of/<slug:indicator>/", evidence.attach, name="attach_evidence"),
    path("evidence/<int:evidence_id>/", evidence.read, name="evidence_file"),
    path("evidence/<int:evidence_id>/remove/", evidence.remove, name="remove_evidence"),
]
