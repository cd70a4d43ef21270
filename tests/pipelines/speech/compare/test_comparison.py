"""The whole comparison: a clerk's summary raises nothing, each sort of change is found where it is, and order holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.speech.compare.comparison import UNRELATED, Comparison, compare
from pipelines.speech.compare.findings import MISHEARD
from pipelines.speech.compare.heard import read_transcript
from pipelines.speech.compare.support import confessing
from tests.pipelines.speech.compare.conftest import record, transcript

Compared = Callable[[Sequence[str], Sequence[str]], Comparison]

SAID = (
    "问：那你说一下，三月五号晚上你在哪里？",
    "答：嗯，那天晚上十点二十左右吧，我在福万家超市门口。",
    "问：你去那里干什么？",
    "答：我就是去找张伟要钱，他欠我三千五百块钱一直不还。",
    "问：你打他了没有？",
    "答：没有，我没有打他，我就推了他一下。",
    "问：用什么东西了吗？",
    "答：我手里拿着一个啤酒瓶，但是没有砸。",
    "问：你是不是早就想好了要教训他？",
    "答：嗯。",
    "问：他后来去了什么地方？",
    "答：他自己骑着电动车回家了，我也就走了。",
)
WRITTEN = (
    "问：2024年3月5日晚你在何处？",
    "答：当晚22时20分许，我在福万家超市门口。",
    "问：你去做什么？",
    "答：我去找张伟要钱，他欠我3500元一直不还。",
    "问：你打他了吗？",
    "答：没有，我没有打他，只是推了他一下。",
    "问：是否使用了工具？",
    "答：我手里拿着啤酒瓶，但没有砸。",
    "问：你是不是早就想好了要教训他？",
    "答：是的。",
    "问：他后来去了哪里？",
    "答：他骑电动车回家了，我也走了。",
)


def grave(found: Comparison) -> list[tuple[str, str | None]]:
    return [(d.kind, d.fact) for d in found.discrepancies if d.severity in ("major", "substantive")]


def altered(number: int, old: str, new: str) -> list[str]:
    lines = list(WRITTEN)
    assert old in lines[number]
    lines[number] = lines[number].replace(old, new)
    return lines


def test_a_faithful_summary_raises_nothing(compared: Compared) -> None:
    assert grave(compared(WRITTEN, SAID)) == []


def test_a_record_in_the_words_of_the_recording_has_no_difference_at_all(compared: Compared) -> None:
    assert compared(SAID, SAID).discrepancies == ()


@pytest.mark.parametrize(
    ("number", "old", "new", "kind", "fact"),
    [
        (3, "3500元", "5300元", "changed-fact", "amount"),
        (1, "22时20分许", "20时许", "changed-fact", "time"),
        (0, "3月5日", "3月15日", "changed-fact", "date"),
        (1, "福万家超市", "红星网吧", "changed-fact", "place"),
        (3, "张伟", "李国强", "changed-fact", "person"),
        (7, "啤酒瓶", "水果刀", "changed-fact", "tool"),
        (5, "没有，我没有打他，只是", "是的，我打了他，还", "flipped-negation", "negation"),
        (7, "但没有砸", "并且砸了", "flipped-negation", "negation"),
        (3, "一直不还。", "一直不还。我承认我早就预谋报复他。", "added", "intent"),
    ],
)
def test_a_change_is_found_where_it_is(
    compared: Compared, number: int, old: str, new: str, kind: str, fact: str
) -> None:
    found = compared(altered(number, old, new), SAID)
    hits = [d for d in found.discrepancies if d.kind == kind and d.fact == fact]
    assert [d.record.turn for d in hits] == [number + 1]
    assert hits[0].severity == "major"
    assert 0.0 <= hits[0].jump <= hits[0].recording.start < hits[0].recording.end


def test_the_place_of_a_change_names_the_words_on_both_sides(compared: Compared) -> None:
    found = compared(altered(3, "3500元", "5300元"), SAID)
    (hit,) = [d for d in found.discrepancies if d.kind == "changed-fact"]
    assert (hit.record.text, hit.recording.text) == ("5300元", "三千五百块钱")
    assert hit.recording.segments == (3,)
    assert "5300元" in hit.explanation
    assert "三千五百块钱" in hit.explanation


def test_a_dropped_exchange_is_found_at_its_second(compared: Compared) -> None:
    found = compared([*WRITTEN[:2], *WRITTEN[4:]], SAID)
    (hit,) = [d for d in found.discrepancies if d.kind == "missing"]
    assert "三千五百" in hit.recording.text
    assert (hit.record.text, hit.severity) == ("", "substantive")


def test_a_leading_question_written_as_an_answer_is_found(compared: Compared) -> None:
    lines = [*WRITTEN[:8], "问：你当时怎么想的？", "答：我早就想好了要教训他。", *WRITTEN[10:]]
    assert ("question-in-answer", "intent") in grave(compared(lines, SAID))


def test_merged_turns_are_listed_as_minor(compared: Compared) -> None:
    lines = [*WRITTEN[:9], WRITTEN[9] + WRITTEN[11].removeprefix("答：")]
    found = compared(lines, SAID)
    assert [d.severity for d in found.discrepancies if d.kind == "merged-turns"] == ["minor"]


def test_a_homophone_is_told_as_probably_misheard_and_never_dropped(compared: Compared) -> None:
    said = [line.replace("张伟", "章威") for line in SAID]
    (hit,) = [d for d in compared(WRITTEN, said).discrepancies if d.fact == "person"]
    assert MISHEARD in hit.flags
    assert hit.severity in ("minor", "wording")


def test_a_name_that_sounds_nearly_the_same_is_to_be_listened_to(compared: Compared) -> None:
    said = [line.replace("张伟", "臧伟") for line in SAID]
    (hit,) = [d for d in compared(WRITTEN, said).discrepancies if d.fact == "person"]
    assert hit.severity == "listen"
    assert hit.recording.text == "臧伟"


def test_another_sum_is_claimed_however_unsure_the_machine_was_of_a_word() -> None:
    told = transcript(*SAID)
    words = [
        replace(s, words=tuple(replace(w, probability=0.3) for w in s.words)) if "三千五百" in s.text else s
        for s in told.segments
    ]
    heard = read_transcript(replace(told, segments=tuple(words)))
    (hit,) = [d for d in compare(record(*altered(3, "3500元", "800元")), heard).discrepancies if d.fact == "amount"]
    assert hit.severity == "major"
    (near,) = [d for d in compare(record(*altered(3, "3500元", "3600元")), heard).discrepancies if d.fact == "amount"]
    assert near.severity == "listen"


def test_a_leading_question_whose_answer_was_not_heard_is_to_be_listened_to(compared: Compared) -> None:
    lines = [*WRITTEN[:8], "问：你当时怎么想的？", "答：我早就想好了要教训他。", *WRITTEN[10:]]
    (hit,) = [d for d in compared(lines, [*SAID[:9], *SAID[10:]]).discrepancies if d.kind == "question-in-answer"]
    assert hit.severity == "listen"


def test_an_answer_that_was_misheard_beyond_its_words_is_to_be_listened_to(compared: Compared) -> None:
    written = [*WRITTEN, "问：你靠什么生活？", "答：我开一家小店，每月收入3000元左右，妻子在家带孩子。"]
    said = [*SAID, "问：家里现在靠什么生活？", "答：我开个小店，一个月争三斤块，左右，老婆在家带孩子。"]
    found = compared(written, said)
    assert grave(found) == []
    assert any(d.severity == "listen" and "3000元" in d.record.text for d in found.discrepancies)


def test_a_denial_whose_negator_may_be_misheard_is_to_be_listened_to(compared: Compared) -> None:
    written = [*WRITTEN, "问：和你一起的有哪些人？", "答：有林涛，我与林涛不熟，他是王建军喊来的。"]
    said = [*SAID, "问：跟你一起的还有谁？", "答：有林涛，我跟林涛补熟，他是王建军喊来的。"]
    flips = [d for d in compared(written, said).discrepancies if d.kind == "flipped-negation"]
    assert [d.severity for d in flips] == ["listen"]


def test_a_name_that_lost_a_syllable_is_to_be_listened_to(compared: Compared) -> None:
    said = [line.replace("张伟要钱", "赵平要钱") for line in SAID]
    written = [line.replace("张伟要钱", "赵国平要钱") for line in WRITTEN]
    (hit,) = [d for d in compared(written, said).discrepancies if d.fact == "person"]
    assert hit.severity == "listen"


def test_a_denied_word_of_a_confession_confesses_nothing() -> None:
    assert confessing("他不知道我喝了酒") == []
    assert confessing("我知道这是违法的") != []


def test_paper_and_recording_of_different_matters_are_flagged(compared: Compared) -> None:
    said = ["问：今天天气怎么样？", "答：外面下着大雨，树上的鸟都飞走了，河里涨水，庄稼收成不好。"]
    assert compared(WRITTEN, said).flags == (UNRELATED,)


def test_a_recording_without_words_gives_no_list() -> None:
    found = compare(record(*WRITTEN), read_transcript(transcript()))
    assert (found.discrepancies, found.flags) == ((), (UNRELATED,))


LINES = st.lists(
    st.sampled_from([*WRITTEN, *SAID, "答：我承认是我偷的。", "问：说吧。", "答：嗯。"]), min_size=1, max_size=10
)


@settings(deadline=None, max_examples=60)
@given(LINES, LINES, st.booleans())
def test_every_place_lies_in_its_side_and_the_list_is_in_order(a: list[str], b: list[str], speakers: bool) -> None:
    paper, talk = record(*a), transcript(*b, speakers=speakers)
    found = compare(paper, read_transcript(talk))
    assert [d.id for d in found.discrepancies] == list(range(1, len(found.discrepancies) + 1))
    assert [d.record.turn for d in found.discrepancies] == sorted(d.record.turn for d in found.discrepancies)
    ids = {segment.id for segment in talk.segments}
    for d in found.discrepancies:
        text = paper.paragraphs[d.record.paragraph - 1]
        assert text[d.record.start : d.record.end] == d.record.text
        assert 0.0 <= d.recording.start <= d.recording.end <= talk.duration
        assert set(d.recording.segments) <= ids
        assert 0.0 <= d.confidence <= 1.0


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(SAID), min_size=1, max_size=12, unique=True))
def test_identical_texts_never_differ(lines: list[str]) -> None:
    found = compare(record(*lines), read_transcript(transcript(*lines)))
    assert [d for d in found.discrepancies if d.severity in ("major", "substantive")] == []


@settings(deadline=None, max_examples=20)
@given(st.sampled_from([3, 11]))
def test_what_is_dropped_from_one_side_is_added_on_the_other(number: int) -> None:
    fewer = [*SAID[: number - 1], *SAID[number + 1 :]]
    dropped = compare(record(*fewer), read_transcript(transcript(*SAID)))
    added = compare(record(*SAID), read_transcript(transcript(*fewer)))
    assert "missing" in {d.kind for d in dropped.discrepancies}
    assert "added" not in {d.kind for d in dropped.discrepancies}
    assert "added" in {d.kind for d in added.discrepancies}
    assert "missing" not in {d.kind for d in added.discrepancies}
