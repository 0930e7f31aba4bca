"""Parsing of what people type at the door."""

from __future__ import annotations

from typing import cast

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


def _say(words: object) -> str:
    """WTForms renders a lazy translation as well as a string; its types know only the latter."""
    return cast(str, words)


_REQUIRED = InputRequired(_say(_l("这里还空着。")))


class SignInForm(FlaskForm):
    login_name = StringField(
        validators=[_REQUIRED, Length(max=80, message=_say(_l("登录名没有这么长。")))]
    )
    password = PasswordField(validators=[_REQUIRED])
    shared_device = BooleanField()


class ActivationForm(FlaskForm):
    code = StringField(validators=[_REQUIRED, Length(max=40, message=_say(_l("激活码是八位。")))])
    display_name = StringField(validators=[_REQUIRED])
    password = PasswordField(validators=[_REQUIRED])
    agreed = BooleanField(validators=[InputRequired(_say(_l("读过约定，打上勾，再往下走。")))])
    shared_device = BooleanField()


class PasswordForm(FlaskForm):
    current_password = PasswordField(validators=[_REQUIRED])
    password = PasswordField(validators=[_REQUIRED])
