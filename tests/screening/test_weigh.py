"""Sentences that no rule knows are weighed by their letters; what weighs little is left alone."""

from __future__ import annotations

from collections import Counter

import pytest

from penpal.screening import normalising, rule_files, weighing
from penpal.screening import screen as guard
from penpal.screening.findings import Context, Kind
from penpal.screening.screen import ends_of_sentences, screen

FIRM = "周六下午三点在万达门口见，你一个人来。"


def found(text: str) -> list[Kind]:
    plain = normalising.normalise(text).text
    return [kind for kind, _, _ in weighing.weighed(plain, ends_of_sentences(plain), [])]


def test_the_weights_were_learnt_from_the_set_as_it_stands():
    # What learns takes a second to load, and every worker looks at every file.
    from tools import weigh

    told = weighing.FILE.read_bytes()

    assert weigh.fingerprint() == weigh.stored()["texts"], "run `make weights`"
    assert len(told) < 2_000_000


def test_a_gram_is_a_run_of_letters_with_the_edges_and_one_digit_for_all():
    assert weighing.grams("a7") == Counter(
        ["^", "a", "0", "$", "^a", "a0", "0$", "^a0", "a0$", "^a0$"]
    )


def test_numbers_are_left_to_the_rules():
    assert weighing.grams("1998") == weighing.grams("13800138000")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (FIRM, Kind.MEETING_PLAN),
        ("加一下我的小号吧，我天天在线，搜 hehe2012yy 就是我", Kind.WECHAT),
    ],
)
def test_a_sentence_that_says_it_outright_weighs_enough_without_any_rule(text: str, kind: Kind):
    group = next(each for each in weighing.weights().groups if kind in each.kinds)

    assert set(found(text)) & set(group.kinds)


@pytest.mark.parametrize(
    "text",
    [
        "今天下了一场大雪，操场上堆了三个雪人。",
        "奶奶说霜降以后的白菜才甜，你们那里也种白菜吗？",
        "We read twenty pages of the book and I liked the lighthouse best.",
        "بۈگۈن ھاۋا سوغۇق، بىز مەكتەپكە پىيادە باردۇق.",
        "༄༅། །ང་ཚོ་སློབ་གྲྭར་འགྲོ་གི་ཡོད།",
        "Бүгін ауа райы жақсы, біз далада ойнадық.",
    ],
)
def test_an_ordinary_day_weighs_little_in_any_script(text: str):
    assert found(text) == []


def test_where_a_rule_found_something_only_another_kind_is_named():
    plain = normalising.normalise(FIRM).text
    stops = ends_of_sentences(plain)
    ((kind, start, end),) = weighing.weighed(plain, stops, [])

    assert kind == Kind.MEETING_PLAN
    assert list(weighing.weighed(plain, stops, [(kind, start + 2, start + 4)])) == []
    assert list(weighing.weighed(plain, stops, [(Kind.QQ, start, end)])) == [(kind, start, end)]


@pytest.mark.parametrize(
    ("kind", "weight", "alone", "in_prose"),
    [
        (Kind.BULLYING, 2.0, True, True),
        (Kind.BULLYING, 0.0, True, False),
        (Kind.BULLYING, -7.0, False, False),
        (Kind.SELF_HARM, 0.0, True, True),
        (Kind.SELF_HARM, -7.0, False, False),
        (Kind.SEXUAL_APPROACH, -7.0, True, True),
        (Kind.QQ, -7.0, True, True),
    ],
)
def test_what_a_rule_found_is_believed_by_the_weight_of_its_sentence(
    kind: Kind, weight: float, alone: bool, in_prose: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(weighing, "_together", lambda _sums: weight)
    said = "那一句话是一条规则找到的"

    for text, expected in ((said, alone), ("今天下雪了,很冷。" * 4 + said, in_prose)):
        stops = ends_of_sentences(text)
        found = [(kind, len(text) - len(said), len(text))]
        assert weighing.believed(text, stops, found) == (found if expected else []), text


def test_what_goes_on_beside_a_danger_is_underlined_with_it_and_what_is_ordinary_is_not():
    said = "交五十块保护费。不交就揍你。"

    (both,) = [one for one in screen(said, Context.CHAT) if one.kind is Kind.THREAT]
    assert said[both.start : both.end].rstrip("。") == "交五十块保护费。不交就揍你"
    ordinary = "今天我们种了三棵白菜。"
    (alone,) = [one for one in screen(ordinary + said, Context.CHAT) if one.kind is Kind.THREAT]
    assert alone.start == len(ordinary)


def test_an_ordinary_sentence_with_the_words_of_a_rule_is_left_alone():
    told = "她是转学来的，刚开始大家都不跟她玩，我就把我的跳绳借给她了。"

    assert screen(told, Context.LETTER) == ()
    assert [one.kind for one in screen("我不想活了。", Context.LETTER)] == [Kind.SELF_HARM]


def test_where_an_account_is_to_be_found_may_be_told_in_the_sentence_before():
    text = "你有没有那个绿色的聊天软件？搜 guo_baba92 就是我。"

    assert Kind.WECHAT in [one.kind for one in screen(text, Context.CHAT)]


def test_a_text_that_would_take_too_long_is_left_to_the_rules(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(weighing, "_kinds_of", lambda *_, **__: pytest.fail("it was weighed"))

    assert found("今天下雪了。" * weighing.LONGEST_TEXT) == []


def test_what_was_weighed_stands_where_the_sentence_stands_in_the_text_as_typed(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(
        weighing, "_kinds_of", lambda sentence, **_: [Kind.BULLYING] if "猫" in sentence else []
    )
    text = "Ｈｅｌｌｏ！　今天很冷。我家的猫在窗台上睡着了。明天见。"

    (finding,) = screen(text, Context.LETTER)

    assert text[finding.start : finding.end].strip("。") == "我家的猫在窗台上睡着了"
    assert guard.screen(text, Context.LETTER) == (finding,)


def test_what_is_weighed_are_the_grams_that_have_a_weight_in_their_order():
    rows = weighing.weights().rows
    texts = [example for rule in rule_files.rules() for example in (*rule.must, *rule.must_not)]

    for text in ["", "^", "a", *texts]:
        known = {rows[gram]: n for gram, n in weighing.grams(text).items() if gram in rows}
        assert list(weighing._weighed_grams(text, rows).items()) == list(known.items())


def test_a_gram_that_was_learnt_begins_with_one_that_was_learnt():
    rows = weighing.weights().rows

    assert all(gram[:-1] in rows for gram in rows if len(gram) > 1)
