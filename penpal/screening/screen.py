"""The one way in: what in this text would endanger a child, of which kind, and where."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

import ahocorasick

from penpal.screening import normalising, numbers, pinyin, rule_files, weighing
from penpal.screening.findings import Context, Finding, Kind
from penpal.screening.normalising import Plain
from penpal.screening.rule_files import Rule

# One look at the sign itself comes first: it spares most of the text everything else.
_SENTENCE_END = re.compile(
    r"[。!?;\n….](?:(?<!\.)|(?<!\bno\.)(?<!\bmr\.)(?<!\bst\.)(?<!\brd\.)(?=\s|$))"
)
_OPEN_BREAK = re.compile(r"[^\s。！？；：.!?;:，,][ \t]*\n[ \t]*\S")
# Digits and signs in the place of letters: "me3t", "y0ur", "@re".
_LEET = re.compile(
    r"(?<![a-z0-9@$])(?:[a-z]+[013457@$][a-z013457@$]*|[013457@$][a-z][a-z013457@$]*|4)(?![a-z0-9])"
)
_LEET_WORD = re.compile(r"[a-z][013457@$]+[a-z]")
_LETTER_OF = str.maketrans("013457@$", "oieastas")
_NEAR_BREAK = 60
_PROSE = 40
"""Lines as long as this are those of a page, and end where a word ends."""
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_LONGEST_SENTENCE = 80
_TOLD_BEHIND = re.compile(
    r'[。!?,.…~]*"[^"。!?,]{0,16}(?:喊|说|道|叫|问|写|唱|念|(?<![a-z])(?:said|shouted|cried|asked|says))'
)
_TOLD_BEFORE = re.compile(
    r'(?<!我)(?<!我对你)(?<!我跟你)(?:喊|说|喊道|说道|台词|上面|句话|写着|吼|问)(?:是|了一句)?[:,]?\s*"[^"]*$'
)
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_SHORTEST = 2
_NEVER = "\ufffe"
"""No character at all."""
_LETTERS_ALONE = re.compile(r"[a-z]++(?![0-9_.@\-]?[0-9_])")
_ALPHABETIC = re.compile(r"[a-z\u0600-\u06ff]")


def screen(text: str, context: Context) -> tuple[Finding, ...]:
    """What the guard finds, ordered by where it begins; findings of one kind never overlap."""
    return _ordered(_read(text, context, is_chat=False))


def screen_by_rules(text: str, context: Context) -> tuple[Finding, ...]:
    """What rules and numbers alone find: what weights are learnt beside, and how rules are tested."""
    return _ordered(_read(text, context, is_chat=False, weighs=False))


def screen_messages(messages: Sequence[str]) -> tuple[Finding, ...]:
    """The same for chat messages of one author, oldest first: positions count in them joined by line breaks."""
    return _ordered(_read("\n".join(messages), Context.CHAT, is_chat=True))


def _read(text: str, context: Context, *, is_chat: bool, weighs: bool = True) -> Iterator[Finding]:
    """As it stands and, only where there is a reason to, in other ways of reading it."""
    plain = normalising.normalise(text)
    ends = ends_of_sentences(plain.text)
    by_rules = [*numbers.found(plain.text), *_by_rules(plain.text, context, stops=ends)]
    if weighs:
        by_rules = weighing.believed(plain.text, ends, by_rules)
    yield from _placed(plain, by_rules)
    if weighs:
        yield from _placed(plain, weighing.weighed(plain.text, ends, by_rules))
    if is_chat:
        lines = normalising.normalise(text, breaks="kept")
        yield from _placed(lines, numbers.over_messages(lines.text))
    weighs_joined = weighs and len(plain.text) <= weighing.LONGEST_TEXT
    of_prose = weighs_joined and weighing.reads_as_prose(plain.text, ends)
    for start, excerpt in _broken(text):
        joined = normalising.normalise(excerpt, breaks="none")
        by_rules = [*numbers.found(joined.text), *_by_rules(joined.text, context)]
        if weighs_joined:
            stops = ends_of_sentences(joined.text)
            by_rules = weighing.believed(joined.text, stops, by_rules, of_prose=of_prose)
        for found in _placed(joined, by_rules):
            yield Finding(found.kind, start + found.start, start + found.end)
    if _LEET_WORD.search(plain.text) and len(_LEET.findall(plain.text)) > 1:
        spelled = _LEET.sub(lambda word: word[0].translate(_LETTER_OF), plain.text)
        yield from _placed(plain, _by_rules(spelled, context))
    if in_sounds := pinyin.edits(plain.text):
        plain.apply(in_sounds)
        yield from _placed(plain, _by_rules(pinyin.sounded(plain.text), context, _SOUNDS))


def ends_of_sentences(text: str) -> list[int]:
    """Where the sentences of a normalised text end, behind their marks."""
    return [stop.end() for stop in _SENTENCE_END.finditer(text)]


def _broken(text: str) -> Iterator[tuple[int, str]]:
    """Excerpts around the places where a line ends in the middle of something, and where they begin."""
    since = until = -1
    for place in _OPEN_BREAK.finditer(text):
        if _joined_already(text, place):
            continue
        if since < 0 or place.start() - _NEAR_BREAK > until:
            if since >= 0:
                yield since, text[since:until]
            since = max(0, place.start() - _NEAR_BREAK)
        until = min(len(text), place.end() + _NEAR_BREAK)
    if since >= 0:
        yield since, text[since:until]


def _joined_already(text: str, place: re.Match[str]) -> bool:
    """Whether nothing new can be read there: ideographs are joined anyway, and prose breaks between words."""
    before, after = place[0][0], place[0][-1]
    if _IDEOGRAPH.match(before) and _IDEOGRAPH.match(after):
        return True
    return (
        before.isalpha()
        and after.isalpha()
        and place.start() - text.rfind("\n", 0, place.start()) > _PROSE
        and not text.find("\n", place.end(), place.end() + _PROSE) >= 0
        and len(text) - place.end() > _PROSE
        and not (_IDEOGRAPH.match(before) or _IDEOGRAPH.match(after))
    )


def warm_up() -> None:
    """Load tables, rules and weights now, so that the first text does not wait for them."""
    _matcher()
    weighing.weights()
    for rule in rule_files.rules():
        for pattern in rule.patterns():
            _ = pattern.made
    screen("", Context.CHAT)


def _placed(plain: Plain, found: Iterable[tuple[Kind, int, int]]) -> Iterator[Finding]:
    for kind, start, end in found:
        yield Finding(kind, *plain.span(start, end))


def _ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    kept: list[Finding] = []
    last: dict[Kind, int] = {}
    for each in sorted(found, key=lambda finding: (finding.start, -finding.end, finding.kind)):
        before = kept[last[each.kind]] if each.kind in last else None
        if before and each.start < before.end:
            kept[last[each.kind]] = Finding(each.kind, before.start, max(before.end, each.end))
            continue
        last[each.kind] = len(kept)
        kept.append(each)
    return tuple(kept)


def _by_rules(
    text: str, context: Context, book: Book | None = None, stops: list[int] | None = None
) -> Iterator[tuple[Kind, int, int]]:
    rule_of, matcher_of = book or _LETTERS
    if stops is None:
        stops = ends_of_sentences(text)
    windows: dict[int, list[list[int]]] = {}
    for last, (length, is_latin, of_words, of_patterns) in matcher_of().iter(text):
        start, end = last - length + 1, last + 1
        # "ins" does not begin in the middle of "mountains".
        if is_latin and start and text[start - 1] in _LATIN:
            continue
        # Nor is "wa" the beginning of "water"; in front of a digit it may belong to an account.
        if (
            length <= _SHORTEST
            and text[end : end + 1] in _LATIN
            and _LETTERS_ALONE.match(text, start)
        ):
            continue
        if of_patterns:
            _widen(windows, of_patterns, start, end, stops, len(text))
        for number in of_words:
            rule = rule_of(number)
            if (
                context in rule.contexts
                and _is_whole(text, start, end)
                and _holds(rule, text, start, end, stops)
            ):
                yield (rule.kind, *_extent(rule, text, start, end, stops))
    for number, places in windows.items():
        rule = rule_of(number)
        if context not in rule.contexts:
            continue
        gate, pattern = rule.gate and rule.gate.made, rule.pattern.made
        group = "found" if "found" in pattern.groupindex else 0
        for since, until in places:
            if gate and not gate.search(text, since, until):
                continue
            for match in pattern.finditer(text, since, until):
                if match.end() > match.start() and _holds(rule, text, *match.span(), stops):
                    yield (rule.kind, *_extent(rule, text, *match.span(group), stops))


def _widen(
    windows: dict[int, list[list[int]]],
    woken: tuple[Woken, ...],
    start: int,
    end: int,
    stops: list[int],
    length: int,
) -> None:
    """Windows around the words of each rule; those that touch become one, so no text is tried twice."""
    begins = ends = -1
    for number, before, after, in_sentence in woken:
        since, until = start - before, end + after
        if in_sentence:
            if begins < 0:
                at = bisect_right(stops, start)
                begins = stops[at - 1] if at else 0
                # The mark that ends the sentence is part of it: a question is more than its words.
                at = bisect_left(stops, end, at)
                ends = stops[at] if at < len(stops) else length
            if since < begins:
                since = begins
            if until > ends:
                until = ends
        else:
            since, until = max(0, since), min(length, until)
        places = windows.get(number)
        if places is None:
            windows[number] = [[since, until]]
        elif since <= places[-1][1]:
            place = places[-1]
            place[0], place[1] = min(place[0], since), max(place[1], until)
        else:
            places.append([since, until])


def _extent(rule: Rule, text: str, start: int, end: int, stops: list[int]) -> tuple[int, int]:
    if rule.extent == "match":
        return start, end
    since, until = _sentence(text, start, end, stops)
    while since < start and not text[since].isalnum():
        since += 1
    return since, until


def _is_whole(text: str, start: int, end: int) -> bool:
    """A word of an alphabet does not begin or end inside of a longer one."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_ALPHABETIC.match(before) and _ALPHABETIC.match(text[start])) and not (
        _ALPHABETIC.match(after) and _ALPHABETIC.match(text[end - 1])
    )


