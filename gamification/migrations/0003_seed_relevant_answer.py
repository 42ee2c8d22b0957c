from django.db import migrations


def seed(apps, schema_editor):
    recognition = apps.get_model("gamification", "Recognition")
    recognition.objects.get_or_create(code="relevant_answer", defaults={"points": 10})


class Migration(migrations.Migration):
    dependencies = [("gamification", "0002_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
