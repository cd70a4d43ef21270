"""A 笔录 as plain text, for reading and for other programs; draws a `Sheet`, decides no content."""

from __future__ import annotations

from cases.conversation import ConversationRecord
from pipelines.speech.sheet import Paragraph, Run, Sheet, Style, sheet_of

_STYLES = {Style.PLAIN: "{}", Style.STRUCK: "〔删：{}〕", Style.ADDED: "〔改：{}〕", Style.SLOT: "{}"}


def record_text(record: ConversationRecord) -> str:
    """The record, one line a header line or turn."""
    sheet = sheet_of(record)
    lines = [sheet.agency, sheet.title, f"（{sheet.sequence}）"]
    lines += [f"【{sheet.mark}】"] if sheet.mark is not None else []
    lines += ["　".join(f"{label}：{text or '____'}" for label, text in line) for line in sheet.header]
    lines += ["", *(_line(paragraph) for paragraph in sheet.paragraphs), ""]
    lines += [*_ending(sheet)]
    return "".join(f"{line}\n" for line in lines)


def _line(paragraph: Paragraph) -> str:
    marks = ("※" if paragraph.doubtful else "") + ("〔机〕" if paragraph.machine else "")
    return paragraph.label + marks + "".join(map(_marked_up, paragraph.runs))


def _marked_up(run: Run) -> str:
    return _STYLES[run.style].format(run.text)


def _ending(sheet: Sheet) -> list[str]:
    closing = sheet.refusal or sheet.closing or sheet.closing_hint
    slots = [f"{slot.label}：{slot.name or '____'}" for slot in sheet.end_slots]
    return [closing, *slots]
