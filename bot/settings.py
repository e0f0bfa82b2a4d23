"""config.yaml and the environment as one frozen, typed value. An unknown key is an error, named with its line.

The environment wins: `LINLI_CHANNEL__WECHATY__TOKEN` sets `channel.wechaty.token`.
"""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

Role = Literal["admin", "worker", "grid", "mediator", "property", "viewer"]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise ValueError("unknown time zone") from fault
    return name


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Phones(_Part):
    """Numbers the assistant may say aloud. They are the community's own, never a resident's."""

    office: str = ""
    gas: str = ""
    lift: str = ""
    power: str = ""
    water: str = ""


class Office(_Part):
    """Where residents find the committee: said in answers, and left out where it is empty."""

    place: str = Field(default="", max_length=60)
    hours: str = Field(default="", max_length=60)
    reception: str = Field(default="", max_length=60)
    """The secretary's reception day."""


class Community(_Part):
    id: str = Field(default="default", pattern=r"^[a-z0-9-]{1,64}$")
    name: str = Field(min_length=1, max_length=60)
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    phones: Phones = Phones()
    office: Office = Office()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class StaffMember(_Part):
    contact: str = Field(default="", max_length=256)
    """The contact's id on the channel, where it is known; without one, `linli recover` prints a code to bind with."""
    name: str = Field(min_length=1, max_length=20)
    role: Role
    buildings: tuple[str, ...] = ()


class GroupFact(_Part):
    name: str = Field(min_length=1, max_length=128)
    listen: bool = True


class Wechaty(_Part):
    endpoint: str = Field(default="127.0.0.1:8788", pattern=r"^[^\s/:]+:\d{1,5}$")
    token: SecretStr = SecretStr("")
    tls: bool = True
    tls_ca: Path | None = None
    """A file of the certificate authority to trust, in PEM; without it the system's."""
    tls_server_name: str | None = None
    tls_verify: bool = True
    """The certificate every gateway is born with has a published key: checking it proves nothing, `false` says so."""
    accept_invitations: bool = True
    call_timeout_s: float = Field(default=10.0, gt=0, le=120)
    watchdog_interval_s: float = Field(default=5.0, gt=0, le=120)


class ChannelFacts(_Part):
    kind: Literal["simulator", "wechaty", "console"] = "simulator"
    names: tuple[str, ...] = Field(min_length=1)
    wechaty: Wechaty = Wechaty()


class Web(_Part):
    port: int = Field(default=8000, ge=0, le=65535)


class QuietHours(_Part):
    start: time = time(21, 30)
    end: time = time(7, 30)


class Pacing(_Part):
    """How fast one account may send. WeChat blocks accounts that are faster."""

    gap_s: float = Field(default=3.0, ge=0, le=600)
    jitter_s: float = Field(default=2.0, ge=0, le=600)
    a_minute: int = Field(default=15, ge=1, le=100_000)
    a_day: int = Field(default=800, ge=1, le=10_000_000)
    notice_gap_s: float = Field(default=10.0, ge=0, le=3600)


class Limits(_Part):
    oldest_message_minutes: int = Field(default=120, ge=1)
    answers_a_minute_person: int = Field(default=6, ge=1)
    answers_a_minute_group: int = Field(default=20, ge=1)
    handled_at_once: int = Field(default=64, ge=1, le=1000)
    send_attempts: int = Field(default=5, ge=1, le=50)
    picture_mb: float = Field(default=8.0, gt=0, le=50)
    dialog_wait_minutes: int = Field(default=30, ge=1, le=1440)
    complaints_an_hour_person: int = Field(default=10, ge=1, le=1000)
    """Whoever reports more is answered once and put before staff."""


class CommonProblem(_Part):
    """Complaints of one kind become a common problem: so many cases, in so many buildings, within so many days."""

    cases: int = Field(default=5, ge=2, le=1000)
    buildings: int = Field(default=3, ge=1, le=1000)
    days: int = Field(default=3, ge=1, le=90)


class Desk(_Part):
    """When staff get their lists in private."""

    morning: time = time(8, 30)
    evening: time = time(17, 30)


class Study(_Part):
    """When staff get the week's questions, in private."""

    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    at: time = time(9, 0)


class PolicyFacts(_Part):
    """Questions about rules."""

    answer_from: float = Field(default=0.45, ge=0, le=1)
    """How sure an answer must be; below it the question goes to a person. `make bench` prints the curve."""
    synonyms: Path | None = None
    """A YAML file of the community's own words for things; read again when it changes."""
    review_after_days: int = Field(default=180, ge=1, le=3650)
    """When what staff answered or confirmed is looked at again."""
    study: Study = Study()


class Retention(_Part):
    messages_days: int = Field(default=180, ge=1, le=3650)


class DatabaseFacts(_Part):
    url: str = "sqlite:///var/linli.db"
    key_file: Path = Path("var/linli.key")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="LINLI_", env_nested_delimiter="__", yaml_file=None
    )
    community: Community
    channel: ChannelFacts
    database: DatabaseFacts = DatabaseFacts()
    groups: tuple[GroupFact, ...] = ()
    staff: tuple[StaffMember, ...] = ()
    quiet_hours: QuietHours = QuietHours()
    pacing: Pacing = Pacing()
    limits: Limits = Limits()
    common_problem: CommonProblem = CommonProblem()
    desk: Desk = Desk()
    policy: PolicyFacts = PolicyFacts()
    retention: Retention = Retention()
    web: Web = Web()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


class ConfigurationFault(Exception):
    """What is wrong in which file, at which field; `key` is looked up in `bot/cli/messages.yaml`."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params


def load_settings(path: Path) -> Settings:
    """Read config.yaml; raises `ConfigurationFault` naming file, line and field."""
    try:
        text = path.read_text("utf-8")
        content = yaml.safe_load(text) or {}
    except FileNotFoundError as fault:
        raise ConfigurationFault("config.missing", path=str(path)) from fault
    except UnicodeDecodeError as fault:
        raise ConfigurationFault("config.encoding", path=str(path)) from fault
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise ConfigurationFault("config.yaml", path=str(path), line=line, problem=fault.problem or "") from fault
    if not isinstance(content, dict):
        raise ConfigurationFault("config.yaml", path=str(path), line=1, problem="")
    try:
        return Settings(**content)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigurationFault(
            f"config.{_KINDS.get(first['type'], 'value')}",
            path=str(path),
            line=line_of(text, first["loc"]),
            field=field,
            problem=_problem(first),
        ) from fault


_KINDS = {"extra_forbidden": "unknown_key", "missing": "missing_key"}


def _problem(error: Any) -> str:
    return str(error.get("msg", ""))


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """The line of a field in YAML text, or of the nearest thing around it that is there."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 1
    for part in location:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    found, line = value, key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
            line = found.start_mark.line + 1
        if found is None:
            break
        node = found
    return line
