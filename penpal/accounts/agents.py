"""What kind of browser on what kind of system, in plain families: enough to know one's own device by.

Nothing is measured and no version is kept: a thousand phones are one "WeChat on Android".
"""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import gettext as _

# The order counts: most browsers call themselves Chrome and Safari as well.
_BROWSERS = (
    ("micromessenger", "wechat"),
    ("qqbrowser", "qq"),
    ("ucbrowser", "uc"),
    ("huaweibrowser", "huawei"),
    ("miuibrowser", "xiaomi"),
    ("quark", "quark"),
    ("360se", "360"),
    ("qihu", "360"),
    ("samsungbrowser", "samsung"),
    ("edg", "edge"),
    ("opr/", "opera"),
    ("firefox", "firefox"),
    ("fxios", "firefox"),
    ("crios", "chrome"),
    ("chrome", "chrome"),
    ("safari", "safari"),
)
_SYSTEMS = (
    ("harmony", "harmony"),
    ("android", "android"),
    ("iphone", "iphone"),
    ("ipad", "ipad"),
    ("windows", "windows"),
    ("mac os", "mac"),
    ("linux", "linux"),
)
_NAMES = {
    "edge": "Edge",
    "opera": "Opera",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
    "android": "Android",
    "iphone": "iPhone",
    "ipad": "iPad",
    "windows": "Windows",
    "mac": "macOS",
    "linux": "Linux",
}
OTHER = "other"


class Device(NamedTuple):
    """Families of a browser and of a system; '' for both where there was no browser at all."""

    browser: str
    system: str


UNKNOWN = Device("", "")


def device(user_agent: str) -> Device:
    """What a browser says of itself, as families."""
    said = user_agent.lower()
    return Device(_first(_BROWSERS, said), _first(_SYSTEMS, said))


def _first(families: tuple[tuple[str, str], ...], said: str) -> str:
    return next((family for sign, family in families if sign in said), OTHER)


def words(browser: str, system: str) -> str:
    """As a person would say it: "Edge · Windows"."""
    known = [_name(family) for family in (browser, system) if family not in ("", OTHER)]
    return " · ".join(known) or _("认不出的设备")


def _name(family: str) -> str:
    chinese = {
        "wechat": _("微信"),
        "qq": _("QQ 浏览器"),
        "uc": _("UC 浏览器"),
        "huawei": _("华为浏览器"),
        "xiaomi": _("小米浏览器"),
        "quark": _("夸克"),
        "360": _("360 浏览器"),
        "samsung": _("三星浏览器"),
        "harmony": _("鸿蒙"),
    }
    return chinese.get(family) or _NAMES[family]