def _holds(rule: Rule, text: str, start: int, end: int, stops: list[int]) -> bool:
    """What else the rule asks of the sentence is there, and nothing that excuses it."""
    if rule.extent == "match" and not rule.also and rule.unless is None:
        return True
    since, until = _sentence(text, start, end, stops)
    if not all(part.search(text, since, until) for part in rule.also):
        return False
    if rule.unless is not None and rule.unless.search(text, since, until):
        return False
    return rule.extent == "match" or not _is_quoted(text, since, until)


def _is_quoted(text: str, since: int, until: int) -> bool:
    """Somebody else's words, told: in quotes, with who said them before or behind."""
    return bool(
        _TOLD_BEHIND.match(text, until, until + 30)
        or (
            '"' in text[since - 24 : since + 1]
            and _TOLD_BEFORE.search(text, max(0, since - 24), since + 2)
        )
    )


def _sentence(text: str, start: int, end: int, stops: list[int]) -> tuple[int, int]:
    """From the mark before to the mark after, without either."""
    at = bisect_right(stops, start)
    since = max(stops[at - 1] if at else 0, start - _LONGEST_SENTENCE)
    after = bisect_left(stops, end)
    until = stops[after] if after < len(stops) else len(text)
    if after < len(stops) and until > end:
        until -= 1
    return since, max(end, min(until, end + _LONGEST_SENTENCE))


