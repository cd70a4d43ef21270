"""A transcript as a Word document: a table of time, speaker and words, for those who work on it by hand."""

from __future__ import annotations

from collections.abc import Sequence

from cases.transcript import Transcript, TranscriptSegment
from pipelines.printing.word import TITLE, fill, new_document, saved, write, write_page_numbers

HEADINGS = ("时间", "说话人", "内容")
SIZE = 10.5
WIDTHS_MM = (22.0, 24.0, 110.0)
ROLES = {"question": "问", "answer": "答", "aside": "旁"}
DOUBT = "※"


def transcript_docx(transcript: Transcript) -> bytes:
    """The .docx file of a transcript; sentences with a doubt that nobody has settled bear ※."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    document = new_document("转写文本", "", SIZE)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write(title, "转写文本", size=18, typeface=TITLE)
    spoken = [segment for segment in transcript.segments if segment.text.strip()]
    about = f"时长 {_clock(transcript.duration)}。机器转写，{_checked(spoken)}；{DOUBT} 为存疑处。"
    write(document.add_paragraph(), about, size=9)
    table = document.add_table(rows=0, cols=len(HEADINGS), style="Table Grid")
    for column, width in zip(table.columns, WIDTHS_MM, strict=True):
        # A new row takes the widths of its columns.
        column.width = Mm(width)
    fill(table, [HEADINGS, *((_clock(one.start), _who(one), _words(one)) for one in spoken)])
    write_page_numbers(document.sections[0].footer.paragraphs[0])
    return saved(document)


def _who(segment: TranscriptSegment) -> str:
    role = ROLES.get(segment.role or "", "")
    return "　".join(part for part in (role, segment.speaker or "") if part)


def _checked(spoken: Sequence[TranscriptSegment]) -> str:
    """How much of it a person vouches for."""
    confirmed = sum(segment.confirmed_by is not None for segment in spoken)
    return f"共 {len(spoken)} 句，经人核对 {confirmed} 句" if confirmed else "未经核对"


def _words(segment: TranscriptSegment) -> str:
    doubtful = segment.confirmed_by is None and not set(segment.flags) <= set(segment.resolved)
    return (DOUBT if doubtful else "") + " ".join(segment.text.split())


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}"
