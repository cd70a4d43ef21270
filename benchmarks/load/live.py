"""Live dictation over the wire: how soon text appears, how many speakers fit, what drops and hours cost.

    python -m benchmarks.load.live latency --shared PATH --speakers 1 2 3 4
    python -m benchmarks.load.live drops --shared PATH --drops 100
    python -m benchmarks.load.live long --shared PATH --minutes 60
    python -m benchmarks.load.live idle --minutes 20

`latency` plays AISHELL utterances in real time, a second of silence between them, to a real `anjuan serve` with real
models. Where a voice begins and ends is taken from the loudness of each utterance, not from any model of ours; times
run from the moment at which that sample was spoken, so that a frame's own length counts too. `drops` cuts the
connection without a word again and again. `long` sends as fast as the server follows and watches its memory.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.accuracy.chinese_text import character_errors, comparable, total
from benchmarks.faults.service import Service, ServiceOptions, leave_on_sigterm
from benchmarks.load.live_client import RATE, Came, LiveClient
from benchmarks.load.memory import MIB, Footprint, footprint
from cases.records import JsonObject
from models.errors import Defect
from pipelines.media.audio import normalise, read_span

FRAME_S = 0.04
"""Sound in one frame, as the live page sends it."""
GAP_S = 1.2
"""Silence between utterances: a person who dictates sentence by sentence."""
LOUD_SHARE = 0.1
"""A voice begins and ends where 20 ms reach this share of the utterance's own loudness (its 95th percentile)."""
STEP = RATE // 50
SETTINGS = {"LIVE_SESSIONS_MAX_CONCURRENT": "32", "LIVE_REWRITE_WAIT_S": "600", "REQUESTS_PER_MINUTE": "100000"}
"""Places for every speaker that is tried, and second readings of all they said."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Sound of one sentence (16 kHz, 16 bit), its words, and where the voice begins and ends in it (samples)."""

    samples: NDArray[np.int16]
    text: str
    onset: int
    end: int


@dataclass(slots=True)
class Spoken:
    """One utterance as it was played: where it began in the session, and when its first sample was spoken."""

    utterance: Utterance
    first: int
    at: float

    def moment(self, sample: int) -> float:
        """When a sample of the utterance was spoken."""
        return self.at + sample / RATE


@dataclass(slots=True)
class Speaker:
    """One client with what it said."""

    client: LiveClient
    spoken: list[Spoken] = field(default_factory=list)
    last: Came | None = None


