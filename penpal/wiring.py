"""The one list of what is plugged in: blueprints, socket handlers, subscribers, jobs, commands, headers."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

from flask import Flask, redirect, request, url_for
from flask_babel import Babel
from flask_migrate import Migrate
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response
from whitenoise import WhiteNoise

from penpal import rulebook
from penpal.accounts import confirming, doorkeeper, hearing, limits, signed_in, snapshots
from penpal.accounts import factor_routes as second_factor
from penpal.accounts import noticing as account_noticing
from penpal.accounts import people_routes as account_people
from penpal.accounts import routes as accounts
from penpal.accounts import sockets as account_sockets
from penpal.accounts import subscribers as account_subscribers
from penpal.activities import queries as activity_queries
from penpal.activities import record_routes as activity_records
from penpal.activities import routes as activities
from penpal.activities import subscribers as activity_subscribers
from penpal.activities import theme_routes as themes
from penpal.chat import delivery as chat_delivery
from penpal.chat import participation as chat_participation
from penpal.chat import queries as chat_queries
from penpal.chat import routes as chat
from penpal.chat import subscribers as chat_subscribers
from penpal.config import ROOT, Settings
from penpal.consent import class_routes as class_consent
from penpal.consent import guardian_routes as guardians
from penpal.consent import queries as consent_queries
from penpal.consent import routes as consent
from penpal.consent import subscribers as consent_subscribers
from penpal.demo import commands as demo
from penpal.desk import appearance, dressing, guide_routes, guides, offline, pages, people, setup
from penpal.desk import class_overview_routes as kind_words
from penpal.desk import commands as desk_commands
from penpal.desk import emergency_routes as emergency
from penpal.desk import hours_routes as hours
from penpal.desk import mail_routes as mail
from penpal.desk import notice_settings_routes as notice_settings
from penpal.desk import notices_routes as notices
from penpal.desk import offices_routes as offices
from penpal.desk import readers_routes as letter_readers
from penpal.desk import rest_routes as school_rest
from penpal.desk import routes as desk
from penpal.desk import staff_list_routes as staff_lists
from penpal.desk import subscribers as desk_subscribers
from penpal.desk import together_routes as together
from penpal.kernel import access, chain, db, jobs, live, logs, looking
from penpal.kernel.errors import NotPermitted
from penpal.letters import draft_routes as drafts
from penpal.letters import participation, printing
from penpal.letters import print_routes as letters_on_paper
from penpal.letters import queries as letter_queries
from penpal.letters import reminder_routes as reminders
from penpal.letters import routes as letters
from penpal.letters import subscribers as letter_subscribers
from penpal.media import handing_on as photo_heirs
from penpal.media import links as photo_links
from penpal.media import routes as photos
from penpal.media import services as photo_services
from penpal.media import store as photo_store
from penpal.media import uploads as photo_uploads
from penpal.notices import subscribers as notice_subscribers
from penpal.operating import commands as operating_commands
from penpal.operating import metrics, requests
from penpal.operating import routes as operating
from penpal.operating import subscribers as operating_subscribers
from penpal.places import rest
from penpal.profiles import routes as profiles
from penpal.profiles import services as profile_services
from penpal.profiles import subscribers as profile_subscribers
from penpal.publishing import plugs as publishing
from penpal.reading import class_routes as class_books
from penpal.reading import note_routes as book_notes
from penpal.reading import queries as book_queries
from penpal.reading import reflection_routes as reflections
from penpal.reading import routes as reading
from penpal.reading import subscribers as reading_subscribers
from penpal.record import commands as record_commands
from penpal.record import routes as record
from penpal.record import schools as record_schools
from penpal.rosters import class_routes as classes
from penpal.rosters import commands as rosters_commands
from penpal.rosters import double_routes as double_pages
from penpal.rosters import doubles
from penpal.rosters import leaving_routes as leaving
from penpal.rosters import pupil_list_routes as pupil_lists
from penpal.rosters import pupil_routes as pupils
from penpal.rosters import routes as rosters
from penpal.rosters import slip_routes as slips
from penpal.safeguarding import asking_routes as asking
from penpal.safeguarding import block_routes as blocking
from penpal.safeguarding import commands as safeguarding_commands
from penpal.safeguarding import evidence, held_queries, opening_commands, worries
from penpal.safeguarding import guard_routes as guard
from penpal.safeguarding import handing_on as reports_handed_on
from penpal.safeguarding import opening_routes as openings
from penpal.safeguarding import queue_routes as queue
from penpal.safeguarding import routes as safeguarding
from penpal.safeguarding import subscribers as safeguarding_subscribers
from penpal.screening import commands as screening_commands
from penpal.twinning import commands as twinning_commands
from penpal.twinning import routes as twinning
from penpal.twinning import subscribers as twinning_subscribers
from penpal.twinning import unit_routes as unit_twinning

BLUEPRINTS = (
    accounts.blueprint,
    second_factor.blueprint,
    confirming.blueprint,
    account_people.blueprint,
    consent.blueprint,
    class_consent.blueprint,
    guardians.blueprint,
    desk.blueprint,
    together.blueprint,
    kind_words.blueprint,
    appearance.blueprint,
    letters.blueprint,
    drafts.blueprint,
    reminders.blueprint,
    letters_on_paper.blueprint,
    letters_on_paper.batches,
    letters_on_paper.readers,
    chat.blueprint,
    *publishing.BLUEPRINTS,
    photos.blueprint,
    activities.blueprint,
    activity_records.blueprint,
    themes.blueprint,
    profiles.blueprint,
    reading.blueprint,
    book_notes.blueprint,
    reflections.blueprint,
    class_books.blueprint,
    record.blueprint,
    rosters.blueprint,
    slips.blueprint,
    classes.blueprint,
    pupil_lists.blueprint,
    pupils.blueprint,
    leaving.blueprint,
    double_pages.blueprint,
    safeguarding.blueprint,
    guard.blueprint,
    blocking.blueprint,
    asking.blueprint,
    openings.blueprint,
    queue.blueprint,
    twinning.blueprint,
    unit_twinning.blueprint,
    offices.blueprint,
    staff_lists.blueprint,
    hours.blueprint,
    school_rest.blueprint,
    notices.blueprint,
    notice_settings.blueprint,
    mail.blueprint,
    guide_routes.blueprint,
    emergency.blueprint,
    letter_readers.blueprint,
    guide_routes.safety,
)
COMMANDS = (
    desk_commands.rulebook,
    desk_commands.school,
    desk_commands.worker,
    setup.setup,
    people.people,
    demo.demo,
    operating_commands.backup,
    operating_commands.restore,
    record_commands.trail,
    safeguarding_commands.evidence,
    rosters_commands.roster,
    opening_commands.lawful,
    screening_commands.screening,
    twinning_commands.twin,
)
JOBS = (
    "penpal.accounts.jobs",
    "penpal.chat.jobs",
    "penpal.letters.jobs",
    "penpal.media.jobs",
    "penpal.notices.jobs",
    *publishing.JOBS,
    "penpal.rosters.jobs",
    "penpal.safeguarding.jobs",
    "penpal.statistics.jobs",
)

SOCKETS = (
    "penpal.safeguarding.sockets",
    "penpal.twinning.sockets",
    "penpal.chat.sockets",
)
"""Where events of pages are declared."""

PHOTOS_COME_TO = (
    "letters",
    "chat",
    "drafts",
    "profiles",
    "reading",
    "book_notes",
    "reflections",
    "activities",
    "activity_records",
    *publishing.PHOTOS_COME_TO,
)
"""The blueprints whose forms may bring photos."""

CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
}

DIST = ROOT / "static" / "dist"


def wire(app: Flask, settings: Settings) -> None:
    """Plug everything into an application."""
    app.extensions["penpal.settings"] = settings
    _configure(app, settings)
    access.open_book(rulebook.BOOK)
    snapshots.decide_taking_part(consent_queries.takes_part)
    snapshots.decide_waiting(letter_queries.unopened)
    snapshots.decide_unread(chat_queries.unread)
    chain.grow(record_schools.of)
    doubles.count_writing(participation.written)
    doubles.count_writing(book_queries.written)
    doubles.count_writing(activity_queries.written)
    doubles.count_writing(chat_participation.written)
    doubles.count_writing(held_queries.written)
    doubles.carry(reports_handed_on.hand_on)
    profile_services.decide_worry(worries.about_profile)
    photo_services.decide_worry(worries.about_photo)
    evidence.decide_term(settings.evidence_days)
    doubles.carry(printing.hand_on)
    doubles.carry(photo_heirs.hand_on)
    doubles.carry(account_noticing.hand_on)
    for module in (*JOBS, *SOCKETS):
        import_module(module)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for group in COMMANDS:
        app.cli.add_command(group)
    account_sockets.register()
    hearing.register()
    rest.register()
    notice_subscribers.register()
    account_subscribers.register()
    twinning_subscribers.register()
    consent_subscribers.register()
    safeguarding_subscribers.register()
    profile_subscribers.register()
    letter_subscribers.register()
    chat_subscribers.register()
    chat_delivery.register()
    reading_subscribers.register()
    activity_subscribers.register()
    publishing.register()
    desk_subscribers.register()
    operating_subscribers.register()
    operating.register(app, settings)
    pages.register(app)
    _guard(app)
    notices.register(app)
    mail.register(app)
    dressing.register(app, DIST)
    app.jinja_env.globals["room_key"] = account_sockets.room_key
    app.jinja_env.globals["photo_src"] = photo_links.photo_src
    offline.register(app, DIST)
    jobs.configure(app, settings)
    metrics.count_jobs(app)
    _wrap(app, settings)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.key(),
        MAX_CONTENT_LENGTH=12 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        SESSION_COOKIE_NAME="penpal",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_REFRESH_EACH_REQUEST=False,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.secure,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="zh_Hans",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "penpal" / "translations"),
    )
    logs.configure(settings)
    metrics.configure(app, settings)
    requests.configure(app)
    db.configure(app, settings)
    Migrate(app, db.db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    photo_uploads.make_room(app, PHOTOS_COME_TO)
    CSRFProtect(app)
    Babel(app, locale_selector=appearance.language)
    signed_in.configure(app)
    limits.configure(app, settings)
    Talisman(
        app,
        force_https=False,
        session_cookie_secure=settings.secure,
        session_cookie_samesite="Lax",
        strict_transport_security=settings.secure,
        content_security_policy=CONTENT_SECURITY_POLICY,
        permissions_policy={
            "geolocation": "()",
            "camera": "(self)",
            "microphone": "(self)",
            "interest-cohort": "()",
        },
        referrer_policy="same-origin",
    )
    live.configure(app, settings)
    looking.configure(app, settings)
    photo_store.configure(app, settings)


def _guard(app: Flask) -> None:
    """The gate before every endpoint: what it declares decides whether one must have signed in."""

    @app.before_request
    def gate() -> pages.Answer | None:
        view = app.view_functions.get(request.endpoint or "")
        if view is None:
            return None
        permission = getattr(view, "permission", None)
        if permission is None:
            return None
        asking = signed_in.actor()
        if asking.person_id is None:
            return pages.ask_to_sign_in()
        if access.conceivable(asking, permission):
            return None
        if asking.is_student and not asking.takes_part:
            return redirect(url_for("consent.welcome"))
        raise NotPermitted

    @app.after_request
    def keep_private(answer: Response) -> Response:
        """Pages of a person are kept by nobody else's cache, and not on a shared computer's disk."""
        answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer


def _wrap(app: Flask, settings: Settings) -> None:
    """WSGI layers: proxies outermost, then static files, what counts and logs, the doorkeeper of the sockets."""
    layers: Any = doorkeeper.Doorkeeper(app, app.wsgi_app, settings)
    layers = publishing.keep_pages(app, layers, requests.note)
    layers = requests.Watch(app, layers, settings)
    # Built files carry a hash in their names: what is called so never changes.
    layers = WhiteNoise(
        layers, max_age=300, immutable_file_test=lambda _path, url: "-" in url.rsplit("/", 1)[-1]
    )
    layers.add_files(str(DIST), prefix="static/dist/")
    layers.add_files(str(guides.PICTURES), prefix=guides.ADDRESS)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        layers = ProxyFix(layers, x_for=hops, x_proto=hops, x_host=hops)
    app.wsgi_app = layers  # type: ignore[method-assign]
