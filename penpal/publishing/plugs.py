"""What of publishing is plugged into the application: its blueprints, jobs and subscribers."""

from __future__ import annotations

from penpal.media import register as media
from penpal.publishing import scopes
from penpal.publishing.editing import author_routes as piece_changes
from penpal.publishing.editing import routes as editing
from penpal.publishing.editing import shelf_routes as shelves
from penpal.publishing.editing import subscribers as editing_subscribers
from penpal.publishing.issues import routes as issues
from penpal.publishing.issues import subscribers as issue_subscribers
from penpal.publishing.keepsakes import routes as keepsakes
from penpal.publishing.pieces import consent_routes as piece_consents
from penpal.publishing.pieces import guardian_routes as piece_guardians
from penpal.publishing.pieces import queries as piece_queries
from penpal.publishing.pieces import routes as pieces
from penpal.publishing.pieces import story_routes as stories
from penpal.publishing.pieces import subscribers as piece_subscribers
from penpal.publishing.reviews import figure_routes as piece_figures
from penpal.publishing.reviews import routes as reviews
from penpal.publishing.reviews import subscribers as review_subscribers
from penpal.publishing.reviews import way_routes as review_ways
from penpal.publishing.special import file_routes as special_files
from penpal.publishing.special import preview_routes as special_preview
from penpal.publishing.special import routes as special
from penpal.publishing.special import standing_routes as standing
from penpal.publishing.special import subscribers as special_subscribers
from penpal.publishing.special import word_routes as special_words
from penpal.rosters import doubles

BLUEPRINTS = (
    pieces.blueprint,
    stories.blueprint,
    piece_consents.blueprint,
    piece_guardians.blueprint,
    editing.blueprint,
    shelves.blueprint,
    piece_changes.blueprint,
    issues.blueprint,
    keepsakes.blueprint,
    keepsakes.clippings,
    reviews.blueprint,
    review_ways.blueprint,
    piece_figures.blueprint,
    special.blueprint,
    special_files.blueprint,
    special_words.blueprint,
    standing.blueprint,
    special_preview.blueprint,
)
JOBS = (
    "penpal.publishing.editing.jobs",
    "penpal.publishing.issues.jobs",
    "penpal.publishing.keepsakes.jobs",
    "penpal.publishing.pieces.jobs",
    "penpal.publishing.reviews.jobs",
)
PHOTOS_COME_TO: tuple[str, ...] = ()
"""Blueprints whose forms may bring photos."""


def register() -> None:
    """Tell the floors below what they ask of this room."""
    media.visible("submission_part", scopes.part_ids)
    doubles.count_writing(piece_queries.written)
    piece_subscribers.register()
    review_subscribers.register()
    editing_subscribers.register()
    issue_subscribers.register()
    special_subscribers.register()


keep_pages = special_subscribers.keep_pages
"""The WSGI layer before the application that hands out public pages."""
