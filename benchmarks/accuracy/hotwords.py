"""Hotwords: how many misheard names are found, how often a right text is disturbed, and how long it takes.

    python -m benchmarks.accuracy.hotwords --shared ../shared
    python -m benchmarks.accuracy.hotwords --shared ../shared --names names.txt    Whisper with and without hotwords

Texts are the facts of court judgments. *Found*: names made of common characters are put into them, written with other
characters of the same sound or of a regional confusion, and must be suggested in their place, first. *Disturbed*:
suggestions in the texts as they are, with names on the list that do not occur in them. Names with an even number were
used to choose the thresholds, those with an odd number are scored. `--names` asks what hotwords in front of a clip do
to Whisper: the AISHELL utterances that hold one of the names in the file (one a line), heard without hotwords, with the
right names among others, and with others alone.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy.chinese_text import character_errors, comparable, total
from benchmarks.accuracy.speech import Sample, samples_in, transcribe
from models.device import choose_device
from models.weights import WeightsCache
from pipelines.engine import Engine
from pipelines.inline import InlineEngine
from pipelines.speech.hotwords import HotwordIndex
from pipelines.speech.pinyin import apart, readings

JUDGMENTS = Path("data", "cases", "mud", "dev.jsonl")
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文斌波辉健宇鑫浩然佳琪梓涵欣怡志远春梅海燕晓东立新小龙"
    "少峰永康德胜振宁国栋雪松嘉豪俊凯思雨天成云飞家乐"
)
CONFUSED_SHARE = 0.3
"""Of the changed characters, those written with a character of a confused sound; the others sound the same."""
PROMPT_DISTRACTORS = 20
"""Hotwords of other cases beside the right ones: a case header has some twenty names and places."""


def names(count: int, seed: int) -> list[str]:
    """Different person names, two thirds with two given characters."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        given = "".join(rng.sample(GIVEN, 2 if rng.random() < 2 / 3 else 1))
        found[rng.choice(SURNAMES) + given] = None
    return list(found)


