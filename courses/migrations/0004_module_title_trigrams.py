from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False  # People write while a large table gets its index.
    dependencies = [("courses", "0003_version_of_modules_and_options")]
    operations = [
        AddIndexConcurrently(
            model_name="module",
            index=GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="module_title_trigrams"),
        ),
    ]
