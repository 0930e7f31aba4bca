"""The one way in: positions of the text as it was given, disguises, messages, what is never a finding."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penpal.screening.findings import Context, Finding, Kind
from penpal.screening.screen import screen, screen_messages

NUMBER = "13800138000"


def _words(text: str, kind: Kind, context: Context = Context.LETTER) -> list[str]:
    return [text[found.start : found.end] for found in screen(text, context) if found.kind is kind]


@pytest.mark.parametrize(
    "written",
    [
        NUMBER,
        "138 0013 8000",
        "1.3.8-0.0.1.3-8.0.0.0",
        "１３８００１３８０００",
        "一三八零零一三八零零零",
        "幺叁捌零零壹叁捌零零零",
        "①③⑧⓪⓪①③⑧⓪⓪⓪",
        "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣",
        "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎",
        "١٣٨٠٠١٣٨٠٠٠",
        "1\u200b3\u200b8\u200b0\u200b0\u200b1\u200b3\u200b8\u200b0\u200b0\u200b0",
        "l38OOl38OOO",
        "1🌸3🌟8❤0🌸0🌟1❤3🌸8🌟0❤0🌸0",
        "one three eight double zero one three eight triple zero",
        "yao san ba ling ling yao san ba ling ling ling",
        "138\n0013\n8000",
        "一三八，然后零零一三，最后八零零零",
        "1哈3哈8哈0哈0哈1哈3哈8哈0哈0哈0",
        "86 138-0013-8000",
    ],
)
def test_a_number_is_found_in_every_disguise_and_where_it_stands(written: str) -> None:
    text = f"我的号码是 {written} 。"

    (found,) = _words(text, Kind.PHONE_MOBILE)

    assert found.rstrip("\ufe0f\u20e3 ") == written.rstrip("\ufe0f\u20e3")


def test_a_reversed_number_is_found_by_its_cue() -> None:
    assert _words("倒过来读就是我的电话：00083100831", Kind.PHONE_MOBILE) == ["00083100831"]
    assert _words("我算出来等于00083100831。", Kind.PHONE_MOBILE) == []


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("家里座机 010-62345678", Kind.PHONE_LANDLINE, "010-62345678"),
        ("打我家电话62345678", Kind.PHONE_LANDLINE, "62345678"),
        ("不用加区号,直接打3325617", Kind.PHONE_LANDLINE, "3325617"),
        (
            "座机 柒伍伍 贰捌叁零 陆肆壹玖,前头添个零",
            Kind.PHONE_LANDLINE,
            "柒伍伍 贰捌叁零 陆肆壹玖",
        ),
        ("地址:秀英区海盛路陆拾捌号", Kind.STREET_ADDRESS, "地址:秀英区海盛路陆拾捌号"),
        ("我的身份证是11010119900307803X", Kind.ID_CARD, "11010119900307803X"),
        # Of a province that is known and a city that is not.
        ("我的身份证是371825201109144726", Kind.ID_CARD, "371825201109144726"),
        ("call me at +1 415 555 2671", Kind.PHONE_MOBILE, "+1 415 555 2671"),
    ],
)
def test_numbers_have_their_own_kind(text: str, kind: Kind, words: str) -> None:
    assert _words(text, kind) == [words]


@pytest.mark.parametrize(
    "text",
    [
        "1949年10月1日，1978年12月，2008年8月8日。",
        "圆周率是3.14159265358979，根号二是1.41421356237。",
        "1、3、5、7、9、11、13、15是奇数。",
        "ISBN 9787020002207，第138页，定价28.80元。",
        "我们比赛21:15，400米跑了1分12秒，身高158，体重45。",
        "坐G1234次火车，转300路公交车，走了3.5公里。",
        "12345679×9=111111111，乘起来真好玩。",
        "一二三四五，上山打老虎；两个黄鹂鸣翠柳，一行白鹭上青天。",
        "有事打12355，着火打119。",
        "我家的猫叫球球，它爱看企鹅；奶奶做的汤圆QQ的。",
        "笑死我了，想死你了，今天热死了。",
        "希望有一天我们能见面！",
        "ئۈزۈم پىشتى، مەن 3 كىلو ئۈزۈم يېدىم.",
        "བཀྲ་ཤིས་བདེ་ལེགས། Сәлем, досым! ᠰᠠᠶᠢᠨ ᠪᠠᠶᠢᠨ᠎ᠠ ᠤᠤ",
        "",
    ],
)
def test_ordinary_words_and_every_script_are_no_finding(text: str) -> None:
    assert screen(text, Context.LETTER) == ()
    assert screen_messages([text]) == ()


def test_a_number_over_messages_is_found_also_with_others_between() -> None:
    messages = ["138", "在吗", "0013", "哈哈", "8000"]

    (found,) = screen_messages(messages)

    assert (found.kind, "\n".join(messages)[found.start : found.end]) == (
        Kind.PHONE_MOBILE,
        "138\n在吗\n0013\n哈哈\n8000",
    )


def test_a_word_and_a_name_over_messages_are_put_together() -> None:
    kinds = {found.kind for found in screen_messages(["加我微", "信", "xiao", "he_2012"])}

    assert Kind.WECHAT in kinds


def test_one_text_may_hold_several_kinds_and_each_is_told() -> None:
    text = f"加我微信 hehe_2012，电话 {NUMBER}，邮箱 hehe@163.com，别告诉老师。"

    kinds = [found.kind for found in screen(text, Context.CHAT)]

    assert set(kinds) >= {Kind.WECHAT, Kind.PHONE_MOBILE, Kind.EMAIL, Kind.SECRECY_REQUEST}


def test_pinyin_is_read_aloud() -> None:
    text = "bie gao su lao shi he ba ma, wo men tou tou liao tian"

    kinds = {found.kind for found in screen(text, Context.CHAT)}

    assert Kind.SECRECY_REQUEST in kinds


@given(
    st.text(
        alphabet=st.sampled_from("我的微信qvx加13800138零一八 ,。\n-_.@❤🐧\u200b①👍️⃣éئۈAＡ号聊"),
        max_size=60,
    )
    | st.text(alphabet=st.sampled_from("0123456789x- 号倒"), min_size=10, max_size=40)
    | st.from_regex(r"[1-6][0-9]{5}20[01][0-9](0[1-9]|1[0-2])[0-2][0-9]{4}[0-9x]", fullmatch=True)
)
def test_any_text_is_answered_in_order_within_it_and_always_the_same(text: str) -> None:
    found = screen(text, Context.CHAT)

    assert found == screen(text, Context.CHAT)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert list(found) == sorted(found, key=lambda each: each.start)
    for kind in Kind:
        of_kind = [each for each in found if each.kind is kind]
        assert all(before.end <= after.start for before, after in pairwise(of_kind))


def test_a_finding_is_a_plain_value() -> None:
    assert Finding(Kind.QQ, 0, 3) == Finding(Kind.QQ, 0, 3)
