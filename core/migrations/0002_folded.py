from django.db import migrations

# `unaccent` with one argument depends on the search path, so that no index may hold what it returns.
FOLDED = """
CREATE FUNCTION public.folded(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN upper(public.unaccent('public.unaccent'::regdictionary, $1))
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_text_search")]
    operations = [migrations.RunSQL(FOLDED, "DROP FUNCTION public.folded(text)")]
