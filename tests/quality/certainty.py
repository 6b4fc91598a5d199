"""Ways to tell how sure a model was of what is shown, from how probable its tokens were."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType

from quality.filling import Said
from quality.peers.reading import first_line
from quality.records import Record

Score = Callable[[Record], float | None]
"""From what was shown to a number that is higher the surer it is; None where nobody can tell."""


def shown_of(record: Record, text: str) -> Sequence[Said]:
    """Return the stretches of an answer that make up a text of it, and those that it cuts."""
    answer = "".join(said.text for said in record.said)
    text = text.strip()
    start = answer.find(text)
    if start < 0:
        # A filter has put something in or taken something out in its midst.
        return record.said
    ends = accumulate(len(said.text) for said in record.said)
    return [
        said
        for said, end in zip(record.said, ends, strict=True)
        if end > start and end - len(said.text) < start + len(text)
    ]


def _log_probs(said: Sequence[Said]) -> Sequence[float] | None:
    known = [each.log_prob for each in said if each.tokens]
    sure = [each for each in known if each is not None]
    return sure if sure and len(sure) == len(known) else None


def _mean(said: Sequence[Said]) -> float | None:
    known = _log_probs(said)
    return None if known is None else math.exp(sum(known) / _tokens(said))


def _tokens(said: Sequence[Said]) -> int:
    return sum(each.tokens for each in said)


def mean(record: Record) -> float | None:
    """Return the geometric mean of the tokens' probabilities."""
    return _mean(shown_of(record, record.shown))


def mean_of_first_line(record: Record) -> float | None:
    """Return the same of the first line, which is what a person sees first."""
    return _mean(shown_of(record, first_line(record.shown)))


def least(record: Record) -> float | None:
    """Return the probability of the least probable stretch."""
    known = _log_probs(shown_of(record, record.shown))
    return None if known is None else math.exp(min(known))


def first(record: Record) -> float | None:
    """Return the probability of the first stretch: what it begins with decides the rest."""
    known = _log_probs(shown_of(record, record.shown)[:1])
    return None if known is None else math.exp(known[0])


def all_together(record: Record) -> float | None:
    """Return the probability of the whole text: long ones are less probable."""
    known = _log_probs(shown_of(record, record.shown))
    return None if known is None else math.exp(sum(known))


def between(record: Record) -> float | None:
    """Return what lies between the whole's probability and the mean: by the root of its length."""
    said = shown_of(record, record.shown)
    known = _log_probs(said)
    return None if known is None else math.exp(sum(known) / math.sqrt(_tokens(said)))


def products(record: Record) -> float | None:
    """Return what the product itself takes it for."""
    return record.confidence


SCORES: Mapping[str, Score] = MappingProxyType(
    {
        "the product's": products,
        "mean": mean,
        "mean of the first line": mean_of_first_line,
        "least": least,
        "first": first,
        "all together": all_together,
        "between mean and all": between,
    }
)
"""Every score by its name; what the others are compared with comes first."""


def agreement(others: Sequence[Record]) -> Score:
    """Return a score that is higher where another run's first line is the same one.

    Among those that agree, and among those that do not, the surer one comes first.
    """
    known = {record.id: first_line(record.shown).strip() for record in others}

    def score(record: Record) -> float | None:
        sure = mean(record)
        if sure is None or record.id not in known:
            return None
        return (known[record.id] == first_line(record.shown).strip()) + sure

    return score
