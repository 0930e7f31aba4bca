"""Evasions around numbers, accounts and addresses: carrier by carrier, disguise by disguise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.screening.labelled import digits, marking, payloads, wording
from tests.screening.labelled.cases import Case, parts
from tests.screening.labelled.digits import Disguise
from tests.screening.labelled.marking import Segment

LANGUAGES = ("zh", "en", "ug", "mixed")
# How often each disguise of a language is met; the languages of the programme come first.
ROUNDS = {"zh": 2, "en": 1, "ug": 1, "mixed": 1}

# The groups of a landline are the area and the rest.
AREA_SEPARATORS = {"grouped_space": " ", "grouped_dash": "－", "grouped_dot": "."}
# So clear that a number needs no word beside it.
BARE = (
    "plain",
    "full_width",
    "grouped_space",
    "grouped_dash",
    "spaced",
    "dashed",
    "dotted",
    "chinese",
    "yao",
    "formal",
    "circled",
    "keycap",
    "arabic_indic",
    "chinese_and_plain",
    "zero_width",
    "lines",
)
ADDING = ("加", "家", "佳", "+", "➕", "十")
plainly = digits.EVERYWHERE["plain"]


def contacts() -> Iterator[Case]:
    yield from numbers(
        "phone_mobile", payloads.phone_mobile, rounds={"zh": 3, "en": 2, "ug": 2, "mixed": 1}
    )
    yield from numbers("phone_landline", payloads.phone_landline, rounds=ROUNDS)
    yield from numbers("qq", payloads.qq, rounds=ROUNDS)
    yield from numbers("id_card", payloads.id_card, rounds={"zh": 1, "en": 1, "ug": 1, "mixed": 1})
    yield from bare()
    yield from neighbours()
    yield from reversed_numbers()
    yield from handles("wechat")
    yield from handles("other_handle")
    yield from mail_and_web("email", payloads.EMAIL_DISGUISES, payloads.EMAIL_BY_LANGUAGE)
    yield from mail_and_web("url", payloads.URL_DISGUISES, payloads.URL_BY_LANGUAGE)
    yield from places("street_address", "street")
    yield from places("school_address", "school")


def numbers(kind: str, make: Callable[[int], str], *, rounds: Mapping[str, int]) -> Iterator[Case]:
    for language in LANGUAGES:
        carriers = parts("carriers")[kind][language]
        disguises = digits.DISGUISES[language] | {
            "messages": digits.lines_of(3),
            "four_messages": digits.lines_of(4),
            "two_messages": digits.lines_of(2),
            "one_messages": digits.lines_of(1),
            "chatty_messages": digits.lines_of(4),
            "chatty_three_messages": digits.lines_of(3),
        }
        if kind == "phone_mobile":
            disguises["country_code"] = digits.country_code
        if language == "zh":
            disguises |= {"chinese_messages": digits.chinese_lines}
        turn = 0
        for name, disguise in disguises.items():
            for _ in range(rounds[language]):
                carrier = carriers[turn % len(carriers)]
                plain = make(turn)
                if kind == "phone_landline" and name in AREA_SEPARATORS:
                    plain, disguise = (
                        payloads.landline_with_area(turn, AREA_SEPARATORS[name]),
                        plainly,
                    )
                elif kind == "phone_landline" and name != "plain":
                    plain = payloads.landline_with_area(turn)
                yield carried(kind, language, carrier, disguise(plain, turn), name, turn)
                turn += 1
        # Plain ones are the most frequent by far: each carrier is met with one.
        for carrier in carriers:
            yield carried(kind, language, carrier, make(turn), "plain", turn)
            turn += 1


def bare() -> Iterator[Case]:
    """A number or an address that is the whole text, with no word that says what it is."""
    makers: dict[str, Callable[[int], str]] = {
        "phone_mobile": payloads.phone_mobile,
        "id_card": payloads.id_card,
        "email": lambda turn: payloads.listed("email", "addresses", turn),
        "url": lambda turn: payloads.listed("url", "addresses", turn),
    }
    for kind, make in makers.items():
        ways = BARE if kind in ("phone_mobile", "id_card") else BARE[:2]
        for turn, name in enumerate(ways, start=500):
            yield carried(
                kind,
                "other",
                "{}",
                digits.DISGUISES["zh"][name](make(turn), turn),
                f"bare_{name}",
                turn,
            )
        yield carried(kind, "other", "{}", digits.lines_of(4)(make(600), 600), "bare_messages", 600)


def neighbours() -> Iterator[Case]:
    """Sentences in scripts that the screening has no words for: the number must be found all the same."""
    ways = (
        "plain",
        "full_width",
        "grouped_space",
        "dashed",
        "tibetan",
        "mongolian",
        "arabic_indic",
    )
    for turn, carrier in enumerate(parts("carriers")["neighbours"]["sentences"]):
        for place, name in enumerate(ways):
            number = payloads.phone_mobile(700 + turn * 10 + place)
            hidden = digits.EVERYWHERE[name](number, turn)
            yield carried("phone_mobile", "other", carrier, hidden, name, turn * 10 + place)


def reversed_numbers() -> Iterator[Case]:
    for kind, by_language in parts("reversed").items():
        make = {
            "phone_mobile": payloads.phone_mobile,
            "qq": payloads.qq,
            "id_card": payloads.id_card,
        }[kind]
        for language, carriers in by_language.items():
            for turn, carrier in enumerate(carriers, start=300):
                for name, table in (
                    ("reversed", {}),
                    ("reversed_spaced", {}),
                    ("reversed_full_width", digits.FULL_WIDTH),
                ):
                    number = make(turn)[::-1]
                    hidden = digits.spelled(table, " " if name == "reversed_spaced" else "")(
                        number, turn
                    )
                    yield carried(kind, language, carrier, hidden, name, turn)


def carried(kind: str, language: str, carrier: str, payload: str, disguise: str, turn: int) -> Case:
    before, _, after = carrier.partition("{}")
    if disguise.endswith("messages"):
        # What stands around the payload is sent as messages of its own.
        before = before.rstrip(" ：:，,") and before.rstrip(" ：:，,") + "\n"
        after = after.strip(" ，。.,؛،") and "\n" + after.strip(" ，。.,؛،")
    pieces = [Segment(before), *pieces_of(payload, kind, language, disguise, turn), Segment(after)]
    return marking.case(
        f"{marking.family(kind, language, carrier)}#{disguise}.{turn}",
        pieces,
        language=language,
        disguise=disguise,
    )


def pieces_of(payload: str, kind: str, language: str, disguise: str, turn: int) -> list[Segment]:
    """In one piece, or in messages with chatter between them."""
    if not disguise.startswith("chatty"):
        return [Segment(payload, kind)]
    chatter = parts("carriers")["chatter"][language]
    pieces: list[Segment] = []
    for place, line in enumerate(payload.split("\n")):
        if place:
            pieces.append(
                Segment(f"\n{chatter[(turn + place) % len(chatter)]}\n" if place % 2 else "\n")
            )
        pieces.append(Segment(line, kind))
    return pieces


def handles(kind: str) -> Iterator[Case]:
    """Each cue once, each disguise once, and both with a number for a name where people have one."""
    values = parts("payloads")[kind]
    for language in LANGUAGES:
        carriers = parts("carriers")[kind][language]
        cues = (
            values[f"{language}_cues"]
            if f"{language}_cues" in values
            else values["zh_cues"][:12] + values["en_cues"]
        )
        disguises: dict[str, Disguise] = dict(payloads.HANDLE_DISGUISES)
        if language in ("zh", "mixed"):
            disguises |= payloads.HANDLE_ZH
        named: list[tuple[str, str, str]] = []
        for turn, cue in enumerate(cues):
            named.append((cue, values["ids"][turn * 3 % len(values["ids"])], "cue"))
        for turn, (name, disguise) in enumerate(disguises.items()):
            plain = values["ids"][turn * 7 % len(values["ids"])]
            named.append((cues[turn * 2 % len(cues)], disguise(plain, turn), name))
        for turn, (name, disguise) in enumerate(digits.DISGUISES[language].items()):
            if language == "zh" or turn % 3 == 0:
                number_cues = values.get("number_cues", cues) if language == "zh" else cues
                plain = (
                    values["numbers"][turn % 6]
                    if "numbers" in values
                    else payloads.phone_mobile(turn + 100)
                )
                named.append(
                    (
                        number_cues[turn % min(10, len(number_cues))],
                        disguise(plain, turn),
                        f"number_{name}",
                    )
                )
        for turn, (cue, name, disguise_name) in enumerate(named):
            # "Add" is itself a cue, after which nobody says "is" or "number".
            fitting = carriers[:3:2] if cue.startswith(ADDING) else carriers
            carrier = fitting[turn % len(fitting)].replace("{cue}", cue)
            yield carried(kind, language, carrier, name, disguise_name, turn)


def mail_and_web(
    kind: str, disguises: Mapping[str, Disguise], by_language: Mapping[str, Mapping[str, Disguise]]
) -> Iterator[Case]:
    values = parts("payloads")[kind]["addresses"]
    for language in LANGUAGES:
        carriers = parts("carriers")[kind][language]
        turn = 0
        for name, disguise in {**disguises, **by_language[language]}.items():
            for _ in range(2 if language != "mixed" else 1):
                payload = disguise(values[turn % len(values)], turn)
                yield carried(kind, language, carriers[turn % len(carriers)], payload, name, turn)
                turn += 1
        for value in values:
            yield carried(kind, language, carriers[turn % len(carriers)], value, "plain", turn)
            turn += 1


def places(kind: str, key: str) -> Iterator[Case]:
    values = parts("addresses")[key]
    for language in LANGUAGES:
        carriers = parts("carriers")[kind][language]
        disguises: dict[str, Disguise] = wording.DISGUISES[language] | {
            "full_width": wording.full_width,
            "arabic_indic": digits.spelled(digits.ARABIC_INDIC),
        }
        if language in ("zh", "mixed"):
            disguises |= {
                "chinese_digits": digits.spelled(digits.CHINESE),
                "circled": digits.spelled(digits.CIRCLED),
                "formal": digits.spelled(digits.FORMAL),
            }
        turn = 0
        for place in values[language]:
            yield carried(kind, language, carriers[turn % len(carriers)], place, "plain", turn)
            turn += 1
        for name, disguise in disguises.items():
            for _ in range({"zh": 3}.get(language, 1)):
                place = disguise(values[language][turn * 5 % len(values[language])], turn)
                yield carried(kind, language, carriers[turn % len(carriers)], place, name, turn)
                turn += 1
