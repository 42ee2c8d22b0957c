from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from core.search import Folded


class Migration(migrations.Migration):
    atomic = False  # People write while a large table gets its index.
    dependencies = [("people", "0001_initial"), ("core", "0002_folded")]
    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=GinIndex(OpClass(Folded("name"), name="gin_trgm_ops"), name="user_name_trigrams"),
        ),
    ]
