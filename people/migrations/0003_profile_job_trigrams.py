from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from core.search import Folded


class Migration(migrations.Migration):
    atomic = False  # People write while a large table gets its index.
    dependencies = [("people", "0002_user_name_trigrams")]
    operations = [
        AddIndexConcurrently(
            model_name="profile",
            index=GinIndex(OpClass(Folded("job_title"), name="gin_trgm_ops"), name="profile_job_trigrams"),
        ),
    ]
