"""Words of a chunk to sentences of a recording."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.speech.doubts import CREDIT, LOW_CONFIDENCE, NO_SPEECH, REDECODED
from models.values import Segment, Transcription, Word
from pipelines.speech.chunks import RATE, Chunk
from pipelines.speech.sentences import LONGEST_CHARACTERS, full_text, numbered, sentences

CHUNK = Chunk(((100 * RATE, 130 * RATE),), ((100 * RATE, 130 * RATE),))


def heard(*words: Word, flags: tuple[str, ...] = (), no_speech: float = 0.0) -> Transcription:
    text = "".join(word.text for word in words)
    return Transcription("zh", (Segment(words[0].start, words[-1].end, text, 0.9, no_speech, words, flags),))


def test_a_full_stop_ends_a_sentence_and_times_are_of_the_recording() -> None:
    one, two = sentences(
        heard(Word("姓名？", 0.0, 0.5, 0.9), Word("张三", 0.6, 1.0, 0.8)), CHUNK, speaker="S1", words=True
    )
    assert (one.text, one.start, one.end, one.speaker) == ("姓名？", 100.0, 100.5, "S1")
    assert (two.text, two.start, two.end, two.confidence) == ("张三", 100.6, 101.0, 0.8)
    assert two.words[0].text == "张三"


def test_a_pause_ends_a_sentence_without_punctuation() -> None:
    found = sentences(heard(Word("是", 0.0, 0.3, 0.9), Word("我", 1.5, 1.8, 0.9)), CHUNK, speaker=None, words=False)
    assert [segment.text for segment in found] == ["是", "我"]
    assert found[0].words == ()


def test_words_are_drawn_back_to_where_somebody_speaks() -> None:
    speech = ((100 * RATE, 101 * RATE), (104 * RATE, 105 * RATE))
    chunk = Chunk(((100 * RATE, 105 * RATE),), speech)
    one, two = sentences(heard(Word("去", 0.5, 1.0, 0.9), Word("了", 1.0, 4.5, 0.9)), chunk, speaker=None, words=True)
    assert (one.start, one.end) == (100.5, 101.0)
    assert (two.start, two.end) == (104.0, 104.5)


def test_each_sentence_has_the_doubts_that_are_its_own() -> None:
    words = (Word("好。", 0.0, 0.3, 0.9), Word("嗯。", 0.4, 0.6, 0.1), Word("谢谢观看。", 0.7, 1.5, 0.9))
    good, weak, credit = sentences(heard(*words, flags=(LOW_CONFIDENCE, REDECODED)), CHUNK, speaker=None, words=True)
    assert good.flags == (REDECODED,)
    assert weak.flags == (LOW_CONFIDENCE, REDECODED)
    assert credit.flags == (CREDIT, REDECODED)


def test_what_sounds_like_nobody_is_kept_and_flagged() -> None:
    (segment,) = sentences(heard(Word("好", 0.0, 0.3, 0.9), no_speech=0.95), CHUNK, speaker=None, words=True)
    assert segment.text == "好"
    assert segment.flags == (NO_SPEECH,)


def test_a_model_without_words_gives_its_segments_whole() -> None:
    given_segment = Segment(1.0, 2.0, "整句", 0.7, 0.0, (), ("flag",))
    (segment,) = sentences(Transcription("zh", (given_segment,)), CHUNK, speaker=None, words=True)
    assert (segment.text, segment.start, segment.end, segment.flags) == ("整句", 101.0, 102.0, ("flag",))


@st.composite
def spoken(draw: st.DrawFn) -> list[Word]:
    position = 0.0
    words: list[Word] = []
    for gap, length, text in draw(
        st.lists(
            st.tuples(st.floats(0, 1.5), st.floats(0, 1.0), st.sampled_from(["好", "他说", "，", "走。", " ok"])),
            min_size=1,
            max_size=60,
        )
    ):
        start = min(30.0, position + gap)
        position = min(30.0, start + length)
        words.append(Word(text, start, position, 0.9))
    return words


@given(spoken(), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=6))
def test_no_word_is_lost_or_doubled_and_time_never_goes_back(words: list[Word], raw: list[tuple[int, int]]) -> None:
    position = 100
    speech: list[tuple[int, int]] = []
    for gap, length in raw:
        speech.append(((position + gap) * RATE, (position + gap + length) * RATE))
        position += gap + length
    chunk = Chunk(((100 * RATE, 130 * RATE),), tuple(speech))
    found = sentences(heard(*words), chunk, speaker=None, words=True)
    assert [w.text for s in found for w in s.words] == [w.text.strip() for w in words]
    edges = [edge for s in found for w in s.words for edge in (w.start, w.end)]
    assert edges == sorted(edges)
    assert all(len(s.text) <= LONGEST_CHARACTERS + 2 for s in found)
    for segment in found:
        assert segment.start <= segment.words[0].start
        assert segment.end >= segment.words[-1].end


def test_ids_count_from_nought_and_the_text_reads_on() -> None:
    words = (Word("一。", 0.0, 0.3, 0.9), Word("二", 0.4, 0.6, 0.9), Word("三", 2.0, 2.2, 0.9))
    found = numbered(sentences(heard(*words), CHUNK, speaker=None, words=True))
    assert [segment.id for segment in found] == [0, 1, 2]
    assert full_text(found) == "一。二 三"
