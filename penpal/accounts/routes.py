"""The doors: sign in, activate, one's account, sign out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from penpal.accounts import (
    devices,
    entering,
    factor_routes,
    half_open,
    second_factor,
    services,
    sessions,
    signed_in,
)
from penpal.accounts.confirming import confirmed
from penpal.accounts.forms import ActivationForm, PasswordForm, SignInForm
from penpal.accounts.limits import by_address, by_code, by_name
from penpal.accounts.models import Person, SignIn
from penpal.accounts.sessions import Refused
from penpal.kernel import access
from penpal.kernel.access import needs, public
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-in")
@public
def sign_in() -> str | Response:
    if signed_in.actor().person_id:
        return redirect(entering.destination())
    waiting = half_open.here()
    if waiting is not None:
        return factor_routes.step_page(waiting)
    return _door(SignInForm())


@blueprint.post("/sign-in")
@public
@by_name
@by_address
def begin_session() -> str | Response | tuple[str, int]:
    form = SignInForm()
    if form.validate_on_submit():
        try:
            person, token = services.sign_in(
                login_name=form.login_name.data or "",
                password=form.password.data or "",
                shared_device=form.shared_device.data,
                settings=entering.settings(),
                device=entering.device(),
            )
        except Refused as problem:
            entering.missed(problem)
            form.form_errors.append(str(problem))
        else:
            if entering.let_in(person, token, shared_device=form.shared_device.data):
                return redirect(entering.destination())
            return entering.to_second_step()
    return _door(form), 422


def _door(form: SignInForm) -> str:
    return render_template("accounts/sign_in.html", form=form, next=entering.destination())


@blueprint.get("/activate")
@public
def activation() -> str:
    form = ActivationForm(formdata=None, code=request.args.get("code", ""))
    return render_template("accounts/activate.html", form=form)


@blueprint.post("/activate")
@public
@by_code
@by_address
def activate() -> str | Response | tuple[str, int]:
    form = ActivationForm()
    if form.validate_on_submit():
        try:
            person, token = services.activate(
                code=form.code.data or "",
                display_name=form.display_name.data or "",
                password=form.password.data or "",
                shared_device=form.shared_device.data,
                settings=entering.settings(),
                device=entering.device(),
            )
        except Invalid as problem:
            show_problems(form, problem)
        else:
            entered = entering.let_in(person, token, shared_device=form.shared_device.data)
            flash(_("信封拆开了。记住你的登录名：%(name)s", name=person.login_name), "ok")
            return redirect(url_for("consent.welcome" if entered else "accounts.sign_in"))
    return render_template("accounts/activate.html", form=form), 422


@blueprint.get("/agreement")
@public
def agreement() -> str:
    return render_template("accounts/agreement.html")


@blueprint.get("/account")
@needs(Permission.Account.SEE)
def account() -> str:
    return account_page(PasswordForm())


@blueprint.post("/account/password")
@needs(Permission.Account.CHANGE_PASSWORD)
@by_address
def change_password() -> str | Response | tuple[str, int]:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            services.change_password(
                current_password=form.current_password.data or "",
                password=form.password.data or "",
                by=signed_in.actor(),
            )
        except Invalid as problem:
            show_problems(form, problem)
        else:
            flash(_("口令换好了。别的设备上要用新口令再进来。"), "ok")
            return redirect(url_for("accounts.account"))
    return account_page(form), 422


def account_page(form: PasswordForm) -> str:
    """One's own account: the password, the second factor, the sessions, what was tried at the door."""
    actor = signed_in.actor()
    number = actor.person_id or 0
    return render_template(
        "accounts/account.html",
        form=form,
        has_factor=actor.is_staff and second_factor.is_set_up(number),
        codes_left=second_factor.codes_left(number) if actor.is_staff else 0,
        running=sessions.running(by=actor),
        news=sessions.news(number, but=actor.session_id),
        refusals={
            "password": _("口令没对上"),
            "code": _("口令对了，验证码没对上"),
            "disabled": _("账号停用的时候"),
            "confirmation": _("登录以后，再确认时没对上"),
        },
    )


@blueprint.post("/students/<int:person_id>/reset")
@needs(Permission.Account.RESET)
@confirmed
def reset(person_id: int) -> Response:
    """The teacher gives a student who forgot the password a new slip."""
    student = access.load(Person, signed_in.actor(), person_id)
    services.reset(student, settings=entering.settings(), by=signed_in.actor())
    flash(_("%(name)s的旧口令不能用了，新卡片在“发卡片”里打印。", name=student.name), "ok")
    return redirect(url_for("desk.student_page", person_id=student.id))


@blueprint.post("/sign-out")
@needs(Permission.Account.SIGN_OUT)
def sign_out() -> Response:
    services.sign_out(by=signed_in.actor())
    return _leave(_("你已经退出了。"))


@blueprint.post("/account/sessions/<int:session_id>/end")
@needs(Permission.Account.END_SESSIONS)
def end_session(session_id: int) -> Response:
    """One device of one's own: the phone that was lost."""
    if session_id == signed_in.actor().session_id:
        return sign_out()
    sign_in = access.load(SignIn, signed_in.actor(), session_id)
    sessions.end_one(sign_in, by=signed_in.actor())
    flash(_("那台设备退出了。"), "ok")
    return redirect(url_for("accounts.account", _anchor="sessions"))


@blueprint.post("/account/sessions/others/end")
@needs(Permission.Account.END_SESSIONS)
def end_other_sessions() -> Response:
    sessions.end_others(by=signed_in.actor())
    flash(_("别的设备都退出了。要是有人知道了你的口令，再换一个。"), "ok")
    return redirect(url_for("accounts.account", _anchor="new-password"))


@blueprint.post("/account/news")
@needs(Permission.Account.SEE)
def put_news_aside() -> Response:
    """One's own doing after all: it is not told again."""
    sessions.put_aside(by=signed_in.actor())
    flash(_("好，记下了。"), "ok")
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/sessions/end")
@needs(Permission.Account.END_SESSIONS)
def sign_out_everywhere() -> Response:
    services.sign_out_everywhere(by=signed_in.actor())
    return _leave(_("所有设备都退出了。"))


def show_problems(form: FlaskForm, problem: Invalid) -> None:
    """Put the words of a refused verb beside the fields that they are about."""
    for name, words in problem.fields.items():
        field = form._fields.get(name)
        if field is None:
            form.form_errors.append(str(words))
        else:
            field.errors = [*field.errors, str(words)]
    if not problem.fields:
        form.form_errors.append(str(problem))


def _leave(words: str) -> Response:
    signed_in.end()
    devices.leave()
    flash(words, "ok")
    left = redirect(url_for("accounts.sign_in"))
    # Nothing that was shown stays behind on a computer that the next child will use.
    left.headers["Clear-Site-Data"] = '"cache", "storage"'
    return left
