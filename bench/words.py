"""What the seeded people say: words as frequent as words are, so that titles differ and a search finds a few of many.

The frequency of a word falls with its rank (Zipf's law): a few hundred words of the trade, then a long tail of names,
products and typing mistakes that hardly ever come back. Always the same, whatever the machine.
"""

import itertools
import random
from pathlib import Path

import yaml
from django.db import connection

SENTENCES = 20_000
PHRASES = 8_000
TAIL = 6_000

WORDS = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text())


def rare_words() -> list[str]:
    """The tail: words nobody knows, as names of people, products and places are."""
    made = ("".join(parts) for parts in itertools.product(WORDS["syllables"].split(), repeat=4))
    return list(itertools.islice(made, 0, TAIL * 50, 50))


def speak() -> tuple[list[str], list[str]]:
    """Sentences for what is written, phrases for titles."""
    chance = random.Random(1)  # The same each time, and no secret.
    words = WORDS["frequent"].split() + rare_words()
    links, openings = WORDS["links"].split(" | "), WORDS["openings"].split(" | ")
    totals = list(itertools.accumulate(1 / (rank + 8) for rank in range(len(words))))

    def pick(number: int) -> list[str]:
        return chance.choices(words, cum_weights=totals, k=number)

    def linked(number: int) -> str:
        first, *rest = pick(number)
        return " ".join([first, *(f"{chance.choice(links)} {word}" for word in rest)])

    sentences = {f"{linked(chance.randint(3, 6)).capitalize()}." for _ in range(SENTENCES + 2000)}
    phrases = {f"{chance.choice(openings)} {linked(2)}" for _ in range(PHRASES + 2000)}
    return sorted(sentences)[:SENTENCES], sorted(phrases)[:PHRASES]


def write_down() -> None:
    """Two tables for the time of the transaction, which the seeding statements pick from by number."""
    sentences, phrases = speak()
    with connection.cursor() as cursor:
        for table, rows in (("bench_sentence", sentences), ("bench_phrase", phrases)):
            cursor.execute(f"CREATE TEMP TABLE {table} (id bigint PRIMARY KEY, words text) ON COMMIT DROP")
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in enumerate(rows):
                    copy.write_row(row)
            cursor.execute(f"ANALYZE {table}")


def picked(*, phrases: int = 0, sentences: int = 0, by: str = "") -> str:
    """Joins rows of both tables as w0, w1… (phrases first), chosen by an SQL number."""
    tables = [("bench_phrase", PHRASES)] * phrases + [("bench_sentence", SENTENCES)] * sentences
    return "".join(
        f" JOIN {table} w{place} ON w{place}.id = "
        f"((({by})::bigint + {place * 7_919}) * {2_654_435_761 + 2 * place} % 4294967291) % {count}"
        for place, (table, count) in enumerate(tables)
    )
