"""The measure of the comparison: what counts as found, what as false, and a simulated ear that errs as it is told."""

from __future__ import annotations

from benchmarks.accuracy.discrepancies import Ear, judge, measure, report, transcript_of, written_record
from benchmarks.accuracy.interrogations import interrogation
from pipelines.speech.compare.comparison import compare
from pipelines.speech.compare.heard import read_transcript


def test_an_alteration_is_found_at_its_place_and_nowhere_else() -> None:
    base, altered = interrogation("theft", 1)
    (one,) = [a for a in altered if a.kind == "changed amount"]
    transcript, spans = transcript_of(base.said, Ear())
    heard = read_transcript(transcript)
    judged = judge(one, compare(written_record(one), heard), spans)
    assert (judged.found, judged.claimed, judged.false) == (1, 1, 0)
    judged = judge(one, compare(written_record(base), heard), spans)
    assert (judged.found, judged.claimed, judged.false) == (0, 0, 0)
    assert judged.notes == [f"MISSED {one.name} changed amount: {one.written[one.where[0]].text}"]


def test_a_noisy_ear_hears_other_characters_of_the_same_sound() -> None:
    base, _ = interrogation("theft", 1)
    clean, _ = transcript_of(base.said, Ear())
    noisy, _ = transcript_of(base.said, Ear(noise=0.2, speakers=False))
    assert clean.text != noisy.text
    assert noisy.speakers == ()
    assert transcript_of(base.said, Ear(noise=0.2, speakers=False))[0] == noisy


def test_tallies_count_every_altered_record() -> None:
    rows = list(measure(["affray"], [2], lambda one: transcript_of(one.said, Ear())))
    tallies = report(rows, show=False)
    assert tallies["all"].altered + tallies["merged turns"].altered == sum(kind != "unaltered" for kind, _, _ in rows)
    assert tallies["all"].recall > 0.8
