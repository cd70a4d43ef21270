"""Masks the names of parties in a judgment as courts do for publication: 姓 + 某; knows no store and no model.

A name is masked when the judgment itself gives it a part (被告人王小明, 被害人李四, 证人赵六 ...). Every later
place of the same name is masked too. Limits: a person who is never named beside a part stays; so do names in quoted
chat, plates, phone and account numbers, and companies. Names of one character beyond the surname are masked as well
(李四). It lowers what a reader learns; it does not make a text anonymous.
"""

from __future__ import annotations

import re
from dataclasses import replace

from cases.judgment import Judgment

_PARTS = (
    "被告人|被告|被害人|上诉人|原审被告人|罪犯|犯罪嫌疑人|嫌疑人|证人|辩护人|诉讼代理人|委托代理人|自诉人|同案犯|同案人|"
    "法定代理人|附带民事诉讼原告人|原告人|受害人|死者|伤者|户主|行贿人|受贿人|申诉人|抗诉人"
)
_COMPOUND = (
    "欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|长孙|宇文|令狐|端木|南宫|夏侯|百里|呼延|轩辕|阿不|买买|古丽"
)
_SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜"
    "倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁房"
    "蒲滕屈饶解牟艾尤时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁"
    "沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位伊仝区郜海阚花"
    "权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿母裘亓修邰赫杭况那宿鲜"
)
_END = r"(?=[，,。、；;：:（(）)\s的之和与及等因在到于对向以将被从驾持伙至供证犯系均又也是某\d]|$)"
_NAME = re.compile(rf"(?:{_PARTS})[:：]?\s*((?:{_COMPOUND}|[{_SINGLE}])[\u4e00-\u9fa5]{{1,2}}?){_END}")
_MASKED = "某"
_NO_NAMES = frozenset(
    {"和辩", "等人", "及其", "于是", "关于", "对于", "向本", "和被", "时任", "文某", "应当", "单位", "方面", "明知"}
)
MAX_NAMES = 500
"""More parties than any judgment has; a bound, not a goal."""


def names_in(text: str) -> list[str]:
    """The names that `text` gives a part to, longest first."""
    found = {match[1] for match in _NAME.finditer(text)}
    return sorted((n for n in found if _MASKED not in n and n not in _NO_NAMES), key=lambda n: (-len(n), n))[:MAX_NAMES]


def masked(judgment: Judgment) -> Judgment:
    """The judgment with every party's name masked; two parties of one surname are told apart by a number."""
    texts = (judgment.name, judgment.facts, judgment.view, judgment.result)
    names = names_in("\n".join(texts))
    if not names:
        return judgment
    instead, used = {}, dict[str, int]()
    for name in sorted(names):
        surname = name[: 2 if re.match(_COMPOUND, name) else 1]
        used[surname] = used.get(surname, 0) + 1
        instead[name] = surname + _MASKED + (str(used[surname]) if used[surname] > 1 else "")
    pattern = re.compile("|".join(map(re.escape, names)))
    name, facts, view, result = (pattern.sub(lambda match: instead[match[0]], text) for text in texts)
    return replace(judgment, name=name, facts=facts, view=view, result=result)
