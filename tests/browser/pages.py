"""What several browser tests do alike: the ways in, and which pages each role has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebSocket

from tests.browser.server import PASSWORD, Server

PHONE = (390, 844)
DESKTOP = (1366, 900)
PATIENCE = 60
"""Seconds. Whoever waits goes on at once when it has come, so only a real fault waits so long."""


@dataclass(frozen=True)
class Visitor:
    """Someone with a role. ``login_name`` is empty for whoever is signed out."""

    name: str
    login_name: str
    pages: Mapping[str, str]


def open_context(
    browser: Browser,
    server: Server,
    size: tuple[int, int] = PHONE,
    *,
    dark: bool = False,
    language: str = "zh_Hans",
    **options: object,
) -> BrowserContext:
    """A device of its own: nobody is signed in on it."""
    context = browser.new_context(
        base_url=server.address,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        locale="zh-CN",
        reduced_motion="reduce",
        **options,  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE * 1000)
    context.add_cookies([{"name": "penpal_lang", "value": language, "url": server.address}])
    return context


def sign_in(page: Page, login_name: str, password: str = PASSWORD) -> None:
    """Through the door, as a person does."""
    page.goto("/sign-in")
    page.locator("#login").fill(login_name)
    page.locator("#password").fill(password)
    page.locator(".envelope button[type=submit]").last.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def until(page: Page, holds: Callable[[], bool], else_: str = "it did not come about") -> None:
    """Wait on an open page for what no locator shows, as long as the slowest machine may need."""
    for _moment in range(PATIENCE * 20):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{else_}, not within {PATIENCE} seconds")


def show_whole(page: Page, path: str, size: tuple[int, int]) -> None:
    """Open a page on a screen as tall as itself: the bar at the bottom then hides nothing."""
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.goto(path)
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(whole, height)})


def watched(page: Page, server: Server) -> list[str]:
    """Everything that goes wrong on a page from now on, in words. Left alone, the list stays empty."""
    troubles: list[str] = []
    ours = (server.address + "/", server.address.replace("http", "ws", 1) + "/", "data:", "blob:")

    def heard(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            troubles.append(f"{said.type}: {said.text}")

    def asked(request: Request | WebSocket) -> None:
        if not request.url.startswith(ours):
            troubles.append(f"left the origin: {request.url}")

    page.on("console", heard)
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    page.on("request", asked)
    page.on("websocket", asked)
    return troubles


def visitors(server: Server) -> list[Visitor]:
    """Every role with every page it has; the keys of ``pages`` name the photographs."""
    pair = server.rows(
        "SELECT pair_id FROM letter JOIN person ON person.id = author_id "
        "WHERE login_name = 'xiaohe' LIMIT 1"
    )[0][0]
    own = _letter(server, "author_id = me.id AND state <> 'draft'", pair)
    unopened = _letter(server, "recipient_id = me.id AND state = 'delivered'", pair)
    read = _letter(server, "recipient_id = me.id AND state = 'opened'", pair)
    draft = _letter(server, "author_id = me.id AND state = 'draft'", pair)
    photographed = _letter(
        server, "letter.id IN (SELECT about_id FROM photo WHERE about_kind = 'letter')", pair
    )
    home_of = _home_of(server)
    class_, school = home_of("banzhuren.bj"), home_of("tuanwei.bj")
    student = {
        "home": "/",
        "mailbox": "/letters",
        "composer": "/letters/new?another=1",
        "profile": "/profile",
        "month": "/letters?show=theirs",
        "search": "/letters/search?words=树",
        "print-all": f"/letters/print?pair={pair}",
        "chat": f"/chat/{pair}",
        "chat-choose": f"/chat/{pair}?choose=1",
        "chat-search": f"/chat/{pair}/search?q=的",
        "paper": "/paper",
        "letter-readers": "/letters/readers",
        "together": "/together",
        "together-others": "/together/others",
        "together-new": "/together/new?idea=drawing&example=1",
        "together-theme": "/together/themes/new",
        "tell": "/tell",
        "help": "/help",
        "account": "/account",
        "consent": "/consent",
        "safety": "/safety/students",
        "notices": "/notices",
        "notice-settings": "/account/notices",
        "pause": f"/pairs/{pair}/pause",
        "us-month": f"/us/{_month_of(server, pair)}",
        "us-year": "/us/year",
        "shelf": "/books?all=1",
        "book-new": "/books/new",
        "books-of-class": "/books/class",
        "not-found": "/letters/999999",
    }
    for name, found in (
        ("letter-own", own),
        ("letter-unopened", unopened),
        ("letter", read),
        ("draft", draft),
        ("letter-photos", photographed),
    ):
        if found:
            student[name] = f"/letters/{found}" + ("/edit" if name == "draft" else "")
    if read:
        student["print"] = f"/letters/{read}/print"
        student["reply"] = f"/letters/new?another=1&reply_to={read}"
        student["tell-about"] = f"/tell?about=letter:{read}"
    for state in ("proposed", "agreed", "done", "shared"):
        found = server.rows(
            "SELECT max(id) FROM activity WHERE pair_id = ? AND state = ?", pair, state
        )[0][0]
        if found:
            student[f"together-{state}"] = f"/together/{found}"
            if state == "agreed":
                student["together-record"] = f"/together/{found}/record"
    for state in ("reading", "finished"):
        book = server.rows(
            "SELECT id FROM shared_book WHERE pair_id = ? AND state = ? LIMIT 1", pair, state
        )
        if book:
            student[f"book-{state}"] = f"/books/{book[0][0]}"
            student["book-note"] = f"/books/{book[0][0]}/notes/new"
            if state == "reading":
                student["reflection"] = f"/books/{book[0][0]}/reflection"
    student |= _pieces(server)
    changed = server.rows(
        "SELECT piece_version.id, submission_id FROM piece_version "
        "JOIN submission ON submission.id = submission_id "
        "JOIN person ON person.id = author_id "
        "WHERE login_name = 'xiaohe' AND offered_at IS NOT NULL ORDER BY answered_at IS NULL DESC"
    )
    if changed:
        student["piece-changes"] = f"/publishing/changes/{changed[0][0]}"
        student["piece-questions"] = f"/publishing/{changed[0][1]}/questions"
    told = server.rows(
        "SELECT report.id FROM report JOIN person ON person.id = reporter_id "
        "WHERE login_name = 'xiaohe' ORDER BY report.id DESC"
    )
    if told:
        student["told"] = f"/told/{told[0][0]}"
    staff = {
        "home": "/",
        "class": f"/classes/{class_}",
        "board": f"/classes/{class_}/pairs",
        "slips": f"/classes/{class_}/slips",
        "slips-print": f"/classes/{class_}/slips/print",
        "students": f"/classes/{class_}/students?show=activation",
        "student-new": f"/classes/{class_}/students/new",
        "student-details": f"/students/{_anyone_in(server, class_)}/details",
        "printing": f"/classes/{class_}/printing",
        "consent": f"/classes/{class_}/consent",
        "books": f"/classes/{class_}/books",
        "consent-forms": f"/classes/{class_}/consent/forms",
        "consent-student": f"/students/{_anyone_in(server, class_)}/consent",
        "queue": "/queue?tab=release",
        "queue-again": "/queue?tab=again",
        "queue-along": "/queue?tab=along",
        "queue-list": "/queue?list=1",
        "queue-pieces": "/queue?tab=piece",
        "reviews": "/publishing/reviews",
        "story-new": "/publishing/stories/new",
        "reports": "/reports",
        "openings": "/openings",
        "emergency": f"/students/{_anyone_in(server, class_)}/emergency",
        "account": "/account",
        "factor": "/account/factor",
        "guide": "/guides/banzhuren",
        "notices": "/notices",
        "notice-settings": "/account/notices",
        "forbidden": "/letters",
        "together": f"/classes/{class_}/together",
    }
    postcard = server.rows(
        "SELECT letter.id FROM letter JOIN enrolment ON enrolment.person_id = author_id "
        "WHERE class_id = ? AND envelope = 'open' AND state <> 'draft' LIMIT 1",
        class_,
    )
    if postcard:
        staff["postcard"] = f"/letters/{postcard[0][0]}"
    looked_at = server.rows(
        "SELECT submission_id FROM review_station WHERE unit_id = ? AND begun_at IS NOT NULL "
        "ORDER BY id DESC LIMIT 1",
        class_,
    )
    if looked_at:
        staff["piece-history"] = f"/publishing/{looked_at[0][0]}/history"
        staff["piece-consents"] = f"/publishing/{looked_at[0][0]}/consents"
        staff["piece-slip"] = _slip(server, looked_at[0][0], class_)
    shown = server.rows(
        "SELECT review_station.id, submission_photo.photo_id FROM review_station "
        "JOIN submission ON submission.id = review_station.submission_id "
        "JOIN submission_part ON submission_part.submission_id = submission.id "
        "AND submission_part.revision = submission.revision "
        "JOIN submission_photo ON submission_photo.part_id = submission_part.id "
        "WHERE review_station.unit_id = ? AND submission.state = 'with_teacher' "
        "AND review_station.decision IS NULL LIMIT 1",
        class_,
    )
    if shown:
        station, photo = shown[0]
        staff["piece-photo"] = f"/publishing/reviews/{station}/photos/{photo}"
    open_evidence = server.rows(
        "SELECT report_id FROM evidence JOIN report ON report.id = report_id "
        "WHERE class_id = ? AND NOT is_sealed AND addressee = 'teacher' LIMIT 1",
        class_,
    )
    if open_evidence:
        staff["evidence"] = f"/reports/{open_evidence[0][0]}/evidence"
    secretary = {
        "home": "/",
        "school": f"/schools/{school}",
        "roster": f"/schools/{school}/roster",
        "transfers": f"/schools/{school}/roster/transfers",
        "record": f"/schools/{school}/record",
        "hours": f"/schools/{school}/hours",
        "rest": f"/schools/{school}/rest",
        "class": f"/classes/{class_}",
        "board": f"/classes/{class_}/pairs",
        "slips": f"/classes/{class_}/slips",
        "reports": "/reports",
        "staff": f"/units/{school}/staff",
        "staff-invite": f"/units/{school}/staff/new",
        "staff-list": f"/units/{school}/staff/list",
        "staff-slips": f"/units/{school}/staff/slips",
        "guide": "/guides/tuanwei",
        "office": f"/offices/{_office(server, 'banzhuren.bj')}",
        "own-offices": "/account/offices",
        "reviews": "/publishing/reviews",
        "piece-figures": f"/publishing/figures/{school}",
        "twinnings": "/twinnings",
        "twinning-new": f"/twinnings/new?unit={class_}",
        "twinning": f"/twinnings/{_twinning_of(server, class_)}",
        "student-account": f"/people/{_person(server, 'xiaohe')}/account",
        "students": f"/schools/{school}/students?show=partner",
        "classes": f"/schools/{school}/classes",
        "class-details": f"/classes/{class_}/details",
        "class-left": f"/classes/{class_}/left",
        "class-graduation": f"/classes/{class_}/graduation",
        "student": f"/students/{_person(server, 'xiaohe')}",
        "student-move": f"/students/{_person(server, 'xiaohe')}/class",
        "student-leave": f"/students/{_person(server, 'xiaohe')}/leaving",
        "student-double": f"/students/{_person(server, 'xiaohe')}/double",
        "student-compare": f"/students/{_person(server, 'xiaohe')}/double?number={_number_in(server, class_)}",
        "colleague-account": f"/people/{_person(server, 'banzhuren.bj')}/account",
    }
    upload = server.rows("SELECT max(id) FROM roster_upload WHERE school_id = ?", school)[0][0]
    if upload:
        secretary["roster-check"] = f"/schools/{school}/roster/uploads/{upload}"
    return [
        Visitor("signed-out", "", MappingProxyType(SIGNED_OUT)),
        Visitor("reader", "", MappingProxyType(_to_read(server))),
        Visitor("student", "xiaohe", MappingProxyType(student)),
        Visitor("unpaired", _unpaired(server), MappingProxyType(WITHOUT_PARTNER)),
        Visitor("waiting", _waiting(server), MappingProxyType(WAITING)),
        Visitor("teacher", "banzhuren.bj", MappingProxyType(staff)),
        Visitor("secretary", "tuanwei.bj", MappingProxyType(secretary)),
        Visitor("editor", "bianji", MappingProxyType(_at_the_desk(server))),
        Visitor("county", "xianwei.ht", MappingProxyType(_above(server, "xianwei.ht"))),
        Visitor("province", "shengwei.bj", MappingProxyType(_above(server, "shengwei.bj"))),
    ]


SIGNED_OUT = {
    "sign-in": "/sign-in",
    "activate": "/activate",
    "activate-filled": "/activate?code=ABCD2345",
    "agreement": "/agreement",
    "guardian-over": "/guardian/nothing",
    "not-found": "/nowhere",
}
WITHOUT_PARTNER = {
    "home": "/",
    "mailbox": "/letters",
    "books": "/books",
    "together": "/together",
    "profile": "/profile",
}
WAITING = {"welcome": "/welcome", "consent": "/consent", "tell": "/tell", "account": "/account"}


def _above(server: Server, login_name: str) -> dict[str, str]:
    """The pages of a secretary above the schools, who sees numbers and offices."""
    unit = _home_of(server)(login_name)
    return {
        "home": "/",
        "staff": f"/units/{unit}/staff",
        "staff-invite": f"/units/{unit}/staff/new",
        "twinnings": "/twinnings",
        "late": "/reports/late",
        "reviews": "/publishing/reviews",
        "queue-pieces": "/queue",
        "review-ways": f"/publishing/reviews/ways/{unit}",
        "piece-figures": f"/publishing/figures/{unit}",
        "account": "/account",
    }


def _to_read(server: Server) -> dict[str, str]:
    """The pages that anybody may read: each kind of page once, and a piece in each of its forms."""
    found = {
        "special": "/special",
        "special-large": "/special?size=large",
        "special-english": "/special?lang=en",
        "special-section": "/special/sections/letters",
        "special-themes": "/special/themes",
        "special-places": "/special/places",
        "special-moments": "/special/moments",
        "special-archive": "/special/archive",
        "special-search": "/special/search?words=信",
        "special-about": "/special/about",
        "special-take-part": "/special/take-part",
        "special-corrections": "/special/corrections",
    }
    kinds = server.rows(
        "SELECT kind, max(id) FROM submission WHERE state = 'published' GROUP BY kind"
    )
    for kind, piece in kinds:
        found[f"special-{kind}"] = f"/special/{piece}"
        found["special-upright"] = f"/special/{piece}?set=vertical"
    issue = server.rows("SELECT max(id) FROM column_issue WHERE state = 'published'")[0][0]
    if issue:
        found["special-issue"] = f"/special/issues/{issue}"
    return found


def _at_the_desk(server: Server) -> dict[str, str]:
    """The pages of an editor: the desk, issues in each state, what has to be recalled."""
    found = {"desk": "/desk", "issues": "/issues", "recalls": "/issues/recalls"}
    found["desk-words"], found["standing"] = "/desk/words", "/publishing/printed"
    found |= {"desk-printed": "/desk?tab=printed&shown=list", "desk-lists": "/desk/lists"}
    on_desk = server.rows("SELECT max(id) FROM submission WHERE state = 'with_editor'")[0][0]
    if on_desk:
        found["desk-piece"] = f"/desk/{on_desk}"
        found["desk-beside"] = f"/desk/{on_desk}?view=beside"
    changed = server.rows("SELECT max(submission_id) FROM piece_version WHERE number > 0")[0][0]
    if changed:
        found["desk-changes"] = f"/desk/{changed}"
        found["desk-versions"] = f"/desk/{changed}/versions"
    for state in ("planned", "signed_off", "published"):
        issue = server.rows("SELECT max(id) FROM column_issue WHERE state = ?", state)[0][0]
        if issue:
            found[f"issue-{state}"] = f"/issues/{issue}"
            found["issue-preview"] = f"/issues/{issue}/preview"
    return found


def _pieces(server: Server) -> dict[str, str]:
    """A child's pages of their pieces, in each state that has a page of its own."""
    found = {"pieces": "/publishing"}
    own = (
        "SELECT max(submission.id) FROM submission "
        "JOIN submission_party ON submission_id = submission.id "
        "JOIN person ON person.id = person_id WHERE login_name = 'xiaohe' AND state = ?"
    )
    for state, name, page in (
        ("asking", "piece-asked", "/asking"),
        ("sent_back", "piece-mend", "/mending"),
        ("sent_back", "piece-withdraw", "/withdrawal"),
        ("with_teacher", "piece", ""),
        ("published", "piece-printed", ""),
    ):
        number = server.rows(own, state)[0][0]
        if number:
            found[name] = f"/publishing/{number}{page}"
    done = server.rows(
        "SELECT max(activity_record.id) FROM activity_record JOIN person ON person.id = author_id "
        "WHERE login_name = 'xiaohe' AND state = 'done'"
    )[0][0]
    if done:
        found["piece-new"] = f"/publishing/new?from=activity_record:{done}"
    return found


