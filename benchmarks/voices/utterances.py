"""The phrases of dialogues that were made, as a table of single utterances from which other dialogues are mixed.

`python -m benchmarks.voices.utterances --recordings DIR -o FOLDER` reads every NAME.json that `benchmarks.voices.make`
left in DIR and writes FOLDER/VOICE-NNN.wav and FOLDER/transcripts.tsv with the columns file, seconds, speaker and text,
as `benchmarks.accuracy.diarisation --table` reads it. A voice is one speaker in whichever recordings it speaks.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.accuracy.sounds import write
from benchmarks.voices.kokoro import EARLY_S, Kokoro
from benchmarks.voices.make import phrase_folder
from benchmarks.voices.phrases import PhraseBook
from benchmarks.voices.truth import DialogueTruth
from cases.codec import from_json
from models.weights import WeightsCache

Row = tuple[str, float, str, str]
"""File, seconds, speaker, text."""


def said_in(truth: DialogueTruth) -> list[tuple[str, float, str]]:
    """Voice, speed and text of each phrase of a recording."""
    speakers = {speaker.name: speaker for speaker in truth.speakers}
    turns = [(speakers[turn.speaker], turn) for turn in truth.turns]
    return [(speaker.voice, speaker.speed, phrase.text) for speaker, turn in turns for phrase in turn.phrases]


def write_table(truths: Sequence[DialogueTruth], book: PhraseBook, folder: Path) -> list[Row]:
    """Every phrase once, as sound in `folder`; the rows of the table, which is written there too."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers: defaultdict[str, int] = defaultdict(int)
    rows: list[Row] = []
    for voice, speed, text in dict.fromkeys(one for truth in truths for one in said_in(truth)):
        phrase = book.phrase(text, voice, speed)
        path = folder / f"{voice}-{numbers[voice]:03}.wav"
        numbers[voice] += 1
        write(path, phrase.samples.astype("f8"))
        words = "".join(one.text for one in phrase.characters)
        rows.append((path.name, round(phrase.end, 3), voice, words))
    with (folder / "transcripts.tsv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        table.writerows([("file", "seconds", "speaker", "text"), *rows])
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the table and say what is in it; 1 when there was nothing to make it of."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=Path, required=True, help="folder of NAME.json")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write to")
    options = parser.parse_args(arguments)
    places = sorted(options.recordings.glob("*.json"))
    truths = [from_json(DialogueTruth, json.loads(place.read_text(encoding="utf-8"))) for place in places]
    kokoro = Kokoro(WeightsCache())
    book = PhraseBook(kokoro, kokoro.manifest.weights_sha256, phrase_folder(), EARLY_S)
    rows = write_table(truths, book, options.output)
    print(f"{len(rows)} utterances of {len({row[2] for row in rows})} voices; {book.made_s:.1f} s had to be made")
    return 0 if rows else 1


if __name__ == "__main__":
    sys.exit(main())