def common_characters() -> list[str]:
    """The first level of GB 2312: 3,755 characters in use."""
    codes = ((high, low) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    spelled = (bytes(code).decode("gb2312", "ignore") for code in codes)
    return [character for character in spelled if character]


class Mishearing:
    """Writes names with other characters that sound alike."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._alike: dict[str, list[str]] = defaultdict(list)
        self._confused: dict[str, list[str]] = defaultdict(list)
        by_class: dict[str, list[str]] = defaultdict(list)
        self._sound = {character: readings(character)[0] for character in common_characters()}
        for character, sounds in self._sound.items():
            if sounds:
                by_class[sounds[0].sound_class].append(character)
        for alike in by_class.values():
            for one in alike:
                for other in alike:
                    near = apart(self._sound[one][0], self._sound[other][0]) <= 0.1
                    if one != other:
                        (self._alike if near else self._confused)[one].append(other)

    def of(self, name: str) -> str | None:
        """The name with one or more characters changed; None when no character has others that sound like it."""
        places = [n for n, character in enumerate(name) if self._alike[character] or self._confused[character]]
        if not places:
            return None
        changed = list(name)
        for place in self._rng.sample(places, self._rng.randint(1, len(places))):
            confused = self._confused[name[place]]
            use_confused = not self._alike[name[place]] or (confused and self._rng.random() < CONFUSED_SHARE)
            changed[place] = self._rng.choice(confused if use_confused else self._alike[name[place]])
        return "".join(changed)


def texts(path: Path) -> list[str]:
    """Clauses of judgments of ten characters and more."""
    facts = [json.loads(line)["facts"] for line in path.read_text(encoding="utf-8").splitlines()]
    return [clause for text in facts for clause in re.split("[，。；：]", text) if len(clause) >= 10]


@dataclass(frozen=True, slots=True)
class Found:
    """Misheard names: how many, suggested in their place at all, and as the first one there."""

    count: int
    suggested: int
    first: int


def recall(listed: Sequence[str], clauses: Sequence[str], seed: int) -> Found:
    """Each name misheard in a clause of its own."""
    index, mishear, rng = HotwordIndex(listed), Mishearing(seed), random.Random(seed)
    count = suggested = first = 0
    for name in listed:
        wrong = mishear.of(name)
        if wrong is None or wrong in listed:
            continue
        clause = rng.choice(clauses)
        place = rng.randrange(len(clause) + 1)
        answers = index.suggestions(clause[:place] + wrong + clause[place:])
        here = [s.hotword for s in answers if (s.start, s.end) == (place, place + len(wrong))]
        count += 1
        suggested += name in here
        first += here[:1] == [name]
    return Found(count, suggested, first)


def disturbed(listed: Sequence[str], clauses: Sequence[str]) -> tuple[int, int, float]:
    """Suggestions in texts where nothing was misheard, characters of text, core seconds."""
    index = HotwordIndex(listed)
    index.suggestions(clauses[0])
    clock = time.process_time()
    count = sum(len(index.suggestions(clause)) for clause in clauses)
    return count, sum(map(len, clauses)), time.process_time() - clock


def suggest(path: Path) -> None:
    """Print what lists of several lengths find and disturb."""
    clauses = texts(path)
    everything = names(4000, 1)
    some = clauses[::3]
    for split, chosen in (("tuned", everything[0::2]), ("held", everything[1::2])):
        for length in (20, 100, 1000):
            listed = chosen[:length]
            found = [recall(chosen[n : n + length], clauses, n) for n in range(0, min(2000, length * 20), length)]
            count, suggested, first = (
                sum(getattr(f, field) for f in found) for field in ("count", "suggested", "first")
            )
            absent = [clause for clause in some if not any(name in clause for name in listed)]
            extra, characters, seconds = disturbed(listed, absent)
            print(
                f"{split:5} {length:4} hotwords: of {count} misheard names {suggested / count:.1%} suggested, "
                f"{first / count:.1%} first; {1000 * extra / characters:.2f} suggestions in 1,000 right characters; "
                f"{seconds:.2f} core seconds for {characters} characters"
            )


# --- Whisper ---------------------------------------------------------------------------------------------------------
def named(samples: Sequence[Sample], listed: Sequence[str]) -> list[tuple[Sample, tuple[str, ...]]]:
    """The utterances with names in them."""
    found = [(sample, tuple(name for name in listed if name in sample.reference)) for sample in samples]
    return [(sample, names) for sample, names in found if names]


def prompt(engine: Engine, chosen: Sequence[tuple[Sample, tuple[str, ...]]]) -> None:
    """Print what hotwords in front of a clip do."""
    every = list(dict.fromkeys(name for _, found in chosen for name in found))
    rng = random.Random(5)
    made = names(PROMPT_DISTRACTORS, 9)
    for title in ("none", "right and others", "others"):
        errors, right, wanted, false, suggested = [], 0, 0, 0, 0
        for sample, found in chosen:
            others = rng.sample([one for one in [*every, *made] if one not in sample.reference], PROMPT_DISTRACTORS)
            hotwords = {"none": [], "others": others}.get(title, [*found, *others])
            rng.shuffle(hotwords)
            record = transcribe(engine, sample.path, {"hotwords": list(hotwords)})
            errors.append(character_errors(comparable(sample.reference), comparable(record.text)))
            right += sum(name in record.text for name in found)
            wanted += len(found)
            false += sum(name in record.text for name in others)
            suggested += sum(s.hotword in found for segment in record.segments for s in segment.suggestions)
        print(
            f"{title:17} CER {total(errors).rate:.2%} over {len(chosen)} utterances, names right {right}/{wanted}, "
            f"of the rest suggested {suggested}, names written that nobody said {false}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    parser.add_argument("--names", type=Path, help="hear the utterances with these names instead")
    options = parser.parse_args(arguments)
    if options.names is None:
        suggest(options.shared / JUDGMENTS)
        return 0
    engine = InlineEngine.from_registry(WeightsCache(), choose_device("cpu"))
    try:
        samples = samples_in(options.shared / "data" / "audio" / "aishell_sample", None)
        prompt(engine, named(samples, options.names.read_text(encoding="utf-8").split()))
    finally:
        engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