def _slip(server: Server, piece: object, class_: object) -> str:
    """The sheet for the guardian of a child of that class."""
    party = server.rows(
        "SELECT submission_party.id FROM submission_party "
        "JOIN enrolment ON enrolment.person_id = submission_party.person_id "
        "WHERE submission_id = ? AND class_id = ? AND until IS NULL",
        piece,
        class_,
    )
    return f"/publishing/{piece}/consents/{party[0][0]}/slip"


def _letter(server: Server, condition: str, pair: object) -> object:
    found = server.rows(
        "SELECT letter.id FROM letter, person AS me "
        f"WHERE me.login_name = 'xiaohe' AND pair_id = ? AND {condition} ORDER BY letter.id DESC",
        pair,
    )
    return found[0][0] if found else None


def _month_of(server: Server, pair: object) -> str:
    """The month in which the pair wrote last, as addresses name it."""
    newest = "SELECT strftime('%Y-%m', max(delivered_at), '+8 hours') FROM letter WHERE pair_id = ?"
    return str(server.rows(newest, pair)[0][0])


def _person(server: Server, login_name: str) -> object:
    return server.rows("SELECT id FROM person WHERE login_name = ?", login_name)[0][0]


def _office(server: Server, login_name: str) -> object:
    return server.rows(
        "SELECT role_grant.id FROM role_grant JOIN person ON person.id = person_id "
        "WHERE login_name = ?",
        login_name,
    )[0][0]


