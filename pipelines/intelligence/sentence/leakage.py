# ruff: noqa: E501 -- a pattern is read whole, and a Chinese character counts two columns
"""Takes out of facts what would give the answer away, or must not count; knows no model and no store.

Facts that courts publish often quote the prosecutor's proposal ("建议判处有期徒刑三年至四年") or run on into the judgment.
A model that reads it measures nothing and advises nothing. Lengths of terms go wherever they stand, clauses of a
proposal go whole, and so does all that follows the court's own view. Of the person, what the law forbids to weigh
(刑法 art. 4: equality before the law) is taken out of the text too: sex, ethnic group, belief, origin, schooling.
The sex and age of a victim stay: they are elements of offences (arts. 236, 237).
"""

from __future__ import annotations

import re

_NUMERAL = r"[0-9０-９一二三四五六七八九十两百零〇壹贰叁肆伍陆柒捌玖拾半ⅹXx×*]"
_LENGTH = rf"{_NUMERAL}+\s*(?:年|个月|个?月)(?:零?\s*{_NUMERAL}+\s*个?月)?"
_VERDICT = re.compile(r"(?:综上(?:所述)?，?)?本院(?:审理后)?认为|判决如下|裁定如下")
_VERDICT_AFTER = 80
"""A fact field that opens with the court's view holds nothing else; the view is cut only behind some facts."""
_SENTENCES = re.compile(r"[^。；;\n]*(?:[。；;\n]|$)")
_PROPOSES = re.compile(r"建议|提请|请求|诉请|公诉机关认为|量刑意见|求刑|确定刑")
_PUNISHES = re.compile(r"判处|处以|科处|处刑|量刑|惩处|刑罚|有期徒刑|拘役|缓刑|管制|从轻|从重|减轻|免[予于除]|判决")
_TERM = re.compile(
    rf"(?:有期徒刑|拘役|管制|缓刑|刑期|徒刑)(?:[为的]?\s*{_LENGTH}|[^，。；]{{0,4}}{_LENGTH})?|{_LENGTH}(?:以[上下])?(?:的?有期徒刑|的?拘役|的?管制)"
)
_SEVEREST = re.compile(r"无期徒刑|死刑(?:，?缓期(?:二年|两年)?执行)?|死缓")
_ARTICLE = re.compile(
    r"第[一二三四五六七八九十百零〇0-9]+条(?:之[一二三四五六七八九十])?(?:第?[（(]?[一二三四五六七八九十0-9]+[)）]?[款项])*"
)
_FINE = re.compile(r"(?:并处|单处)?(?:罚金|没收(?:个人)?(?:全部|部分)?财产)(?:人民币)?[^，。；]{0,14}元?")
_TERM_SIGN = "刑期略"

_PERSON = re.compile(
    r"(?<=[，,、。（(])(?:男|女)(?:性)?(?=[，,、。）)])"
    r"|(?<=[，,、])[\u4e00-\u9fa5]{1,6}族(?=[，,、。])"
    r"|(?<=[，,])(?:文盲|半文盲|[小初高中大本研专硕博][\u4e00-\u9fa5]{0,6}(?:文化(?:程度)?|学历|肄业|毕业))(?=[，,。])"
    r"|(?<=[，,])(?:[\u4e00-\u9fa5]{0,6}(?:户籍|籍贯|住址|出生地|户口)[^，。]{0,30}|住[^，。]{2,30}|[^，。]{0,16}(?:省|市|县|区)人)(?=[，,。])"
    r"|(?:信仰|信奉|信教)[^，。]{0,12}|(?:佛|道|伊斯兰|基督|天主)教(?:徒|信徒)"
)


def without_answer(facts: str) -> str:
    """`facts` without the proposal, the lengths of terms, fines, cited articles and the court's own view."""
    verdict = _VERDICT.search(facts)
    if verdict and verdict.start() > _VERDICT_AFTER:
        facts = facts[: verdict.start()]
    facts = "".join(one for one in _SENTENCES.findall(facts) if not _proposal(one))
    facts = _SEVEREST.sub(_TERM_SIGN, facts)
    facts = _TERM.sub(_TERM_SIGN, facts)
    return _FINE.sub("", _ARTICLE.sub("", facts))


def _proposal(sentence: str) -> bool:
    begins = _PROPOSES.search(sentence)
    return begins is not None and _PUNISHES.search(sentence, begins.end()) is not None


def without_protected(facts: str) -> str:
    """`facts` without the attributes of a person that no sentence may rest on, as records write them in their heads."""
    return _PERSON.sub("", facts)


def fit_to_learn(facts: str) -> str:
    """What a model of sentences may read."""
    return without_protected(without_answer(facts))
