"""Rules of the house on trust: the checked content is the signed content, and nothing doubtful is left open."""

from __future__ import annotations

from collections.abc import Iterator

from cases.conversation import RecordState, content_digest, summed_up
from pipelines.speech.validators.rule import Breach, Matter, Rule, Severity


def _as_checked(matter: Matter) -> Iterator[Breach]:
    kept = matter.record.content_sha256
    if kept is None:
        yield Breach("笔录还没有核对，没有内容校验值", "content_sha256")
    elif kept != content_digest(matter.record):
        yield Breach("笔录内容在核对之后有改动，校验值不符", "content_sha256")


A17 = Rule(
    "A17",
    "内容校验值相符",
    "核对时对笔录内容计算校验值（SHA-256）；签署的内容必须就是核对过的内容。",
    Severity.ERROR,
    RecordState.SIGNED,
    _as_checked,
    basis="本系统的要求。所列条文没有对笔录校验值的规定。",
)


def _nothing_open(matter: Matter) -> Iterator[Breach]:
    behind = summed_up(matter.record)
    for number, turn in enumerate(matter.record.turns):
        for flag in turn.flags:
            if flag.resolved_by is None:
                yield Breach(
                    f"存疑未处理：{flag.code}{f'（{flag.note}）' if flag.note else ''}",
                    f"turns[{number}].flags",
                    turn.id,
                    flag.at,
                )
        if turn.id in behind:
            continue  # its summary is printed in its place, and is what a person vouches for
        if turn.role is None:
            yield Breach("没有确定是问还是答", f"turns[{number}].role", turn.id)
        if turn.confirmed_by is None:
            yield Breach("机器转写的文字没有人确认", f"turns[{number}].confirmed_by", turn.id)


A18 = Rule(
    "A18",
    "没有未处理的存疑",
    "低置信、疑似误识别等标记逐处处理，机器转写的文字逐段由人确认后，才能核对、签署。",
    Severity.ERROR,
    RecordState.CHECKED,
    _nothing_open,
    basis="本系统的要求：机器只提出，由人确认。公安规定第二百零五条、检察规则第一百八十八条要求如实、忠实于原话，未规定机器转写。",
)

RULES = (A17, A18)
