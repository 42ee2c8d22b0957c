"""Totals of attempts become decimals. PostgreSQL reads fifteen digits of a float: the dust of binary sums, such as
2.9999999999999996, goes on the way. Who had reached the mark but for that dust has now passed; the module counts as
done when they next open it, if it asks for nothing else."""

from django.db import migrations, models

COUNT_PASSES = """
    UPDATE courses_progress p SET passed_at = reached.at
    FROM (
        SELECT a.enrolment_id, q.module_id, min(a.finished_at) AS at
        FROM courses_attempt a JOIN courses_quiz q ON q.id = a.quiz_id
        WHERE a.max_score > 0 AND a.score * 100 >= q.pass_mark * a.max_score AND a.finished_at IS NOT NULL
        GROUP BY a.enrolment_id, q.module_id
    ) reached
    WHERE p.enrolment_id = reached.enrolment_id AND p.module_id = reached.module_id AND p.passed_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("courses", "0004_module_title_trigrams")]
    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="score",
            field=models.DecimalField(blank=True, decimal_places=12, max_digits=20, null=True),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="max_score",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.RunSQL(COUNT_PASSES, migrations.RunSQL.noop),
    ]
