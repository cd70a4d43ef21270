"""Who issued a document: an organ, those who ask, or the person whose piece it is."""

from __future__ import annotations

import pytest

from pipelines.files.catalogue.authors import author_of
from pipelines.files.catalogue.titles import title_of
from tests.pipelines.files.catalogue.conftest import CLOSING, TALK, sheet


def test_who_issued_stands_above_the_title_or_before_the_closing() -> None:
    above = sheet(1, "正文", above="江州市人民检察院", title="起诉书")
    assert author_of([above], title_of(above), "起诉书") == "江州市人民检察院"
    below = sheet(1, *CLOSING, title="立案决定书")
    assert author_of([below], title_of(below), "立案决定书") == "江州市公安局"


def test_of_a_conversation_without_an_organ_it_is_who_speaks() -> None:
    page = sheet(1, "被询问人：李梅 性别女", *TALK, title="询问笔录")
    assert author_of([page], title_of(page), "询问笔录（证人）") == "李梅"
    assert author_of([sheet(1, "正文")], None, "其他材料") is None


def test_a_conversation_is_by_those_who_ask() -> None:
    page = sheet(1, "询问人：宋学刚、韩伟国    工作单位：江州市公安局", "被询问人：李梅", *TALK, title="询问笔录")
    assert author_of([page], title_of(page), "询问笔录（证人）") == "宋学刚、韩伟国"


@pytest.mark.parametrize(
    ("kind", "lines", "author"),
    [
        ("认罪认罚具结书", ("本人姓名于慧强，性别男，1975年9月6日出生", "辩护人签名：李某"), "于慧强"),
        ("授权委托书", ("委托人：吴明文    与犯罪嫌疑人关系：亲属", "受委托人：李立，律师"), "吴明文"),
        ("现场图", ("制图单位：江州市公安局    制图人：唐俊伟    制图时间：2024年1月2日",), "唐俊伟"),
        ("备考表", ("立卷人：谢龙    检查人：黄俊",), "谢龙"),
        ("身份证复印件", ("姓名 唐敏文", "性别 女    民族 汉"), "唐敏文"),
        ("合同", ("甲方：吕国    身份证号码：4100", "乙方：王敏    身份证号码：4100"), "吕国、王敏"),
        (
            "讯问笔录",
            ("讯问人（签名）周光平、王磊峰  工作单位 平川市公安局", "被讯问人 郭玲 性别 女"),
            "周光平、王磊峰",
        ),
        ("票据", ("今收到孙娟超人民币现金500元整，此据。", "经手人：宋健慧"), "宋健慧"),
    ],
)
def test_a_person_stands_behind_the_label_of_the_type(kind: str, lines: tuple[str, ...], author: str) -> None:
    assert author_of([sheet(1, *lines)], None, kind) == author


@pytest.mark.parametrize(
    "lines",
    [
        ("我叫吴明文，住江州市城南区。那天的事情我写一下。", "写证人：吴明文", "2024年3月15日"),
        ("那天我看到一个人。当时吴明文也在。", "吴明文", "2024年3月15日"),
        ("本人吴明文，男，在桥头上班。", "证人 吴明文（手印）  2024年3月15日"),
        ("本人吴明文，男，在桥头上班。", "以上属实。"),
    ],
)
def test_what_is_written_by_hand_is_by_who_signed_it(lines: tuple[str, ...]) -> None:
    assert author_of([sheet(1, *lines)], None, "亲笔证词") == "吴明文"


def test_who_signs_must_stand_in_the_text() -> None:
    assert author_of([sheet(1, "那天我看到一个人。", "特此说明")], None, "亲笔证词") is None


def test_an_organ_may_stand_above_a_title_that_was_not_read_or_beside_its_officers() -> None:
    assert author_of([sheet(1, "正文", above="江州市人民检察院")], None, "起诉书") == "江州市人民检察院"
    page = sheet(1, "侦查人员姓名、单位：于光、彭强  江州市公安局城南分局", "过程和结果：辨认开始", title="辨认笔录")
    assert author_of([page], title_of(page), "辨认笔录") == "江州市公安局城南分局"
