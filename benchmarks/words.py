"""What is said in the benchmarks: the peers' synthetic messages, everyday messages of our own, complaints of our own."""

from __future__ import annotations

import random
from collections.abc import Sequence

# As in the measurements before the first line: 200 invented words, every fifth message holds one of them.
_WORD_CHARACTERS = (
    "停水停电电梯路灯垃圾停车噪音物业核酸疫苗积分兑换报名登记讲座活动提醒消防漏水堵塞绿化门禁快递维修收费投诉建议社区网格"
    "医保社保低保养老入学居住证户口档案选举志愿"
)
_CHAT_CHARACTERS = (
    "大家早上好今天天气不错我家孩子上学路上有点堵请问谁知道附近哪里有菜市场谢谢邻居们周末一起打球吧收到好的明白了"
)

COLD = "{building}号楼暖气不热，屋里才{degrees}度，冻得不行"

EVERYDAY = (
    "早上好各位邻居",
    "今天降温了，出门多穿点",
    "谁家的猫跑到花坛里去了，橘色的，挺胖",
    "收到",
    "好的谢谢",
    "哈哈哈哈哈笑死我了",
    "有没有人一起拼车去地铁站，明早七点半",
    "菜市场今天的草莓二十块钱三斤，挺甜的",
    "娃今天发烧了，请问哪家诊所还开门",
    "晚上广场舞还跳不跳",
    "[强][强][强]",
    "有没有闲置的婴儿车，想收一个",
    "转一台九成新的洗衣机，自提，有要的私聊",
    "谁有隔壁小学的家长群，拉我一下",
    "昨晚的球看了吗，最后一分钟绝杀",
    "我妈包了点饺子，谁在家下来拿一份",
    "周末有去爬山的吗，还差两个人",
    "快递放驿站了，取件码我发你",
    "请问附近有修鞋的师傅吗",
    "这周六下午三点小区门口有义诊，量血压的",
    "生日快乐！🎂🎂🎂",
    "@张姐 你的伞落我家了，有空来拿",
    "哪位邻居的电动车没关灯，车牌尾号37",
    "今年的物业费是按季度交还是按年交啊",
    "我家孩子三年级，求推荐一个靠谱的英语班",
    "楼下新开的面馆味道还可以，就是有点咸",
    "谢谢楼上的大哥帮我搬东西",
    "+1",
    "我也要一份",
    "团长，鸡蛋到了吗",
    "土鸡蛋今天下午四点前到，到了群里喊大家",
    "接龙：明天的鸡蛋，一板三十个",
    "老家寄来的苹果，五十块一箱，包甜",
    "请问居住证到期了去哪里办",
    "刚才路过看到门口在修路，开车的绕一下",
    "这个视频太好笑了，大家看看",
    "天气预报说后天有雪",
    "有人认识开锁的师傅吗",
    "今天在小区捡到一串钥匙，有个小熊挂件，谁丢的联系我",
    "钥匙是我的！太感谢了，我马上下来",
    "不客气，邻里之间应该的",
    "嗯嗯",
    "各位老师，问一下社保断缴一个月影响大吗",
    "我问了，不影响，补上就行",
    "打疫苗是周三还是周四来着",
    "周四上午，带上本子",
    "明白了，谢谢",
    "求一个靠谱的家政阿姨，每周打扫一次",
    "我家一直请的刘阿姨，人特别好，推给你",
    "楼里有会修电脑的吗，开不了机了",
    "你先拔电源等一分钟再试试",
    "真的好了！神了",
    "健身房的年卡转让，还有八个月",
    "孩子放假了天天在家闹，头疼",
    "谁家有梯子借用一下，换个灯泡，半小时就还",
    "我有，你上来拿吧，三楼",
    "春节大家都回老家吗",
    "今年不回了，票太难买",
    "夜里那场雨真大，车都洗干净了",
    "晚安各位",
)
"""Written for this benchmark: what a residents' group says all day to nobody in particular."""

_TROUBLES = (
    ("楼道灯坏了三天没人管", "{building}号楼{unit}单元楼道灯坏了{days}天没人管"),
    ("电梯", "{building}号楼{unit}单元电梯坏了{days}天了还没人修"),
    ("垃圾", "{building}栋{unit}单元门口垃圾堆了{days}天没人清"),
    ("下水道", "{building}号楼{unit}单元下水道堵了，污水往外冒，{days}天了"),
    ("漏水", "{building}号楼{unit}单元楼顶漏水漏了{days}天，没人来修"),
    ("门禁", "{building}号楼{unit}单元门禁坏了{days}天，谁都能进"),
)


def synthetic_words() -> list[str]:
    chosen = random.Random(7)
    words: set[str] = set()
    while len(words) < 200:
        words.add("".join(chosen.sample(_WORD_CHARACTERS, chosen.choice((2, 3, 4)))))
    return sorted(words)


def synthetic(count: int) -> list[str]:
    words = synthetic_words()
    return [_synthetic(number, words) for number in range(count)]


def _synthetic(number: int, words: Sequence[str]) -> str:
    chosen = random.Random(number)
    text = "".join(chosen.choice(_CHAT_CHARACTERS) for _ in range(chosen.randint(6, 40)))
    if chosen.random() < 0.2:
        text = text[:5] + chosen.choice(words) + text[5:]
    return text


def everyday(count: int) -> list[str]:
    chosen = random.Random(11)
    return [chosen.choice(EVERYDAY) for _ in range(count)]


def complaints(count: int, start: int = 0) -> list[str]:
    """Each about another place, so that none repeats another."""
    texts = [form for _, form in _TROUBLES]
    return [
        texts[number % len(texts)].format(building=1 + number % 29, unit=1 + number % 5, days=2 + number % 7)
        for number in range(start, start + count)
    ]
