"""Typed settings: what an operator may choose, read from the environment and checked at the start."""

from __future__ import annotations

import secrets
from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every setting carries the prefix ``PENPAL_`` except the four that hosts set by custom."""

    model_config = SettingsConfigDict(env_prefix="PENPAL_", extra="ignore", frozen=True)

    port: int = Field(8000, validation_alias="PORT", ge=1, le=65535)
    host: str = "127.0.0.1"
    data: Path = ROOT / "instance"
    database_url: str = Field("", validation_alias="DATABASE_URL")
    redis_url: str = Field("", validation_alias="REDIS_URL")
    secret_key: SecretStr = SecretStr("")

    public_url: str = ""
    """The address that readers use, e.g. ``https://penpal.example.cn``; https here makes cookies Secure."""
    trusted_proxies: int = Field(0, ge=0, le=5)
    """How many proxies in front of us set X-Forwarded-* headers."""

    threads: int = Field(400, ge=8, le=2048)
    """Threads of the embedded server; each open socket holds one, up to three quarters of them."""
    sockets_per_person: int = Field(4, ge=1, le=50)
    database_pool: int = Field(10, ge=1, le=200)

    demo: bool = True
    """Load the demo when the database is empty. Set it to false on a real server."""
    jobs: Literal["embedded", "worker"] = "embedded"
    serves: Literal["all", "pages", "sockets"] = "all"
    """What this process answers: everything, or, where there are several, pages or sockets alone."""
    guard_ready_after: int = Field(20, ge=0, le=86_400)
    """Seconds after a start until the rules of the guard are made ready; who writes earlier waits for them once."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    metrics_token: SecretStr = Field(SecretStr(""), max_length=200)
    """Whoever shows it as a bearer token may read /metrics; without one there is no such page."""
    pseudo_language: bool = False
    """Offer a made-up language that is read from the right. For those who work on the pages."""

    photos_url: str = ""
    """Where photos are kept: ``s3://bucket/folder``, say; without it, in the folder ``photos`` of the data."""

    activation_days: int = Field(30, ge=1, le=365)
    session_days: int = Field(30, ge=1, le=90)
    shared_session_minutes: int = Field(90, ge=5, le=600)
    shared_idle_minutes: int = Field(30, ge=5, le=600)
    staff_session_hours: int = Field(12, ge=1, le=72)
    staff_idle_minutes: int = Field(60, ge=10, le=600)
    second_factor: Literal["on", "off"] | None = None
    """Whether staff must show a second factor; unless said, they must wherever there is no demo."""
    rate_limits: bool = True
    evidence_days: int = Field(365, ge=30, le=3650)
    """How long what was frozen for a report is kept after the report was answered."""
    smtp_url: SecretStr = SecretStr("")
    """Where digests for staff go out: ``starttls://user:password@host:587``, say; without it no mail is sent."""
    mail_from: str = Field("", pattern=r"^$|^[^@\s<>,;:\"]+@[^@\s<>,;:\"]+$")
    """The address that mail comes from; without it, no-reply at the host of ``public_url``."""
    quiet_from: time = time(22)
    quiet_until: time = time(6, 30)
    """The quiet hours of schools that set none, on each school's clock; none where both are the same."""

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, url: str) -> str:
        for plain in ("postgres://", "postgresql://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database: ``DATABASE_URL`` or a file under the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'penpal.sqlite'}"

    @property
    def demands_second_factor(self) -> bool:
        return self.second_factor == "on" or (self.second_factor is None and not self.demo)

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")

    def key(self) -> str:
        """The signing key: from the environment, else made once and kept beside the data."""
        given = self.secret_key.get_secret_value()
        if given:
            return given
        kept = self.data / "secret.key"
        try:
            return kept.read_text().strip()
        except FileNotFoundError:
            pass
        self.data.mkdir(parents=True, exist_ok=True)
        try:
            with kept.open("x") as file:
                kept.chmod(0o600)
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            # Another process of the same start was first; its key is the one that counts.
            pass
        return kept.read_text().strip()
