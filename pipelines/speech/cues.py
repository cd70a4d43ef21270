"""What a sentence of an interrogation says about who speaks it: asked or answered, by its words; pure, knows no sound.

A cue is a pattern and a weight in units of log-odds: above 0 it speaks for the one who asks, below 0 for the one who
answers.  The notices that are recognised are those of the law: identity and papers (刑事诉讼法 118, 公安程序规定 198),
duty to answer and right to refuse (刑事诉讼法 120), rights and recusal, leniency, recording (刑事诉讼法 123), reading
and signing the record (刑事诉讼法 122).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LIMIT: Final = 4.0
"""No single sentence says more than this: one slip of the recogniser must not decide who somebody is."""
SHORT: Final = 6
"""Characters of an answer that is nothing but an answer."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern that is searched for, and what finding it means."""

    pattern: re.Pattern[str]
    weight: float


def _cues(*pairs: tuple[float, str]) -> tuple[Cue, ...]:
    return tuple(Cue(re.compile(pattern), weight) for weight, pattern in pairs)


INTERROGATIVE: Final = re.compile(
    r"[吗么呢]?[？?]$|[吗呢][。，]?$|什么|为啥|干嘛|哪[里儿个些天年位家种]|[^其]谁|^谁|几[点个次时号岁天人年月下]|多少|多[大久长远]"
    r"|怎么|怎样|为什么|是不是|有没有|是否|能不能|会不会|要不要|可不可以|知不知道|认不认|在不在|对不对|没有[？?]$|[，,]对吧|对[吗吧]"
)
"""A question by its form (吕叔湘《中国文法要略》 on 特指问, 是非问, 反复问): words, A-不-A, particles."""
_ADDRESS: Final = re.compile(r"[你您]")
_SELF: Final = re.compile(r"我(?!们)")
_OFFICER: Final = re.compile(r"警官|警察|同志|领导|检察官|政府|法官|长官")

NOTICES: Final = _cues(
    (4.0, r"刑事诉讼法|依法(对你)?(进行)?(讯问|询问|传唤)|(对|向)你(进行)?(讯问|询问|宣读|告知)"),
    (
        4.0,
        r"我(们)?(两位|俩)?是.{0,14}(民警|警察|检察官|检察院|公安|办案人员|侦查员|工作人员)|工作证件?|出示证件|警官证",
    ),
    (3.0, r"(应当|必须|要)如实|拒绝回答|与(本)?案(件)?无关|跟(本)?案(件)?没有?关系"),
    (3.0, r"权利义务|告知书|你有权|(委托|聘请)律师.{0,8}[吗？?]|申请(我们|.{0,6}人员)?回避[^。]{0,4}[吗？?]|需要回避"),
    (2.5, r"同步录音录像|全程(同步)?录|录音录像"),
    (2.5, r"可以?从(轻|宽)|依法从|政策|认罪认罚.{0,12}(规定|可以|你|[吗？?])"),
    (2.5, r"(核对|看)(一下|一遍)?笔录|笔录.{0,10}(核对|看|签)|签(字|名).{0,3}(捺|按)|每一页"),
    (2.0, r"(是否|是不是)属实|刑讯逼供|补充的?[吗？?]|经(鉴定|检测|查)|我们(查|掌握|调查)"),
)
REQUESTS: Final = _cues(
    (
        2.0,
        r"^(请|你)?.{0,6}(讲|说|谈|报|背|指|想|看|核对|回忆|描述|交代|介绍)(一下|一讲|一说|清楚|具体|详细|说看|明白)",
    ),
    (
        2.0,
        r"继续(说|讲)|接着(说|讲|往下)|往下(说|讲)|从头(说|讲)|(讲|说)(具体|详细|清楚)|详细(讲|说|谈)|老实|说实话[。！，]?$",
    ),
    (
        1.5,
        r"^(那|那么|好|嗯)?，?(还有|然后|后来|之后|另外|就这些|再)(呢|吗)?[？?]|不要(隐瞒|避重就轻|紧张)|再(好好)?想",
    ),
)
_REPLY_WORDS: Final = (
    *("是的?", "对的?", "没有?", "不是", "有的?", "知道", "不知道", "明白", "清楚", "不清楚", "晓得", "属实", "好的?"),
    *("行", "可以", "认识", "不认识", "记得", "记不清", "同意", "愿意", "不申请", "不用", "不要", "认", "都?是真的"),
    *("是我", "不是我", "都?听(懂|清楚|明白)", "我(知道|明白|清楚|愿意|同意|没有)"),
)
_TELLING: Final = (
    *("当时", "那天", "就", "没", "也", "在", "用", "把", "跟", "和", "去", "给", "叫", "从", "以前", "后来", "一个人"),
    *("家", "爸", "妈", "老婆", "妻子", "不", "只", "怕", "想", "看", "拿", "喝", "打", "卖"),
)
REPLIES: Final = _cues(
    (-2.5, rf"^({'|'.join(_REPLY_WORDS)})(了|的|啊|吧|过)*([。，,！!]|$)"),
    (-1.5, r"警官|领导，|(?<!的)同志，"),
    (-2.0, r"后悔|对不起|愿意(赔|认|如实|配合)|一时(冲动|糊涂)|我(错|认罪|认了)|侥幸|求求|给我(一次)?机会"),
    (-1.5, rf"我({'|'.join(_TELLING)})"),
    (-1.0, r"大概|好像|可能|应该是|左右|记不|他(就|说|先|给|也|让|当时)|(?<!你)自己|后来就|就是(这|他|我)"),
    (-1.5, r"^[\d零一二三四五六七八九十幺两百千万年月日点半号]{6,}"),
)


