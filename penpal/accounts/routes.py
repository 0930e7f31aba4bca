"""The doors: sign in, activate, one's account, sign out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from penpal.accounts import devices, services, signed_in
from penpal.accounts.forms import ActivationForm, PasswordForm, SignInForm
from penpal.accounts.limits import by_address, by_code, by_name
from penpal.accounts.models import Person
from penpal.config import Settings
from penpal.kernel import access
from penpal.kernel.access import needs, public
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission

blueprint = Blueprint("accounts", __name__)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings


@blueprint.get("/sign-in")
@public
def sign_in() -> str | Response:
    if signed_in.actor().person_id:
        return redirect(_destination())
    return render_template("accounts/sign_in.html", form=SignInForm(), next=_destination())


@blueprint.post("/sign-in")
@public
@by_name
@by_address
def begin_session() -> str | Response | tuple[str, int]:
    form = SignInForm()
    if form.validate_on_submit():
        try:
            _person, token = services.sign_in(
                login_name=form.login_name.data or "",
                password=form.password.data or "",
                shared_device=form.shared_device.data,
                settings=_settings(),
            )
        except Invalid as problem:
            form.form_errors.append(str(problem))
        else:
            signed_in.begin(token, shared_device=form.shared_device.data)
            return redirect(_destination())
    return render_template("accounts/sign_in.html", form=form, next=_destination()), 422


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
                settings=_settings(),
            )
        except Invalid as problem:
            show_problems(form, problem)
        else:
            signed_in.begin(token, shared_device=form.shared_device.data)
            flash(_("信封拆开了。记住你的登录名：%(name)s", name=person.login_name), "ok")
            return redirect(url_for("consent.welcome"))
    return render_template("accounts/activate.html", form=form), 422


@blueprint.get("/agreement")
@public
def agreement() -> str:
    return render_template("accounts/agreement.html")


@blueprint.get("/account")
@needs(Permission.Account.SEE)
def account() -> str:
    return render_template("accounts/account.html", form=PasswordForm())


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
    return render_template("accounts/account.html", form=form), 422


@blueprint.post("/students/<int:person_id>/reset")
@needs(Permission.Account.RESET)
def reset(person_id: int) -> Response:
    """The teacher gives a student who forgot the password a new slip."""
    student = access.load(Person, signed_in.actor(), person_id)
    services.reset(student, settings=_settings(), by=signed_in.actor())
    flash(_("%(name)s的旧口令不能用了，新卡片在“发卡片”里打印。", name=student.name), "ok")
    return redirect(url_for("desk.student_page", person_id=student.id))


@blueprint.post("/sign-out")
@needs(Permission.Account.SIGN_OUT)
def sign_out() -> Response:
    services.sign_out(by=signed_in.actor())
    return _leave(_("你已经退出了。"))


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


def _destination() -> str:
    """Where to go after signing in: a path of ours, never another site."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc:
        return wanted
    return url_for("desk.home")