def utterances(shared: Path, limit: int) -> list[Utterance]:
    """AISHELL utterances of both speakers, spread over the set."""
    folder = shared / "data/audio/aishell_sample"
    with (folder / "transcripts.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if float(row["seconds"]) < 12]
    chosen = rows[:: max(1, len(rows) // limit)][:limit]
    with tempfile.TemporaryDirectory() as scratch:
        return [_utterance(folder / row["file"], row["text"], Path(scratch) / "sound.wav") for row in chosen]


def _utterance(path: Path, text: str, scratch: Path) -> Utterance:
    count = normalise(path, scratch)
    samples = np.rint(read_span(scratch, 0, count).samples * 32768).astype(np.int16)
    whole = samples[: count // STEP * STEP].reshape(-1, STEP).astype(np.float64)
    loud = np.sqrt(np.square(whole).mean(axis=1))
    above = np.flatnonzero(loud >= LOUD_SHARE * np.percentile(loud, 95))
    return Utterance(samples, text, int(above[0]) * STEP, int(above[-1] + 1) * STEP)


# --- latency ---------------------------------------------------------------------------------------------------------
async def play(speaker: Speaker, said: Sequence[Utterance], offset_s: float) -> None:
    """Speak in real time: a frame is sent when its last sample has been spoken."""
    await speaker.client.begin()
    await asyncio.sleep(offset_s)
    began, position = time.perf_counter(), 0
    silence = np.zeros(round(GAP_S * RATE), np.int16)
    stream = [silence]
    for one in said:
        first = sum(piece.size for piece in stream)
        speaker.spoken.append(Spoken(one, first, began + first / RATE))
        stream += [one.samples, silence]
    sound, step = np.concatenate(stream), round(FRAME_S * RATE)
    for position in range(0, sound.size, step):
        piece = sound[position : position + step]
        await asyncio.sleep(max(0.0, began + (position + piece.size) / RATE - time.perf_counter()))
        await speaker.client.say(piece.astype("<i2").tobytes())
    speaker.last = await speaker.client.end()


async def speak_at_once(service: Service, said: Sequence[Utterance], count: int) -> list[Speaker]:
    """`count` speakers, each with utterances of their own order, not in step with each other."""
    case = service.create_case("live")
    speakers = [Speaker(LiveClient(service, case)) for _ in range(count)]
    turns = [[said[(n + shift * 5) % len(said)] for n in range(len(said))] for shift in range(count)]
    await asyncio.gather(*(play(s, turns[n], n * 0.37) for n, s in enumerate(speakers)))
    return speakers


def report(service: Service, speakers: Sequence[Speaker]) -> JsonObject:
    """The figures of one run."""
    first, final, rewrite, right = list[float](), list[float](), list[float](), list[float]()
    unheard = lost = 0
    for speaker in speakers:
        came = speaker.client.came
        for spoken in speaker.spoken:
            texts, finals = _lines_of(came, spoken)
            if not texts or not finals:
                unheard += 1
                continue
            first.append(texts[0].at - spoken.moment(spoken.utterance.onset))
            right.append(_standing(str(texts[0].event["text"]), spoken.utterance.text))
            final.append(finals[-1].at - spoken.moment(spoken.utterance.end))
        closed = {c.event["line"]: c.at for c in came if c.kind == "final"}
        rewrite += [c.at - closed[c.event["line"]] for c in came if c.kind == "rewrite"]
        lost += lost_lines(service, speaker.client)
    return {
        "speakers": len(speakers),
        "utterances": sum(len(s.spoken) for s in speakers),
        "first_partial_s": _spread(first),
        "first_partial_right": round(float(np.mean(right)), 3) if right else None,
        "final_s": _spread(final),
        "rewrite_after_final_s": _spread(rewrite),
        "utterances_without_a_line": unheard,
        "revision_rate": round(_revisions(speakers), 4),
        "lost_lines": lost,
        "slow_notices": sum(c.kind == "slow" for s in speakers for c in s.client.came),
        **_accuracy(speakers),
    }


def _lines_of(came: Sequence[Came], spoken: Spoken) -> tuple[list[Came], list[Came]]:
    """What was shown of one utterance: events with text, and closed lines, by their place in the session."""
    start = (spoken.first + spoken.utterance.onset) / RATE - 0.6
    end = (spoken.first + spoken.utterance.end) / RATE
    mine = [c for c in came if c.kind in ("partial", "final") and start <= c.number("start") < end]
    return [c for c in mine if c.event["text"]], [c for c in mine if c.kind == "final"]


def _standing(shown: str, said: str) -> float:
    """Share of the characters first shown that were said, each in its place."""
    found, truth = comparable(shown), comparable(said)
    return sum(a == b for a, b in zip(found, truth, strict=False)) / max(1, len(found))


def _spread(seconds: Sequence[float]) -> JsonObject:
    if not seconds:
        return {"count": 0}
    p50, p95 = np.percentile(seconds, [50, 95])
    return {
        "count": len(seconds),
        "p50": round(float(p50), 3),
        "p95": round(float(p95), 3),
        "max": round(max(seconds), 3),
    }


def _revisions(speakers: Sequence[Speaker]) -> float:
    """Characters that were changed after they had been shown, over all that stand at the end (the quick pass alone)."""
    changed = standing = 0
    for speaker in speakers:
        shown = ""
        for came in speaker.client.came:
            if came.kind not in ("partial", "final"):
                continue
            text = str(came.event["text"])
            common = next((n for n, (a, b) in enumerate(zip(shown, text, strict=False)) if a != b), None)
            changed += len(shown) - (min(len(shown), len(text)) if common is None else common)
            standing += len(text) if came.kind == "final" else 0
            shown = "" if came.kind == "final" else text
    return changed / max(1, standing)


def _accuracy(speakers: Sequence[Speaker]) -> JsonObject:
    quick, second = [], []
    for speaker in speakers:
        rewrites = {c.event["line"]: str(c.event["text"]) for c in speaker.client.came if c.kind == "rewrite"}
        for spoken in speaker.spoken:
            finals = _lines_of(speaker.client.came, spoken)[1]
            reference = comparable(spoken.utterance.text)
            quick.append(character_errors(reference, comparable("".join(str(c.event["text"]) for c in finals))))
            better = "".join(rewrites.get(c.event["line"], "") for c in finals)
            second.append(character_errors(reference, comparable(better)))
    return {"quick_cer": round(total(quick).rate, 4), "rewrite_cer": round(total(second).rate, 4)}


def lost_lines(service: Service, client: LiveClient) -> int:
    """Closed lines that were shown and are not in the session's journal beside its record, word for word."""
    record = str(client.came[-1].event["record"])
    copies = service.client.get(f"/api/v1/records/{record}/derived").json()
    journal = service.client.get(f"/api/v1/derived/{copies[0]['id']}/content").text
    kept = {(row["line"], row["text"]) for row in map(json.loads, journal.splitlines()) if row["kind"] == "final"}
    shown = [(c.event["line"], c.event["text"]) for c in client.came if c.kind == "final"]
    twice = len(shown) - len({line for line, _ in shown})
    return sum(line not in kept for line in shown) + twice + abs(len(kept) - len(shown))


# --- drops, hours, silence -------------------------------------------------------------------------------------------
async def drop(service: Service, said: Sequence[Utterance], drops: int) -> JsonObject:
    """Cut the connection `drops` times at odd moments of one session; then compare with what was said."""
    chance = np.random.default_rng(1)
    client = LiveClient(service, service.create_case("drops"))
    await client.begin()
    silence = np.zeros(round(GAP_S * RATE), np.int16)
    while client.drops < drops:
        one = said[client.drops % len(said)]
        sound = np.concatenate([one.samples, silence]).astype("<i2")
        cut = int(chance.integers(1, sound.size))
        await client.say(sound[:cut].tobytes())
        await asyncio.sleep(float(chance.uniform(0, 0.3)))
        await client.drop()
        await client.say(sound[cut:].tobytes())
    last = await client.end()
    return {
        "drops": client.drops,
        "seconds": round(len(client.sound) / 2 / RATE, 1),
        "lines": sum(c.kind == "final" for c in client.came),
        "lost_lines": lost_lines(service, client),
        "sound_is_whole": service.content(str(last.event["evidence"]))[44:] == bytes(client.sound),
    }


async def hours(service: Service, said: Sequence[Utterance], minutes: float, paced_speed: float) -> JsonObject:
    """A long session, faster than real time; memory of the server at every minute of sound."""
    client = LiveClient(service, service.create_case("long"))
    await client.begin()
    silence = np.zeros(round(GAP_S * RATE), np.int16)
    looks, began, number = list[Footprint](), time.monotonic(), 0
    while len(client.sound) / 2 / RATE < minutes * 60:
        one = said[number % len(said)]
        number += 1
        await client.say(np.concatenate([one.samples, silence]).astype("<i2").tobytes())
        spoken = len(client.sound) / 2 / RATE
        await asyncio.sleep(max(0.0, spoken / paced_speed - (time.monotonic() - began)))
        if int(spoken // 60) > len(looks):
            looks.append(footprint(service.pid))
            print(f"{len(looks)} min of sound, {_both(looks[-1]) / MIB:.0f} MiB", file=sys.stderr)
    followed = time.monotonic() - began
    await client.end()
    # The first tenth fills caches: models, allocators, the database's pages. One look falls on a recogniser that is
    # new or on one about to be replaced, 60 MiB apart: the middle of several looks tells growth from that swing.
    tenth = max(1, len(looks) // 10)
    settled, last = looks[tenth], looks[-1]
    early, late = (
        float(np.median([_both(look) for look in some])) for some in (looks[tenth:][: 2 * tenth], looks[-2 * tenth :])
    )
    return {
        "minutes_of_sound": minutes,
        "seconds_taken": round(followed, 1),
        "rss_settled_mib": round(_both(settled) / MIB),
        "rss_last_mib": round(_both(last) / MIB),
        "rss_growth_percent": round(100 * (_both(last) / _both(settled) - 1), 2),
        "rss_medians_mib": [round(early / MIB), round(late / MIB)],
        "rss_medians_growth_percent": round(100 * (late / early - 1), 2),
        "gateway_rss_mib": [round(look.gateway_rss / MIB) for look in (settled, last)],
        "live_text_rss_mib": [round(look.live_text_rss / MIB) for look in (settled, last)],
        "lines": sum(c.kind == "final" for c in client.came),
        "lost_lines": lost_lines(service, client),
    }


def _both(look: Footprint) -> int:
    """The gateway and the process of its quick pass."""
    return look.gateway_rss + look.live_text_rss


async def idle(service: Service, said: Sequence[Utterance], minutes: float) -> JsonObject:
    """A microphone that is muted for long: then the next sentence is heard as the first was."""
    client = LiveClient(service, service.create_case("idle"))
    await client.begin()
    sentence = np.concatenate([said[0].samples, np.zeros(2 * RATE, np.int16)]).astype("<i2").tobytes()
    await client.say(sentence)
    await asyncio.sleep(minutes * 60)
    before = client.drops
    await client.say(sentence)
    await client.end()
    finals = [str(c.event["text"]) for c in client.came if c.kind == "final"]
    return {"idle_minutes": minutes, "lines": len(finals), "same_text": len(set(finals)) == 1, "drops": before}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="live dictation over the wire")
    parser.add_argument("what", choices=["latency", "drops", "long", "idle"])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--utterances", type=int, default=12)
    parser.add_argument("--speakers", type=int, nargs="+", default=[1])
    parser.add_argument("--drops", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--speed", type=float, default=8.0, help="of a long session, over real time")
    parser.add_argument("--rewrite-wait", type=int, default=600, help="seconds that the end waits for second readings")
    parser.add_argument("--engine", choices=["ray", "inline"], default="inline")
    parser.add_argument("--fake-models", action="store_true")
    given = parser.parse_args()
    leave_on_sigterm()
    said = utterances(given.shared, given.utterances)
    with tempfile.TemporaryDirectory(prefix="live-") as name:
        settings = {**SETTINGS, "LIVE_REWRITE_WAIT_S": str(given.rewrite_wait)}
        options = ServiceOptions(Path(name) / "data", given.engine, given.fake_models, 600.0, settings)
        with Service(options) as service:
            service.wait_until_ready()
            for found in _measured(service, said, given):
                print(json.dumps({"engine": given.engine, **found}, ensure_ascii=False), flush=True)


def _measured(service: Service, said: Sequence[Utterance], given: argparse.Namespace) -> Iterator[JsonObject]:
    match str(given.what):
        case "latency":
            # The first session loads models; its figures are those of a cold start and are left out.
            asyncio.run(speak_at_once(service, said[:1], 1))
            for count in cast("list[int]", given.speakers):
                began = _processor_seconds(service.pid)
                found = report(service, asyncio.run(speak_at_once(service, said, count)))
                spent = _processor_seconds(service.pid) - began
                sound = count * sum(one.samples.size / RATE + GAP_S for one in said)
                yield {**found, "processor_s_per_second_of_sound": round(spent / sound, 3)}
        case "drops":
            yield asyncio.run(drop(service, said, given.drops))
        case "long":
            yield asyncio.run(hours(service, said, given.minutes, given.speed))
        case "idle":
            yield asyncio.run(idle(service, said, given.minutes))
        case what:
            raise Defect("bench.what", f"nothing is measured by the name {what}")


def _processor_seconds(pid: int) -> float:
    """What the server used of the processor so far: both passes, which other work on the machine hardly changes."""
    main = psutil.Process(pid)
    spent = [process.cpu_times() for process in (main, *main.children(recursive=True))]
    return float(sum(one.user + one.system for one in spent))


if __name__ == "__main__":
    main()
