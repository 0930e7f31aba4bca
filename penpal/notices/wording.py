"""What stands in a mail: numbers and links, plain and as simple HTML, in the language of whoever gave the address."""

from __future__ import annotations

from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from penpal.config import Settings
from penpal.kernel import clock
from penpal.notices import kinds, mailing
from penpal.notices.kinds import LABELS, Topic


class Held(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def person_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...


def digest(
    held: Held, counts: Mapping[Topic, int], language: str, settings: Settings
) -> EmailMessage:
    """How many new notices there are of each topic. No name, and nothing that anybody wrote."""
    stop = _link(settings, "mail.stop", link=mailing.stop_token(held.person_id, held.address))
    with force_locale(language):
        lines = [
            (str(LABELS[topic]), count, _link(settings, "notices.index", topic=topic.value))
            for topic, count in counts.items()
        ]
        message = _message(
            held,
            settings,
            _("有 %(number)s 条新消息", number=sum(counts.values())),
            "digest",
            lines=lines,
            stop=stop,
            home=_link(settings, "notices.index"),
        )
    # One click in the mail program ends it (RFC 8058).
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def question(held: Held, language: str, settings: Settings) -> EmailMessage:
    """Asks whoever reads there whether they want mail; who does not simply leaves it."""
    link = _link(settings, "mail.confirm", link=mailing.confirm_token(held.person_id, held.address))
    with force_locale(language):
        return _message(held, settings, _("这是你的邮箱吗？"), "question", link=link)


def _message(
    held: Held, settings: Settings, subject: str, template: str, **values: object
) -> EmailMessage:
    message = EmailMessage()
    host = urlsplit(settings.public_url).hostname or "localhost"
    message["Subject"] = subject
    message["From"] = Address(_("结对小伙伴"), addr_spec=settings.mail_from or f"no-reply@{host}")
    message["To"] = Address(addr_spec=held.address)
    message["Date"] = format_datetime(clock.now())
    # The same mail sent once more after a crash bears the same name, and mailboxes show it once.
    message["Message-ID"] = f"<{mailing.mark_of(held.id, held.name)}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_drawn(f"{template}.txt", values))
    message.add_alternative(
        _drawn(
            f"{template}.html",
            {**values, "subject": subject, "lang": str(get_locale()).replace("_", "-")},
        ),
        subtype="html",
    )
    return message


def _drawn(name: str, values: Mapping[str, object]) -> str:
    """Drawn without what pages share: a job has no reader in front of it."""
    template = current_app.jinja_env.get_or_select_template(f"notices/mail/{name}")
    return template.render(**values)


def _link(settings: Settings, endpoint: str, **values: str) -> str:
    return settings.public_url.rstrip("/") + kinds.address(endpoint, **values)
