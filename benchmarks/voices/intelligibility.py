"""How well the recogniser understands each synthesised voice: character error rate on one neutral text, voice by voice.

`python -m benchmarks.voices.intelligibility -o DIR [--voice NAME ...]` reads SENTENCES out in every voice, in the room
of the spoken interrogations, writes DIR/VOICE.wav, takes it through the pipeline of `anjuan transcribe` and prints the
rate, and what was understood. A voice that the recogniser cannot follow is no clean speech: what fails behind it says
nothing about what is measured there. Knows no interrogation and no comparison; the sentences stand in no script.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.accuracy.chinese_text import Errors, character_errors, comparable
from benchmarks.accuracy.sounds import write
from benchmarks.accuracy.speech import transcribe
from benchmarks.voices.kokoro import EARLY_S, VOICES, Kokoro
from benchmarks.voices.make import phrase_folder
from benchmarks.voices.mixing import Room, Sound, SpokenTurn, mix, place
from benchmarks.voices.phrases import PhraseBook
from models.device import choose_device
from models.weights import WeightsCache
from pipelines.inline import InlineEngine

ROOM: Final = Room(overlap=0.0, reverberation_s=0.0, signal_to_noise_db=35.0)
SENTENCES: Final = (
    "今天早上下了一场小雨，路面有点滑。",
    "请把窗户打开一半，屋里太闷了。",
    "我昨天在图书馆借了两本历史书。",
    "公交车还要等十五分钟才会来。",
    "他每个周末都带孩子去河边散步。",
    "这家面馆的牛肉面十八块钱一碗。",
    "电梯坏了，我们只好走楼梯上去。",
    "你把钥匙放在鞋柜上面了吗？",
    "春天的时候，山上开满了桃花。",
    "医生让她少吃盐，多喝白开水。",
    "会议改到下午三点半，地点没有变。",
    "妹妹学了五年钢琴，现在弹得很好。",
    "请问去火车站应该坐几路车？",
    "冰箱里只剩下三个鸡蛋和半袋牛奶。",
    "快递放在门卫那里，你下班记得去取。",
    "这件衣服洗了以后缩水了，穿不上。",
    "老师说明天要带彩笔和一张白纸。",
    "我们单位的食堂中午十二点开饭。",
    "爷爷喜欢坐在院子里听收音机。",
    "他不是不想来，是真的没有时间。",
    "那座桥修了两年，去年秋天才通车。",
    "超市里的苹果比上个星期便宜了一些。",
    "手机快没电了，能不能借我充电器用一下？",
    "小狗看见生人就躲到沙发后面去。",
    "外面的风很大，出门最好戴上帽子。",
    "这道菜要先用小火炖四十分钟。",
    "我记得你以前住在学校对面的那栋楼。",
    "如果明天不下雨，我们就去爬山。",
    "邻居家正在装修，白天一直有声音。",
    "谢谢你帮我照顾这几盆花。",
)
"""Thirty sentences of everyday life, some 430 characters: statements, questions, denials, numbers."""


def said_in(voice: str, book: PhraseBook) -> Sound:
    """The sentences one after the other, float32 [1, samples] at 16 kHz; the same always."""
    turns = [SpokenTurn("S1", (book.phrase(text, voice),)) for text in SENTENCES]
    rng = np.random.default_rng(len(SENTENCES))
    return mix(turns, place(turns, ROOM.overlap, rng), ROOM, rng)


def errors_of(heard: str) -> Errors:
    """What was understood against what was said."""
    return character_errors(comparable("".join(SENTENCES)), comparable(heard))


def main(arguments: Sequence[str] | None = None) -> int:
    """A line a voice: its rate, the kinds of its errors, and the transcript."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write the recordings to")
    parser.add_argument("--voice", nargs="+", choices=VOICES, default=VOICES, help="(default: all)")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    cache = WeightsCache()
    kokoro = Kokoro(cache)
    book = PhraseBook(kokoro, kokoro.manifest.weights_sha256, phrase_folder(), EARLY_S)
    engine = InlineEngine.from_registry(cache, choose_device("auto"))
    try:
        for voice in options.voice:
            path = options.output / f"{voice}.wav"
            write(path, said_in(voice, book)[0].astype("f8"))
            heard = transcribe(engine, path, {}).text
            found = errors_of(heard)
            print(
                f"{voice}: CER {found.rate:.1%} of {found.length} characters ({found.substitutions} substituted, "
                f"{found.deletions} lost, {found.insertions} added): {heard}",
                flush=True,
            )
    finally:
        engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
