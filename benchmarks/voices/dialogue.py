"""Dialogues of interrogations and committee meetings, made from wording that is data; a seed decides, nothing else.

A line says who speaks, in which role, what, and which key facts it states.  Knows no sound.  Key facts are those that
make a record differ from its recording in substance: time, place, means, tool, victim, amount, intent, negation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from random import Random
from typing import Final, Literal

from benchmarks.voices.invented import case, filled, person

Kind = Literal["interrogation", "meeting"]
CRIMES: Final = ("theft", "fraud", "injury", "driving")
PARTS: Final[Mapping[int, tuple[str, ...]]] = {
    2: ("asker", "suspect"),
    3: ("asker", "suspect", "asker2"),
    4: ("asker", "suspect", "asker2", "aside"),
}
"""Who is in the room of an interrogation, by the number of speakers."""
ROLES: Final[Mapping[str, str | None]] = {
    "asker": "question",
    "asker2": "question",
    "suspect": "answer",
    "aside": "aside",
}
CHARACTER_S: Final = 0.185
"""Seconds of a character read by Kokoro at speed 1, with its share of the pauses inside a sentence."""
TURN_S: Final = 0.65
OPENING_SHARE: Final = 0.35
"""The notices and questions of identity take no more than this of a dialogue, save the first of them."""
UNEXPECTED: Final = 0.25
ASIDE: Final = 0.12
MOST_LINES: Final = 5000
"""Three hours: a script that is asked for more is asked for by mistake."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A key fact in the words of the line that states it, or asks about it."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """One turn; `part` is the speaker's place in the room, `role` question, answer, aside, or None in a meeting."""

    part: str
    role: str | None
    text: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: `wording` is a file of benchmarks/voices/wording."""

    seed: int
    minutes: float
    speakers: int = 2
    kind: Kind = "interrogation"
    wording: str = "b"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer, or one line that nobody answers (`answer` empty)."""

    by: str
    ask: tuple[str, ...]
    answer: tuple[str, ...]
    facts: Mapping[str, str]


Wording = Mapping[str, tuple[Exchange, ...]]


def load_wording(name: str) -> Wording:
    """The exchanges by section; raises FileNotFoundError for a wording that is not there."""
    place = resources.files("benchmarks.voices") / "wording" / f"{name}.toml"
    sections = tomllib.loads(place.read_text(encoding="utf-8"))
    return {section: tuple(_exchange(entry) for entry in entries) for section, entries in sections.items()}


def _exchange(entry: Mapping[str, object]) -> Exchange:
    says, answer, facts = entry.get("ask", entry.get("say")), entry.get("answer", []), entry.get("facts", {})
    if not isinstance(says, list) or not isinstance(answer, list) or not isinstance(facts, dict):
        raise TypeError(f"wording: {entry} is not an exchange")
    return Exchange(str(entry.get("by", "asker")), tuple(says), tuple(answer), facts)


def write(wish: Wish) -> tuple[Line, ...]:
    """The lines of a dialogue of about `minutes`; the same for the same wish, always."""
    if wish.kind == "meeting":
        return _Writer(wish).meeting()
    if wish.speakers not in PARTS:
        raise ValueError(f"an interrogation has {', '.join(map(str, PARTS))} speakers, not {wish.speakers}")
    return _Writer(wish).interrogation()


class _Writer:
    """One dialogue in the making."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._rng = Random(f"{wish.kind} {wish.seed}")
        self._wording = load_wording(wish.wording)
        self._slots = person(self._rng) | case(self._rng)
        self._lines: list[Line] = []
        self._parts = PARTS.get(wish.speakers, ())

    def interrogation(self) -> tuple[Line, ...]:
        """Opening, episodes until the time is up, closing."""
        closing = self._wording["closing"]
        budget = self._wish.minutes * 60 - len(closing) * 5
        for exchange in self._opening(budget * OPENING_SHARE):
            self._hold(exchange)
        crimes: list[str] = []
        while self._seconds() < budget and len(self._lines) < MOST_LINES:
            crimes = crimes or self._rng.sample(CRIMES, len(CRIMES))
            self._episode(self._wording[crimes.pop()], budget)
        for exchange in closing:
            self._hold(exchange)
        return tuple(self._lines)

    def meeting(self) -> tuple[Line, ...]:
        """The chair opens; report, questions, opinions in rounds, one member after the other."""
        members = [f"member{n}" for n in range(1, self._wish.speakers - 1)]
        turn = 0
        opened = False
        while self._seconds() < self._wish.minutes * 60 and len(self._lines) < MOST_LINES:
            for exchange in self._wording["meeting"][1 if opened else 0 :]:
                part = exchange.by
                if part == "member":
                    part = members[turn % len(members)]
                    turn += 1
                self._lines.append(Line(part, None, self._say(exchange.ask)))
            opened = True
            self._slots |= case(self._rng)
        return tuple(self._lines)

    def _opening(self, budget: float) -> list[Exchange]:
        kept = list(self._wording["opening"])
        while len(kept) > 1 and sum(_length(e) for e in kept) > budget:
            kept.pop(self._rng.randrange(1, len(kept)))
        return kept

    def _episode(self, exchanges: Sequence[Exchange], budget: float) -> None:
        self._slots |= case(self._rng)
        for exchange in exchanges:
            if self._seconds() >= budget:
                return
            self._hold(exchange)
            if self._rng.random() < UNEXPECTED:
                self._hold(self._rng.choice(self._wording["between"]))
            if "aside" in self._parts and self._rng.random() < ASIDE:
                self._hold(self._rng.choice(self._wording["aside"]))

    def _hold(self, exchange: Exchange) -> None:
        by = exchange.by if exchange.by in self._parts else "asker"
        facts = tuple(Fact(kind, filled(value, self._slots)) for kind, value in exchange.facts.items())
        asked = self._say(exchange.ask)
        answer = self._say(exchange.answer) if exchange.answer else ""
        named = tuple(fact for fact in facts if fact.value in asked and fact.value not in answer)
        self._lines.append(Line(by, ROLES[by], asked, named))
        if answer:
            self._lines.append(Line("suspect", "answer", answer, tuple(f for f in facts if f.value in answer)))

    def _say(self, variants: Sequence[str]) -> str:
        return filled(self._rng.choice(variants), self._slots)

    def _seconds(self) -> float:
        return sum(len(line.text) * CHARACTER_S + TURN_S for line in self._lines)


def _length(exchange: Exchange) -> float:
    """About how many seconds an exchange takes."""
    return sum(len(side[0]) * CHARACTER_S + TURN_S for side in (exchange.ask, exchange.answer) if side)
