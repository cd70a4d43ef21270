"""Words that decide what a numeral is: units, measure words, fixed words whose numerals are never figures; plain data.

What stays in characters follows GB/T 15835-2011 (4.2): fixed words, approximations and dates of the lunar calendar; and
the usage of legal documents: articles of statutes and terms of sentences.
"""

from __future__ import annotations

import re


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


WEIGHTS = ("毫克", "微克", "千克", "公斤", "市斤", "克", "斤", "吨")
MONEY = ("块钱", "毛钱", "分钱", "万元", "美元", "欧元", "港币", "元")
MEASURES = _listed(
    """
    平方公里 平方厘米 平方米 立方米 平米 厘米 毫米 公分 公里 千米 英里 海里 米
    毫升 公升 升 摄氏度 度 分钟 小时 秒钟 秒 岁 周岁 迈 码
    """
)
CODES = ("号楼", "号院", "号店", "号线", "单元", "室", "号", "车道")
"""What numbered places are called: 三单元, 五零一室, 十二号."""
COUNTED = (
    "个名位人只条件把张块辆台部套次下天年月日周本份支根瓶包袋盒箱间层遍趟回点分秒处家户颗粒片段节页封笔桶杯碗种批组队"
    "拳脚刀枪棍元角毛斤里路步时代期届倍多余以之"
)
"""Measure words and what else follows a number that is counted with."""
KIN = "叔伯哥姐弟妹爷奶姨舅婶嫂姑娘郎"
"""After a numeral: a person's rank in the family, 十一叔."""
DAY_PARTS = (
    *("上午", "下午", "早上", "早晨", "清晨", "中午", "傍晚", "晚上", "夜里", "夜晚", "半夜", "午夜", "深夜", "凌晨"),
    *("今早", "今晚", "昨晚", "当晚", "当天", "今天", "昨天", "前天", "明天", "第二天", "早", "晚"),
)
ORDER_KEPT = "条款项章编节届"
"""第三百一十二条: parts of a statute are written in characters, and so are the numbers of congresses."""
NAMED_BY_ORDER = ("中学", "小学", "高中", "初中", "医院", "人民医院", "监狱", "看守所", "师", "军")
"""第十三中学 is a name."""
SURNAMES = "张李王赵刘陈孙周吴郑杨黄徐马朱胡林郭何高罗"
"""Surnames that a rank is often used with as a name: 张三, 李四, 王五."""
BEFORE_NAMES = "和跟与叫是把被对给问答找让同即及人、"
PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_ONE = "|".join(
    _listed("""
    起 直 定 般 样 边 些 下 共 旦 切 向 律 路 同 再 会 面 阵 番 帮 伙 个 次 种 句 把 顿 趟 遍 位 名 人 条 张 家 只 度
    块儿 块走 块去 块来
    """)
)
"""What makes a word with 一, so that 三点一起 is not 3.1."""
_WORDS = _listed("""
    十字 十足 十全 十指 十佳 十大 十堰 十渡 十恶 十样锦 十万火急 十万八千里 十万个为什么 十拿九稳 十有八九 十之八九
    八九不离十 一五一十 十年如一日 十年树木 百年树人 百分百 十里洋场 十里长街 十月怀胎 三十六计 三百六十行 七十二变
    一千零一夜 九九八十一 三七二十一 十三陵 十三香 十三经 十八般 十八变 十八罗汉 五百罗汉 八百罗汉 八百里加急
    十二生肖 二十四节气 二十四孝 三十而立 四十不惑 四十大盗 五十步笑百步 一百单八将 百十 千百 半斤八两 万万 二元论
    一元化 一元复始 三点水 两点水 三点一线 一日三餐 双十 双十一 双十二 十年八年 十天八天 九一八 一二九 七七事变
    三一五 十一国庆 国庆十一 十一期间 十一假期 十一长假 十一放假 十一黄金周 大年三十 三元桥 三元里 三元区 五号电池
    七号电池
""")
_PLACE = "屯堡河铺坪店庄桥台营沟街塘湖墩井岭山镇村乡岗坡园"
NUMERALS = "零〇一二两三四五六七八九十百千万亿"
_RUN = f"[{NUMERALS}]"
_ALONE = f"(?<![{NUMERALS}0-9点])"
FIXED = re.compile(
    "|".join(
        [
            *(f"{_ALONE}{word}(?![{NUMERALS}])" for word in sorted(_WORDS, key=len, reverse=True)),
            rf"{_ALONE}(?<![分时])十分(?![钟之])",
            rf"{_ALONE}(?<![几数])千万(?!{_RUN}|[元块])",
            rf"{_ALONE}(?<![几数])万一(?![千百]{_RUN})",
            rf"(?<![零〇十百千万亿])(?<![零〇一二三四五六七八九][一二三四五六七八九])一(?:{_ONE})",
            rf"{_ALONE}(?:十[七八九]大|二十大)",
            rf"(?<![日晨午上后]){_ALONE}一时(?![许整{NUMERALS}0-9]|左右)",
            r"(?:星期|礼拜)[一二三四五六日天]",
            r"(?<![零〇一二两三四五六七八九十几])周[一二三四五六](?!十[一二三四五六七八九]?[多来]?岁)",
            rf"(?<![最起年月当之刑民行执])初(?:[一二三四五六七八九]|十)(?![个年月天次{NUMERALS}])",
            rf"{_ALONE}三五(?=[年天个次人名日])",
            rf"{_ALONE}二百五(?![十块元克斤个米])",
            r"(?<![人次总件个岁级位倍])数[十百千万][百千万亿]*(?![一二三四五六七八九])",
            rf"{_ALONE}十余",
            rf"八月十五(?![日号{NUMERALS}])",
            rf"(?:农历|阴历|旧历)(?:{_RUN}+年)?(?:{_RUN}+月)?初?{_RUN}*",
            rf"(?:正月|腊月|冬月)初?{_RUN}+",
            rf"{_RUN}+里[{_PLACE}]",
            rf"(?:徒刑|拘役|管制|缓刑|政治权利|拘留){_RUN}+(?:年|个月|日)(?:零?{_RUN}+(?:个月|日))?",
            rf"第{_RUN}+(?:[{ORDER_KEPT}]|{'|'.join(NAMED_BY_ORDER)})",
            rf"(?:外号|绰号|人称|网名|名叫)[叫是为:：]?\w?{_RUN}{{1,3}}(?![{NUMERALS}])",
            rf"(?:叫|姓名|名字)[是为:：]?[{SURNAMES}小老阿]{_RUN}{{1,3}}(?![{NUMERALS}{COUNTED}钟米])",
        ]
    )
)
"""Stretches that no rule may touch. None but a weekday may end inside a run of numerals: the rest would be misread."""