def _twinning_of(server: Server, unit: object) -> object:
    return server.rows("SELECT id FROM twinning WHERE supporting_id = ?", unit)[0][0]


def _home_of(server: Server) -> Callable[[str], object]:
    def unit(login_name: str) -> object:
        return server.rows(
            "SELECT unit_id FROM role_grant JOIN person ON person.id = person_id WHERE login_name = ?",
            login_name,
        )[0][0]

    return unit


def _anyone_in(server: Server, class_: object) -> object:
    statement = "SELECT min(person_id) FROM enrolment WHERE class_id = ? AND until IS NULL"
    return server.rows(statement, class_)[0][0]


def _number_in(server: Server, class_: object) -> object:
    """The number of a student of the class other than 小禾."""
    return server.rows(
        "SELECT min(student_number) FROM enrolment WHERE class_id = ? AND until IS NULL "
        "AND person_id <> (SELECT id FROM person WHERE login_name = 'xiaohe')",
        class_,
    )[0][0]


_ACTIVE = (
    "SELECT login_name FROM person WHERE kind = 'student' AND activated_at IS NOT NULL "
    "AND login_name NOT IN ('xiaohe', 'xiaomai') AND "
)


def _unpaired(server: Server) -> str:
    """A student with consent whom nobody has given a partner yet."""
    found = server.rows(
        _ACTIVE + "id NOT IN (SELECT supported_student_id FROM pair) "
        "AND id NOT IN (SELECT supporting_student_id FROM pair) "
        "AND id IN (SELECT person_id FROM consent) ORDER BY id LIMIT 1"
    )
    return str(found[0][0])


def _waiting(server: Server) -> str:
    """A student whose consent form has not come back; one is made when the demo has none."""
    statement = _ACTIVE + "id NOT IN (SELECT person_id FROM consent) ORDER BY id LIMIT 1"
    if not server.rows(statement):
        server.write(
            "DELETE FROM consent WHERE person_id = "
            "(SELECT max(person.id) FROM person JOIN enrolment ON person_id = person.id "
            "WHERE activated_at IS NOT NULL AND person.id IN (SELECT person_id FROM consent))"
        )
    return str(server.rows(statement)[0][0])
