from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION public.{code} (COPY = pg_catalog.{language});
ALTER TEXT SEARCH CONFIGURATION public.{code}
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, {language}_stem;
"""


def configuration(code: str, language: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        CONFIGURATION.format(code=code, language=language), f"DROP TEXT SEARCH CONFIGURATION public.{code}"
    )


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        BtreeGistExtension(),
        configuration("fr", "french"),
        configuration("en", "english"),
    ]
