"""Every word a person reads: key and parameters to text.

Templates are ours and compiled once; what residents wrote comes in as parameters and is never itself a template. In a group,
personal data in the parameters is masked before it reaches a template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from intents.understanding.buildings import spoken
from intents.understanding.masks import masked, masked_strictly, without_doors
from intents.understanding.yaml_source import load_yaml

COMMON = Path(__file__).with_name("replies.yaml")


class Official(str):
    """What an entry of the knowledge base says: checked by staff, so that an office's telephone and door may be said aloud. A
    mobile number or an identity number is masked in a group all the same."""

    __slots__ = ()


class Replies:
    """`facts` are what any template may say aloud, such as the community's name and telephone numbers."""

    def __init__(self, files: Iterable[Path], facts: Mapping[str, Any], zone: tzinfo) -> None:
        self._zone = zone
        self._own_phones = tuple(number for number in facts.get("phones", {}).values() if number)
        self._sources: dict[str, str] = {}
        for file in [COMMON, *files]:
            for key, text in load_yaml(file).items():
                if key in self._sources:
                    raise ValueError(f"{file}: {key} stands twice")
                self._sources[key] = text
        self._templates: dict[str, Template] = {}
        # plain text for a chat: nothing here is HTML, so nothing is escaped
        self._environment = Environment(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # noqa: S701
        )
        self._environment.globals.update(facts, word=self.word, said=self._said)
        self._environment.filters.update(day=self._day, moment=self._moment, date=self._date)
        self._environment.filters.update(where=self._where, buildings=self.buildings)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._sources)

    def __call__(self, key: str, params: Mapping[str, Any], *, public: bool) -> str:
        return self._template(key).render(self._without_personal_data(params) if public else params).strip()

    def _said(self, key: str, **params: Any) -> str:
        """A part of a longer text that is also said by itself."""
        return self._template(key).render(params).strip()

    def word(self, key: str, default: str = "") -> str:
        """A word without parameters, such as a state's name."""
        return self._sources.get(f"word.{key}", default or key)

    def source(self, key: str) -> str:
        return self._sources[key]

    def _template(self, key: str) -> Template:
        if key not in self._templates:
            self._templates[key] = self._environment.from_string(self._sources[key])
        return self._templates[key]

    def _where(self, place: Any, *, door: bool = False) -> str:
        """An address in words, of anything with building, unit, room and place; the door only where it may be said."""
        building, unit, room, spot = (
            place.get(part) if isinstance(place, Mapping) else getattr(place, part, None)
            for part in ("building", "unit", "room", "place")
        )
        style = "lettered" if building and building.isalpha() else "numbered"
        parts = [self.word(f"where.{style}").format(building)] if building else []
        parts += [self.word("where.unit").format(unit)] if unit else []
        parts += [room] if room and door else []
        address = "".join(parts)
        if spot and (not address or (building and building in spot and not unit)):
            return str(spot)  # it says the building itself
        return f"{address} {spot}" if spot and door and not (building and building in spot) else address

    def buildings(self, names: Iterable[str]) -> str:
        """Several buildings in few words, letters last: 7–12、15号楼、A座."""
        said, between = spoken(names), self.word("where.between")
        lettered = [one for one in said if one.isalpha()]
        numbered = [one for one in said if not one.isalpha()]
        parts = {"numbered": numbered, "lettered": lettered}
        return between.join(
            self.word(f"where.{style}").format(between.join(part)) for style, part in parts.items() if part
        )

    def _day(self, at: datetime) -> str:
        """A date always carries its weekday."""
        local = at.astimezone(self._zone)
        return self.word("day").format(
            month=local.month, day=local.day, weekday=self.word(f"weekday.{local.weekday()}")
        )

    def _date(self, day: date) -> str:
        """A local day with its year, for papers that hold from then or until then."""
        if isinstance(day, datetime):
            day = day.astimezone(self._zone).date()
        return self.word("date").format(
            year=day.year, month=day.month, day=day.day, weekday=self.word(f"weekday.{day.weekday()}")
        )

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return f"{self._day(at)}{local:%H:%M}"

    def _without_personal_data(self, value: Any) -> Any:
        """For a group: no phone but the community's own, no identity number, no door."""
        if isinstance(value, Official):
            return masked_strictly(value)
        if isinstance(value, str):
            return self._aloud(value, self._own_phones)
        if isinstance(value, Mapping):
            return {key: self._without_personal_data(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._without_personal_data(one) for one in value]
        return value

    def _aloud(self, text: str, own_phones: Sequence[str]) -> str:
        if not own_phones:
            return without_doors(masked(text))
        return own_phones[0].join(self._aloud(part, own_phones[1:]) for part in text.split(own_phones[0]))
