"""Parameters of a transcription, from a job's JSON or the command line; knows no engine."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cases.hotwords import cleaned
from cases.records import JsonObject, JsonValue
from models.errors import BadInput
from pipelines.media.audio import MAX_SEATS
from pipelines.speech.roles import ROLES

LANGUAGE = re.compile(r"[a-z]{2,3}")
CHINESE = frozenset({"cmn", "zh-cn", "zh-hans", "zh-tw", "zh-hant", "zho", "chi"})
"""Other names of what Whisper calls zh."""
MIX = "mix"
SPEAKERS = "speakers"
"""What the channels of a recording are: of one sound, or each the microphone of a seat."""
AUTO = "auto"
"""As many speakers as there are."""
STAFF = "staff"
"""The parameter that names staff, and what a run is handed their voices under."""
MEMBERS = "members"
"""The members of the case who have a voiceprint."""
MAX_STAFF = 50
"""More people than work on one case."""
MAX_SPEAKERS = 20
"""More people than speak in any room that is recorded as one."""


@dataclass(frozen=True, slots=True)
class TranscribeParams:
    """`language` None: let the model decide; `model` None: the default.

    `speakers`: how many there are, AUTO to find out, None when nobody asked who speaks.
    `roles` None: 问 and 答 where speakers are known and it sounds like a questioning; True: always; False: never.
    `seats`: speakers whose role is known from their seat or channel, with it.
    `staff`: accounts whose voiceprints the speakers are compared with; None compares with nobody.
    `seated`: each channel is the microphone of one seat: the first is S1; `named_seats` says how many were named.
    `itn`: lay the numbers in figures over the text.
    """

    language: str | None = "zh"
    hotwords: tuple[str, ...] = ()
    model: str | None = None
    words: bool = True
    speakers: int | str | None = None
    roles: bool | None = None
    seats: tuple[tuple[str, str], ...] = ()
    itn: bool = True
    staff: tuple[str, ...] | None = None
    seated: bool = False
    named_seats: int = 0

    @property
    def voices(self) -> bool:
        """Whether speakers are told apart by their voices."""
        return self.speakers not in (None, 1)


def parse_params(params: JsonObject) -> TranscribeParams:
    """Typed parameters; raises BadInput naming the one that does not fit."""
    known = {"language", "hotwords", "model", "words", "speakers", "roles", "itn", "channels", "seats", "staff"}
    unknown = sorted(set(params) - known)
    if unknown:
        raise BadInput(
            "params.unknown", f"transcribe knows no parameter {unknown[0]!r}; it takes {', '.join(sorted(known))}"
        )
    roles, named = params.get("roles"), params.get("seats")
    seated = _channels(params.get("channels"))
    if seated and params.get("speakers") is not None:
        raise BadInput("params.speakers", "channels tells who speaks; leave speakers out")
    if named is not None and (not seated or isinstance(roles, dict)):
        raise BadInput("params.seats", 'seats goes with "channels": "speakers" and without roles for each speaker')
    return TranscribeParams(
        language=_language(params.get("language", "zh")),
        hotwords=_hotwords(params.get("hotwords")),
        model=_model(params.get("model")),
        words=_switch("words", params.get("words", True)),
        speakers=_speakers(params.get("speakers")),
        roles=roles if isinstance(roles, bool) else None,
        seats=_seats(roles) if named is None else _named_seats(named),
        itn=_switch("itn", params.get("itn", True)),
        staff=_staff(params),
        seated=seated,
        named_seats=len(named) if isinstance(named, list) else 0,
    )


def _switch(name: str, value: JsonValue) -> bool:
    if isinstance(value, bool):
        return value
    raise BadInput(f"params.{name}", f"{name} must be true or false")


def _language(value: JsonValue) -> str | None:
    if value is None or value in ("auto", ""):
        return None
    if isinstance(value, str):
        name = value.strip().lower()
        if name in CHINESE:
            return "zh"
        if LANGUAGE.fullmatch(name):
            return name
    raise BadInput("params.language", f"language must be a code such as zh or en, or auto; {value!r} is none")


def _hotwords(value: JsonValue) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise BadInput("params.hotwords", "hotwords must be a list of strings")
    return cleaned([str(word) for word in value])


def _model(value: JsonValue) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    raise BadInput("params.model", "model must be the name of a model; `anjuan models list` shows them")


def _speakers(value: JsonValue) -> int | str | None:
    if value is None or value == AUTO:
        return value
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_SPEAKERS:
        raise BadInput("params.speakers", f"speakers must be a whole number from 1 to {MAX_SPEAKERS}, or auto")
    return value


def _seats(value: JsonValue) -> tuple[tuple[str, str], ...]:
    """Roles by speaker, where `roles` names them."""
    if value is None or isinstance(value, bool):
        return ()
    if not isinstance(value, dict) or not value or not all(role in ROLES for role in value.values()):
        raise BadInput(
            "params.roles", f'roles must be true, false, or a role ({", ".join(ROLES)}) for each speaker: {{"S1": …}}'
        )
    return tuple((speaker, str(role)) for speaker, role in value.items())


def _channels(value: JsonValue) -> bool:
    """Whether channels are seats."""
    if value in (None, MIX, SPEAKERS):
        return value == SPEAKERS
    raise BadInput("params.channels", f"channels must be {MIX} or {SPEAKERS}")


def _named_seats(value: JsonValue) -> tuple[tuple[str, str], ...]:
    """Roles by speaker from a list with the role of each channel, null where it is not known."""
    if not isinstance(value, list) or not 2 <= len(value) <= MAX_SEATS or not all(v in (None, *ROLES) for v in value):
        raise BadInput(
            "params.seats", f"seats must be a list with a role ({', '.join(ROLES)}) or null for each channel in order"
        )
    return tuple((f"S{number}", str(role)) for number, role in enumerate(value, 1) if role is not None)


def _staff(params: JsonObject) -> tuple[str, ...] | None:
    """Ids of accounts; MEMBERS stands for those of the case until the job is taken in."""
    value = params.get("staff")
    if value is None:
        return None
    if params.get("speakers") in (None, 1):
        raise BadInput("params.staff", "staff are known by voice where speakers are told apart; give speakers too")
    if value == MEMBERS:
        return ()
    if not isinstance(value, list) or len(value) > MAX_STAFF or not all(isinstance(one, str) for one in value):
        raise BadInput("params.staff", f"staff must be {MEMBERS}, or a list of at most {MAX_STAFF} accounts")
    return tuple(str(one) for one in value)
