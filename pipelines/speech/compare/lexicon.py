"""Words that a comparison must know: fillers, negations, tools, means, states of mind, places and names.

Data alone. The lists hold what records of theft, injury, fraud, drugs and traffic cases say; a word that is missing
costs a finding its kind or a synonym its silence, never the finding of what is nowhere on the other side.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FILLERS = _words(
    "就是说 那个时候 这个时候 怎么说呢 我跟你说 你知道吧 反正 嗯 呃 额 哦 噢 喔 啊 呀 吧 呢 嘛 吗 么 哎 唉 诶 哈 "
    "嘿 那个 这个 然后呢 然后 就是 的话 的时候 这样子 那样子 这样 那样 什么的 之类的 等等"
)
"""What a clerk leaves out."""

FUNCTION_WORDS = _words(
    "我们 你们 他们 她们 它们 咱们 自己 本人 我 你 您 他 她 它 咱 其 该 的 地 得 了 着 过 就 都 也 还 又 再 才 便 "
    "很 挺 太 是 有 在 把 将 被 给 让 叫 跟 和 与 及 同 向 往 对 从 到 于 由 以 而 并 且 但 但是 可是 所以 因为 "
    "由于 因 如果 要是 那 这 哪 些 个 里 上 下 来 去 出 起 起来 一 一个 一下 一些 一点 一直 一共 总共 共 大概 大约 "
    "约 左右 可能 应该 好像 已经 曾经 刚 刚才 当时 那时 后来 之后 以后 随后 接着 之前 以前 最后 现在 目前 能 会 要 "
    "可以 请 说 讲 问 称 表示 嘴 所 今年 当年 今天 那天 当天 什么 怎么 怎样 如何 为什么 为何 哪里 哪儿 谁 几 多少 "
    "何时 何地 多 呗 啦 咯 吧 时 许 余 "
    "听说 据说 具体 情况 系 均 予以 进行 曾 为 那边 那边儿 这边 其实 反正 毕竟 甚至 而且 并且 不过 只是 只 仅"
)
"""Words that say little about which stretch of talk this is."""

NEGATORS = _words("并没有 从来没有 从未 没有 没得 莫得 冇得 冒得 没 不 未 无 非 勿 别 冇")

NOT_NEGATIONS = _words(
    "有冇 有没得 有莫得 没有不 没有没 不是不 不会不 不能不 "
    "不过 不仅 不但 不久 不管 不论 不然 要不 差不多 不断 不好意思 说不定 不一会 不大会 不得不 不时 没准 没多久 "
    "不到 无非 无论 未来 未成年 非常 非法 别人 别的 别墅 特别 区别 分别 级别 性别 告别 辨别 不同 不少 不禁 不错 "
    "对不起 不对 是不是 有没有 能不能 会不会 要不要 知不知道 对不对 认不认识 有无 是否 可不可以 愿不愿意 好不好 "
    "清不清楚 打没打 拿没拿 喝没喝 去没去 敢不敢 想不想 行不行 记不记得 了不起 来不及 不及 忍不住 受不了 看不起 无锡 "
    "无线 没事 没关系 不用 别动"
)
"""Words with a negator in them that negate nothing, and forms of a question that leave the answer open."""

TOOLS = _words(
    "水果刀 弹簧刀 折叠刀 匕首 菜刀 砍刀 西瓜刀 尖刀 剪刀 美工刀 小刀 刀子 钢管 铁管 铁棍 木棍 棍子 棒球棍 棒球棒 "
    "甩棍 电棍 啤酒瓶 酒瓶 砖头 石头 锤子 铁锤 榔头 斧头 斧子 扳手 螺丝刀 改锥 起子 撬棍 撬棒 钳子 老虎钳 液压钳 "
    "断线钳 绳子 铁链 皮带 板凳 凳子 椅子 拳头 手枪 猎枪 仿真枪 气枪 辣椒水 汽油 打火机 铁锹 钥匙 万能钥匙 锡纸 "
    "铁丝 镊子 塑料袋 胶带 注射器 针管 冰壶 干扰器 木板 扁担 烟灰缸 电击器 头盔"
)

PROPERTY = _words(
    "手机 电脑 笔记本 平板 电动车 摩托车 自行车 三轮车 轿车 面包车 货车 项链 戒指 手镯 耳环 手表 钱包 银行卡 "
    "信用卡 身份证 现金 香烟 白酒 茅台 电缆 电瓶 电池 冰毒 海洛因 大麻 摇头丸 麻古 k粉 啤酒 红酒 黄酒 相机 背包 "
    "挎包 手提包 行李箱 铜线"
)

MEANS: tuple[tuple[str, ...], ...] = tuple(
    _words(group)
    for group in (
        "捅 刺 扎",
        "砍 劈",
        "踢 踹 踩",
        "掐 勒",
        "咬",
        "烧 点燃 放火",
        "推倒 推搡 推",
        "扇 耳光 巴掌",
        "翻墙 翻围墙 爬墙",
        "翻窗 爬窗 钻窗 窗户爬 窗户翻",
        "撬锁 撬门 撬开 撬",
        "砸 敲碎",
        "尾随 跟踪",
        "微信转账 微信转",
        "支付宝转账 支付宝转 支付宝",
        "银行转账 银行卡转",
        "现金交易 付现金 给现金",
        "下药 投毒",
        "抢夺 抢劫 抢",
        "威胁 恐吓 吓唬",
        "冒充 假冒",
        "网上 网络",
    )
)
"""Ways of doing it; each counts as the first of its group."""

DELIBERATE = _words("故意 成心 有意 存心 蓄意 明知 预谋 商量好 事先商量 早就想 报复 教训")
NEGLIGENT = _words(
    "不小心 不是故意 不是有意 没有故意 无意 失手 过失 疏忽 没注意 没有注意 没想到 没有想到 谁知道 谁晓得 哪知道 哪晓得 "
    "哪想到 误伤 误以为"
)
KNOWING = _words("知道 清楚 明白 明知 晓得 知晓 了解 认识到")
CONFESSING = _words(
    "承认 认罪 认罚 我干 我做 我偷 我抢 我打 我捅 我砍 我骗 我卖 我杀 有罪 违法 犯罪 犯法 故意 明知 知道 参与 "
    "分赃 主谋 指使 预谋 作案 销赃 赃款 赃物 后悔 "
    "策划 主意 提议 主使 串通 串供 口供 销毁 毁灭 掩盖 隐瞒 逃避 供认 伙同 教唆 得手 干过 作过案 犯过 自愿认罪"
)
"""What makes an added sentence a confession."""

WORDS_OF_CLERKS = frozenset(_words("违法 犯罪 犯法 参与 赃款 赃物 作案 销赃 后悔"))
"""What a clerk writes for plainer words without making a confession of them: 作案 for 干."""

PLACE_SUFFIXES = _words(
    "自治区 开发区 居民楼 出租屋 出租房 火车站 汽车站 地铁站 高铁站 加油站 停车场 菜市场 农贸市场 派出所 看守所 "
    "棋牌室 健身房 幼儿园 便利店 专卖店 手机店 金店 水果店 烟酒店 洗浴中心 足浴店 理发店 美容院 ktv 大道 胡同 小区 "
    "花园 公寓 广场 商场 超市 市场 酒店 宾馆 旅馆 饭店 餐馆 餐厅 酒吧 网吧 歌厅 茶馆 公园 车站 机场 码头 工地 工厂 "
    "公司 银行 医院 学校 大学 中学 小学 仓库 宿舍 大桥 河边 大厦 商城 烧烤店 烧烤摊 大排档 路口 购物中心 "
    "服务中心 活动中心 省 市 县 区 镇 乡 村 路 街 巷 桥"
)
NO_STREETS = _words(
    "小路 土路 马路 岔路 公路 机耕路 行车路 道路 线路 铁路 思路 后路 半路 走路 探路 带路 领路 问路 让路 拦路 "
    "修路 铺路 赶路 绕路 跑路 上路 迷路 小巷 小街 上街 逛街 沿街 临街 小桥 过桥 架桥 搭桥 天桥 全村 本村 农村 "
    "邻村 该村 本市 全市 市区 城区 辖区 厂区 园区 山区 库区 地区 景区 校区 全县 本县 外省 本省 全省 全镇 本镇 "
    "家乡 老乡 下乡 城乡 同乡 外乡"
)
"""Ways and parts that bear no name: 后山小路 is a path and not the street called 后山小, 派人探路 no street."""
GENERIC_PLACES = _words(
    "任 一家 那家 这家 这个 那个 附近 旁边 对面 里面 外面 门口 楼下 我家 他家 什么 哪个 某 小 大 老 新 个 家 间 所"
)
"""What before a suffix names no particular place."""

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤洪施牛葛翁"
    "闵戚冉喻佟阮滕冼褚仇厉耿卞柯鲍裴邬倪樊翟岳霍聂晏柴阎祁柳凌骆詹缪荆涂蒲蔺屈鄢卓冀巩牟窦臧饶瞿匡麦芦尤辛梅狄米"
)
WORDY_SURNAMES = frozenset(
    "马高林何许曾田于余任钟陆金石夏付方白江段雷史龙毛万钱严武莫向汤施牛黄周叶程成戚喻仇厉岳柴柳凌卓屈麦尤辛梅米饶"
)
"""Surnames that are everyday words as well."""
COMPOUND_SURNAMES = _words("欧阳 司马 上官 诸葛 尉迟 皇甫 东方 夏侯")
NO_NAMES = _words(
    "高兴 高速 方便 方向 马上 马路 白天 白色 白酒 周围 周末 江边 钱包 钱款 金额 金色 金店 黄色 黄金 石头 水果 任何 "
    "于是 许多 何时 何地 关于 毛巾 夏天 严重 段时间 万元 程度 苏州 向我 向他 史上 龙头 武器 毛病 叶子 田里 白粉 "
    "于我 方法 方面 高中 高跟 高铁 雷电 江苏 牛奶 金项链 陆续 任务 侯车 范围 顾客 戴着 莫名 孔子 汤里 洪水 施工 "
    "谢谢 罗列 许可 高度 钱都 钱就 钱给 钱我 钱是 何况 余下 余额 贺卡 贾 严肃 施救 林业 时候 黄酒 马虎 周岁 周边 "
    "高处 高档 田地 万能 白沙 石子 江湖 钱财 钱物 向前 向后 向左 向右 钱以 钱后 钱买 钱花 钱的 于当 于本 任我 任其 "
    "段路 钟头 黄牛 车 金手 金戒 金耳 毛衣 高价 高利 高估 史料 "
    "厉害 岳父 岳母 柴油 柴刀 柴火 凌晨 仇人 仇家 辛苦 米饭 米粉 梅毒 尤其 麦子 饶了"
)
"""Words that begin like a name."""
