"""Invented judgments, none of a real person."""

from __future__ import annotations

import json
from pathlib import Path

from cases.judgment import Judgment

THEFT = (
    "经审理查明，2019年3月2日，被告人王小明伙同他人入户盗窃，窃得现金人民币{sum}元及手机一部，后主动投案，如实供述。"
)
DRUGS = "经审理查明，2019年5月6日，被告人李大力以{sum}元的价格将甲基苯丙胺{grams}克贩卖给吸毒人员，交易后被当场抓获。"
DRIVING = "经审理查明，2019年7月8日，被告人周建军醉酒驾驶小型客车与行人相撞，致一人死亡，负事故的全部责任，后逃逸。"


def theft(key: str, total: int, months: float | None = None) -> Judgment:
    """A theft of `total` yuan."""
    view = "本院认为，被告人王小明盗窃他人财物，其行为已构成盗窃罪。依照《刑法》第二百六十四条之规定，判决如下："
    return Judgment(
        key,
        "王小明盗窃一案",
        THEFT.format(sum=total),
        view,
        "被告人王小明犯盗窃罪，判处有期徒刑一年。",
        "盗窃罪",
        months,
    )


def drugs(key: str, grams: float, months: float | None = None) -> Judgment:
    """A sale of `grams` of methamphetamine."""
    view = "本院认为，被告人李大力其行为已构成贩卖毒品罪。依照《刑法》第三百四十七条第四款之规定，判决如下："
    facts = DRUGS.format(sum=int(grams * 300), grams=grams)
    return Judgment(
        key, "李大力贩卖毒品一案", facts, view, "被告人李大力犯贩卖毒品罪，判处有期徒刑八个月。", "贩卖毒品罪", months
    )


def driving(key: str, months: float | None = None) -> Judgment:
    """A fatal accident."""
    view = "本院认为，被告人周建军其行为已构成交通肇事罪。依照《刑法》第一百三十三条之规定，判决如下："
    return Judgment(
        key, "周建军交通肇事一案", DRIVING, view, "被告人周建军犯交通肇事罪，判处有期徒刑三年。", "交通肇事罪", months
    )


def lecard_line(judgment: Judgment) -> str:
    """The judgment as LeCaRD spells it."""
    body = {"id": judgment.id, "ajName": judgment.name, "ajjbqk": judgment.facts, "cpfxgc": judgment.view}
    return json.dumps({**body, "pjjg": judgment.result}, ensure_ascii=False) + "\n"


def written(file: Path, judgments: list[Judgment]) -> Path:
    """`file` with a line a judgment."""
    file.write_text("".join(map(lecard_line, judgments)), encoding="utf-8")
    return file
