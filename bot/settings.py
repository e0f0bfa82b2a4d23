"""config.yaml and the environment as one frozen, typed value. An unknown key is an error, named with its line.

The environment wins: `LINLI_CHANNEL__WECHATY__TOKEN` sets `channel.wechaty.token`.
"""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from scheduler.rhythm_text import check_words, parse
from scheduler.rhythm_text import fault as rhythm_fault

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
    tags: tuple[Annotated[str, Field(min_length=1, max_length=20)], ...] = Field(default=(), max_length=20)
    """What staff may call it together with others, when they choose where a notice goes."""
    buildings: str = Field(default="", max_length=200)
    """Whose group it is, as a range: `3-7、12`. Without one its name tells, where it names a building."""


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


class Broadcasts(_Part):
    """Notices to many groups."""

    second_word_above: int = Field(default=20, ge=1, le=10_000)
    """To more groups than this nothing goes before a second staff member agrees."""
    second_word_hours: int = Field(default=24, ge=1, le=168)
    """How long that word is waited for."""
    receipt_days: int = Field(default=7, ge=1, le=90)
    """How long an answer that somebody has it is counted."""


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


class CalendarFacts(_Part):
    """Working days: the library knows them for published years."""

    file: Path | None = None
    """The official arrangement as staff load it, a line a stretch of days; it wins over the library."""


def _readable_rhythm(when: str) -> str:
    parse(when)
    return when


def _readable_days(days: str) -> str:
    if parse(f"{days} 09:00").is_of_sessions:
        raise rhythm_fault("days", text=days)
    return days


def _known_braces(text: str) -> str:
    check_words(text)
    return text


class RhythmTarget(_Part):
    """To groups by their names and tags, or to staff in private by their roles."""

    groups: tuple[str, ...] = Field(default=(), max_length=200)
    tags: tuple[str, ...] = Field(default=(), max_length=20)
    staff: tuple[Role, ...] = ()

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.groups or self.tags or self.staff):
            raise rhythm_fault("nobody")
        return self


class RhythmFact(_Part):
    """What is said again and again: `when` as `每月第一个周三 09:00` or `端午节前3天 10:00`, see scheduler/rhythm.yaml."""

    name: str = Field(min_length=1, max_length=20)
    when: Annotated[str, AfterValidator(_readable_rhythm)]
    to: RhythmTarget
    say: Annotated[str, AfterValidator(_known_braces)] = Field(min_length=1, max_length=1500)
    enabled: bool = True

    @model_validator(mode="after")
    def _braces_of_its_kind(self) -> Self:
        check_words(self.say, of_sessions=parse(self.when).is_of_sessions)
        return self


def _named_once(rhythms: tuple[RhythmFact, ...]) -> tuple[RhythmFact, ...]:
    names = [rhythm.name for rhythm in rhythms]
    for name in names:
        if names.count(name) > 1:
            raise rhythm_fault("twice", text=name)
    return rhythms


class Activities(_Part):
    """The activity ledger."""

    kinds: dict[
        Annotated[str, Field(min_length=1, max_length=20)],
        tuple[Annotated[str, Field(min_length=1, max_length=20)], ...],
    ] = Field(default={}, max_length=100)
    """The community's own kinds, and other words for each; beside those of `intents/activities/kinds.yaml`, or in their place."""


def _readable_hours(hours: str) -> str:
    begin, _, end = hours.partition("-")
    if not time.fromisoformat(begin.strip().zfill(5)) < time.fromisoformat(end.strip().zfill(5)):
        raise ValueError("ends before it begins")
    return hours


def _minutes_in(hours: str) -> int:
    begin, end = (time.fromisoformat(one.strip().zfill(5)) for one in hours.split("-"))
    return (end.hour - begin.hour) * 60 + end.minute - begin.minute


class Appointment(_Part):
    """What residents may book a time for: one person a slot. `days` as in rhythms without the hour: `每月第一个周三`."""

    name: str = Field(min_length=1, max_length=20)
    words: tuple[Annotated[str, Field(min_length=2, max_length=20)], ...] = Field(min_length=1, max_length=20)
    """By which a message names it."""
    days: Annotated[str, AfterValidator(_readable_days)]
    hours: tuple[Annotated[str, AfterValidator(_readable_hours)], ...] = Field(min_length=1, max_length=4)
    minutes: int = Field(default=20, ge=5, le=240)
    place: str = Field(default="", max_length=40)
    bring: str = Field(default="", max_length=100)

    @property
    def is_bookable(self) -> bool:
        """Whether one person fits into any of the hours."""
        return any(_minutes_in(hours) >= self.minutes for hours in self.hours)


class SessionFacts(_Part):
    """Sessions that people sign up for, and times they book."""

    appointments: tuple[Appointment, ...] = Field(default=(), max_length=20)
    book_days_ahead: int = Field(default=30, ge=1, le=180)
    """How far ahead a time may be booked."""


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
    broadcasts: Broadcasts = Broadcasts()
    policy: PolicyFacts = PolicyFacts()
    calendar: CalendarFacts = CalendarFacts()
    rhythms: Annotated[tuple[RhythmFact, ...], AfterValidator(_named_once)] = Field(default=(), max_length=200)
    activities: Activities = Activities()
    sessions: SessionFacts = SessionFacts()
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
    return str(error.get("msg", "")).removeprefix("Value error, ")  # what our own validators say stands by itself


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
