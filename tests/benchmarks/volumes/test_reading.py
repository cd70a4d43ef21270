from __future__ import annotations

from difflib import SequenceMatcher

from benchmarks.volumes.reading import ALIKE, misread, untitled
from benchmarks.volumes.volume import Volume, make_volume
from pipelines.files.catalogue.titles import title_of


def text(volume: Volume) -> str:
    return "".join(line.text for page in volume.pages for line in page.lines)


def test_a_character_stands_in_one_group_of_like_shapes_only() -> None:
    characters = "".join(ALIKE.split())
    assert len(set(characters)) == len(characters)


def test_a_reader_without_errors_reads_what_is_written_and_doubts_nothing() -> None:
    volume = make_volume(1, 8)
    read = misread(volume, 0.0, 1)
    assert [line.text for page in read.pages for line in page.lines] == [
        line.text.strip() for page in volume.pages for line in page.lines
    ]
    assert min(line.confidence for page in read.pages for line in page.lines) > 0.9


def test_about_the_wished_share_of_characters_is_wrong_and_the_truth_stays() -> None:
    volume = make_volume(1, 8)
    read = misread(volume, 0.05, 1)
    before, after = text(volume)[:3000], text(read)[:3000]
    alike = sum(block.size for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks())
    assert 0.90 < alike / len(before) < 0.99
    assert read.documents == volume.documents
    assert read.pages != misread(volume, 0.05, 2).pages
    assert read == misread(volume, 0.05, 1)


def test_lines_with_errors_are_doubted_more_on_average() -> None:
    volume = make_volume(1, 12)
    read = misread(volume, 0.02, 1)
    known = {line.text.strip() for page in volume.pages for line in page.lines}
    lines = [line for page in read.pages for line in page.lines]
    right = [line.confidence for line in lines if line.text in known]
    wrong = [line.confidence for line in lines if line.text not in known]
    assert sum(wrong) / len(wrong) < sum(right) / len(right) - 0.05


def test_the_titles_of_some_documents_are_lost_and_nothing_else() -> None:
    volume = make_volume(1, 8)
    lost = untitled(volume, 1.0, 1)
    begins = {one.first_page for one in volume.documents}
    for before, after in zip(volume.pages, lost.pages, strict=True):
        title = title_of(before)
        gone = len(title.lines) if title is not None and before.number in begins else 0
        assert len(before.lines) - len(after.lines) == gone
    assert untitled(volume, 0.0, 1) == volume
