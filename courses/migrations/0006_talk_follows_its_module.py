"""Talk of modules that were withdrawn is closed, and a quiz is talked about by those who have tried it."""

from django.db import migrations
from django.db.models import F
from django.utils import timezone


def follow(apps, schema_editor):
    Thread = apps.get_model("community", "Thread")
    ThreadPass = apps.get_model("community", "ThreadPass")
    ModuleThread = apps.get_model("courses", "ModuleThread")
    Attempt = apps.get_model("courses", "Attempt")
    withdrawn = ModuleThread.objects.filter(module__published_at=None).values("thread")
    Thread.objects.filter(pk__in=withdrawn, closed_at=None).update(closed_at=timezone.now())
    of_quizzes = ModuleThread.objects.filter(module__kind="quiz")
    Thread.objects.filter(pk__in=of_quizzes.values("thread"), gate="open").update(gate="pass")
    for row in of_quizzes:
        tried = Attempt.objects.filter(
            quiz__module=row.module_id, enrolment__session__space=row.space_id, finished_at__isnull=False
        ).values_list(F("enrolment__user"), flat=True)
        ThreadPass.objects.bulk_create(
            [ThreadPass(thread_id=row.thread_id, user_id=user) for user in set(tried)], ignore_conflicts=True
        )


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0005_exact_scores"),
        ("community", "0004_thread_closed_at"),
    ]

    operations = [migrations.RunPython(follow, migrations.RunPython.noop, elidable=True)]
