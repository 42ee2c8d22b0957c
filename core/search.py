"""Full-text search in PostgreSQL: French and English stems, accents folded.

The configurations `public.fr` and `public.en` are made by core's first migration, `public.folded` by its second.
Words that are nearly right are looked for with `%>` (`trigram_word_similar`), which an index answers; how near they
must be is said when the connection is opened (`WORD_LIKENESS` in lms/settings/database.py).
"""

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func, TextField, Value


class Document(Func):
    """The searchable form of a row: its title weighs more than its text, both stemmed in the row's language."""

    template = (
        "CASE WHEN %(language)s = 'fr' THEN "
        "setweight(to_tsvector('public.fr', coalesce(%(title)s, '')), 'A') || "
        "to_tsvector('public.fr', coalesce(%(text)s, '')) ELSE "
        "setweight(to_tsvector('public.en', coalesce(%(title)s, '')), 'A') || "
        "to_tsvector('public.en', coalesce(%(text)s, '')) END"
    )
    output_field = SearchVectorField()

    def __init__(self, *, language: str, title: str | None = None, text: str | None = None, **extra) -> None:
        parts = [F(language), F(title) if title else Value(""), F(text) if text else Value("")]
        super().__init__(*parts, **extra)

    def as_sql(self, compiler, connection, function=None, template=None, arg_joiner=None, **extra_context):
        language, title, text = (compiler.compile(part) for part in self.source_expressions)
        sql = self.template % {"language": language[0], "title": title[0], "text": text[0]}
        params = [*language[1], *title[1], *text[1], *title[1], *text[1]]
        return sql, params


class Folded(Func):
    """A text as a directory compares it: no accents, no capitals. Unlike `unaccent`, an index may hold it."""

    function = "public.folded"
    output_field = TextField()
