"""Learns the weights of ``penpal/screening/weighing.py`` from the labelled set: ``make weights``.

A sentence is learnt to be ordinary, to hold contact details, or to hold one of the other dangers, all
against each other; apart from that, of which kind a contact detail is. How much it must weigh is set by
texts that were left out of the learning in turn, so that few ordinary ones weigh as much. Weights that
are kept are learnt from the blind part, too; what they are worth on what they never saw, ``--hold-out``
tells.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from penpal.demo import library
from penpal.screening import normalising, rule_files, screen, weighing
from penpal.screening.findings import Context
from tests.screening.labelled import __main__ as labelled
from tests.screening.labelled import evasions, letters, ordinary
from tests.screening.labelled.blind import blind
from tests.screening.labelled.cases import CONTACT, Case
from tests.screening.labelled.seen import seen
from tools import translations

NAMING = 20_000
"""So many grams, the most frequent ones, tell of which kind a sentence is."""
ALARMS = {"contact": (0.002, 0.002), "others": (0.004, 0.003)}
"""The share of ordinary short texts, and of whole letters, that may weigh too much for each question: most
of those that decide were written to be mistaken, so that of what children write fewer do."""
RAREST = 6
"""A gram counts that stands in as many texts: rarer ones add half a megabyte and find no more."""
AS_WRITTEN = 10.0
"""What a text counts for as a child would write it, beside one that was put together from parts."""
LOOSENESS = 30.0
NONE, DETAIL = "none", "detail"
_WORD = re.compile(r"[a-z]{3,}|[\u0620-\u06ff]{4,}")
AS_CHILDREN = ("seen", "blind")
BY_HAND = (*AS_CHILDREN, "demo")


@dataclass(frozen=True)
class Sample:
    """A sentence, of which kind it is, and the family of texts that are never parted in the learning."""

    sentence: str
    kind: str
    family: str
    text: int
    is_prose: bool

    @property
    def is_as_written(self) -> bool:
        return self.family.startswith(AS_CHILDREN)

    @property
    def worth(self) -> float:
        return AS_WRITTEN if self.family.startswith(BY_HAND) else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--hold-out",
        action="store_true",
        help="learn without the blind part, tell how much of it is found, and keep nothing",
    )
    hold_out = parser.parse_args().hold_out
    told = learn(hold_out=hold_out)
    if hold_out:
        weighing.keep(weighing.read(told))
        labelled.table([blind(name) for name in ("evasions", "ordinary", "letters")], ("blind",))
        return
    weighing.FILE.parent.mkdir(exist_ok=True)
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    weighing.FILE.write_bytes(gzip.compress(written, mtime=0))
    print(f"{len(told['grams'])} grams: {weighing.FILE.name}")


def learn(*, hold_out: bool) -> dict[str, Any]:
    """What ``weighing.read`` reads: grams, how rare each is, and the weights of the two groups."""
    samples = list(_samples(hold_out=hold_out))
    kinds = np.array([sample.kind for sample in samples])
    sounds = np.where(np.isin(kinds, CONTACT), DETAIL, kinds)
    table, names, rarity = _table(samples)
    worth = np.array([sample.worth for sample in samples])
    left_out = cross_val_predict(
        _learner(),
        table,
        sounds,
        groups=[sample.family for sample in samples],
        cv=GroupKFold(5),
        method="decision_function",
        params={"sample_weight": worth},
        n_jobs=-1,
    )
    learner = _learner().fit(table, sounds, sample_weight=worth)
    ordinary_at = list(learner.classes_).index(NONE)
    # Only how much likelier than ordinary something is counts.
    left_out -= left_out[:, [ordinary_at]]
    learner.coef_ -= learner.coef_[ordinary_at]
    learner.intercept_ -= learner.intercept_[ordinary_at]
    details = np.isin(kinds, CONTACT)
    namer = _learner().fit(table[details][:, :NAMING], kinds[details])
    others = [sound for sound in learner.classes_ if sound not in (NONE, DETAIL)]
    return {
        "texts": fingerprint(),
        "grams": names,
        "rarity": _numbers(rarity),
        "groups": [
            {
                "kinds": of,
                "bars": _bars(samples, np.logaddexp.reduce(left_out[:, at], axis=1), ALARMS[name]),
                "sounds": _scale(learner, at),
                "names": named,
            }
            for name, of, at, named in (
                ("contact", list(namer.classes_), _places(learner, [DETAIL]), _scale(namer)),
                ("others", others, _places(learner, others), None),
            )
        ],
    }


def _learner() -> LogisticRegression:
    return LogisticRegression(C=LOOSENESS, max_iter=2000)


def _places(learner: LogisticRegression, sounds: Sequence[str]) -> list[int]:
    return [list(learner.classes_).index(sound) for sound in sounds]


def _scale(learner: LogisticRegression, places: Sequence[int] | None = None) -> dict[str, Any]:
    chosen = range(len(learner.classes_)) if places is None else places
    return {
        "biases": [float(learner.intercept_[place]) for place in chosen],
        "columns": [_numbers(learner.coef_[place]) for place in chosen],
    }


def fingerprint() -> str:
    """What was learnt from: a test tells when it has changed since."""
    read = hashlib.sha256()
    for text, kind in _examples():
        read.update(f"{text}\0{kind}\0".encode())
    for case in _cases():
        read.update(f"{case.text}\0{case.expected}\0".encode())
    return read.hexdigest()


def stored() -> dict[str, Any]:
    """What the last learning wrote down."""
    told: dict[str, Any] = json.loads(gzip.decompress(weighing.FILE.read_bytes()))
    return told


def _cases(*, hold_out: bool = False) -> Iterator[Case]:
    yield from evasions()
    yield from ordinary()
    yield from letters()
    for name in ("evasions", "ordinary", "letters"):
        yield from seen(name)
        if not hold_out:
            yield from blind(name)


def _samples(*, hold_out: bool) -> Iterator[Sample]:
    for number, case in enumerate(_cases(hold_out=hold_out)):
        plain = normalising.normalise(case.text)
        places = weighing.sentences(plain.text, screen.ends_of_sentences(plain.text))
        family = case.id.partition("#")[0]
        if len(places) > 1 and _is_marked_whole(case):
            # Which of its sentences is the one nobody said: it is learnt as it stands.
            if len(plain.text) <= weighing.LONGEST:
                yield Sample(plain.text, case.expected[0].kind, family, number, False)
            continue
        for since, until in places:
            start, end = plain.span(since, until)
            inside = [mark for mark in case.expected if mark.start < end and start < mark.end]
            if case.expected and not inside:
                continue
            kind = inside[0].kind if inside else NONE
            is_prose = len(places) > weighing.FEW
            yield Sample(plain.text[since:until], kind, family, number, is_prose)
    for number, (text, kind) in enumerate(_examples()):
        sentence = normalising.normalise(text).text
        if len(sentence) <= weighing.LONGEST:
            # What one kind must not find, another may: only what no rule finds is ordinary.
            yield Sample(sentence, kind, f"seen-rule-{number}", 10**6 + number, False)
    for number, text in enumerate(_pages()):
        whole = normalising.normalise(text).text
        ends = screen.ends_of_sentences(whole)
        for since, until in weighing.sentences(whole, ends) or [(0, len(whole))]:
            yield Sample(whole[since:until], NONE, f"demo-{number}", -number - 1, True)


def _examples() -> Iterator[tuple[str, str]]:
    """The rules' own examples: what each must find, and what nothing may be found in."""
    for rule in rule_files.rules():
        for text in rule.must:
            yield text, rule.kind.value
    for rule in rule_files.rules():
        for text in rule.must_not:
            if not any(screen.screen_by_rules(text, context) for context in Context):
                yield text, NONE