def _rule(number: int) -> Rule:
    return rule_files.rules()[number]


@cache
def _sounding_rule(number: int) -> Rule:
    """A rule for sounds. Made when it is first needed: few texts are in pinyin."""
    return rule_files.sounding(_rule(number))


@cache
def _matcher() -> ahocorasick.Automaton:
    """All words of all rules in one automaton, each with the rules that it wakes."""
    return _automaton(
        (word, number) for number, rule in enumerate(rule_files.rules()) for word in rule.words
    )


@cache
def _sounding_matcher() -> ahocorasick.Automaton:
    return _automaton(
        (pinyin.sounded(word), number)
        for number, rule in enumerate(rule_files.rules())
        for word in rule.words
        if pinyin.has_ideographs(word)
    )


def _automaton(words: Iterable[tuple[str, int]]) -> ahocorasick.Automaton:
    wakes: dict[str, list[int]] = {}
    for word, number in dict.fromkeys(words):
        wakes.setdefault(word, []).append(number)
    matcher = ahocorasick.Automaton()
    # Signs are looked up in the order in which they came: the commonest come first, in words that
    # no text holds.
    for sign in _signs_by_frequency():
        matcher.add_word(sign + _NEVER, (2, False, (), ()))
    rules = rule_files.rules()
    for word, numbers_of_rules in wakes.items():
        woken = tuple(
            (number, rules[number].before, rules[number].after, rules[number].extent == "sentence")
            for number in numbers_of_rules
            if not rules[number].is_words
        )
        of_words = tuple(number for number in numbers_of_rules if rules[number].is_words)
        matcher.add_word(word, (len(word), word[0] in _LATIN, of_words, woken))
    matcher.make_automaton()
    return matcher


@cache
def _signs_by_frequency() -> tuple[str, ...]:
    """The signs of ordinary texts, as the examples of the rules have them."""
    examples = Counter(
        sign
        for rule in rule_files.rules()
        for example in (*rule.must, *rule.must_not)
        for sign in normalising.normalise(example).text
    )
    return tuple(sign for sign, _ in examples.most_common())


Woken = tuple[int, int, int, bool]
"""The number of a rule that a word wakes, how far it looks, and whether it stays in the sentence."""
Book = tuple[Callable[[int], Rule], Callable[[], ahocorasick.Automaton]]
_LETTERS: Book = (_rule, _matcher)
_SOUNDS: Book = (_sounding_rule, _sounding_matcher)