def leaning(text: str) -> float:
    """How far the words of one sentence lean to asking (above 0) or answering (below 0), within LIMIT; log-odds."""
    text = text.strip()
    if not text:
        return 0.0
    asks, to_officer = asks_by_form(text), bool(_OFFICER.search(text))
    score = sum(cue.weight for cue in NOTICES if cue.pattern.search(text))
    score += max((cue.weight for cue in REQUESTS if cue.pattern.search(text)), default=0.0)
    score += sum(cue.weight for cue in REPLIES if cue.pattern.search(text))
    addressed, self_told = bool(_ADDRESS.search(text)), bool(_SELF.search(text))
    score += 1.5 * (addressed - self_told)
    if asks:
        # A suspect asks too, of himself and to the officer; whoever asks 你 is nearly always the other.
        score += 0.5 if self_told or to_officer else 2.5
    if len(text) <= SHORT and score <= 0 and not addressed:
        score -= 1.0
    return max(-LIMIT, min(LIMIT, score))


def both_sides(text: str) -> bool:
    """Whether one sentence both asks and replies, as when a recogniser leaves out the full stop between two turns."""
    asks = asks_by_form(text) or any(cue.pattern.search(text) for cue in (*NOTICES, *REQUESTS))
    return asks and any(cue.pattern.search(text) for cue in REPLIES)


def asks_by_form(text: str) -> bool:
    """Whether the sentence has the form of a question, whoever asks it."""
    return bool(INTERROGATIVE.search(text.strip()))


def stands_aside(text: str) -> bool:
    """Whether the words are those of an interpreter or a guardian: about the questioned person, to both sides."""
    return bool(_ASIDE.search(text))


_ASIDE: Final = re.compile(
    r"我是(他|她)的?(法定代理人|监护人|父亲|母亲|爸|妈|翻译|老师)|作为(监护人|法定代理人|翻译|合适成年人)|(翻译|翻)(给|一下)"
    r"|(他|她|孩子).{0,4}(还小|听不懂|听得懂|紧张|害怕|胆子)|你(不要|别)(紧张|害怕|怕)|慢慢说|照实(说|讲)"
)