def _is_marked_whole(case: Case) -> bool:
    return any(mark.end - mark.start == len(case.text) for mark in case.expected)


def _pages() -> Iterator[str]:
    """The letters of the demo are ordinary, too, and so is what the pages say, in both languages."""
    told = library.letters()
    for written in (*told["letters"], *told["answers"]):
        yield written.get("body") or written["text"]
    for written in library.star_letters()["letters"]:
        yield written["body"]
    for message in translations.stored() or ():
        for text in (message.id, message.string):
            yield text if isinstance(text, str) else " ".join(text or ())
    # Words alone: that something is written in letters says nothing of it.
    yield from sorted({word for case in ordinary() for word in _WORD.findall(case.text.lower())})


def _table(samples: Sequence[Sample]) -> tuple[Any, list[str], Any]:
    """Rows of weighed grams, the grams from the most frequent on, and how rare each is."""
    texts = [sample.sentence for sample in samples]
    vectorizer = TfidfVectorizer(analyzer=_grams, sublinear_tf=True, min_df=RAREST)
    table = vectorizer.fit_transform(texts)
    order = np.argsort(vectorizer.idf_, kind="stable")
    names = vectorizer.get_feature_names_out()
    return table[:, order], [str(names[place]) for place in order], vectorizer.idf_[order]


def _grams(sentence: str) -> list[str]:
    return list(weighing.grams(sentence).elements())


def _bars(samples: Sequence[Sample], weights: Any, alarms: tuple[float, float]) -> list[float]:
    short = _bar(samples, weights, alarms[False], is_prose=False)
    # Prose holds many sentences, so each has to weigh as much at least.
    bars = [short, max(short, _bar(samples, weights, alarms[True], is_prose=True))]
    print(f"bars {bars[0]:.2f} {bars[1]:.2f}")
    return bars


def _bar(samples: Sequence[Sample], weights: Any, share: float, *, is_prose: bool) -> float:
    """What this share of ordinary texts exceeds with the heaviest of their sentences."""
    heaviest: dict[int, float] = {}
    for sample, weight in zip(samples, weights, strict=True):
        if sample.kind == NONE and sample.is_prose is is_prose and sample.is_as_written:
            heaviest[sample.text] = max(heaviest.get(sample.text, -99.0), float(weight))
    ordered = sorted(heaviest.values(), reverse=True)
    return ordered[int(share * len(ordered))]


def _numbers(values: Any) -> dict[str, Any]:
    """Roots in bytes: most weights are small, and a few are large (``weighing.read``)."""
    roots = np.sign(values) * np.sqrt(np.abs(values))
    step = float(np.abs(roots).max()) / 127
    whole = np.round(roots / step).astype(np.int8)
    return {"step": step, "roots": base64.b64encode(whole.tobytes()).decode()}


if __name__ == "__main__":
    main()
