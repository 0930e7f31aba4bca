"""The links in mails: that an address is right, and that no more mail shall come. They need no sign-in."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from werkzeug.wrappers import Response

from penpal.kernel.access import public
from penpal.notices import mailing

blueprint = Blueprint("mail", __name__, url_prefix="/mail")


@blueprint.get("/<link>/confirmation")
@public
def confirm(link: str) -> str:
    """Asks once more: programs that look through mail open links, too, but press no buttons."""
    found = mailing.asked_about(link)
    return render_template(
        "notices/mail_link.html", link=link, asks="confirm", done=found.confirmed_at is not None
    )


@blueprint.post("/<link>/confirmation")
@public
def confirmed(link: str) -> str:
    mailing.confirm(link)
    return render_template("notices/mail_link.html", link=link, asks="confirm", done=True)


@blueprint.get("/<link>/unsubscription")
@public
def stop(link: str) -> str:
    mailing.stopped_by(link)
    return render_template("notices/mail_link.html", link=link, asks="stop", done=False)


@blueprint.post("/<link>/unsubscription")
@public
def stopped(link: str) -> str | Response:
    """Pressed on the page or by the mail program itself (RFC 8058): the link proves enough."""
    mailing.stop(link)
    return render_template("notices/mail_link.html", link=link, asks="stop", done=True)


def register(app: Flask) -> None:
    """A mail program has no form of ours: what it sends to end mail is known by its link alone."""
    app.extensions["csrf"].exempt(stopped)
