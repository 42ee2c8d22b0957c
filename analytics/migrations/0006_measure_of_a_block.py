from django.db import migrations, models

COLUMNS = ("organisation", "scope", "scope_id", "grain", "starts_on", "measure")
NAME = "activity_block_of_measure_once"


class Migration(migrations.Migration):
    """Blocks that are written by the code of before have no measure and layout 0: 0007 splits them."""

    atomic = False  # Figures are counted while the index is made.
    dependencies = [("analytics", "0005_learner_day_of_writer")]
    operations = [
        migrations.AddField("activityblock", "measure", models.CharField(max_length=20, db_default="")),
        migrations.AddField("activityblock", "layout", models.PositiveSmallIntegerField(db_default=0)),
        migrations.AddField("builtday", "measures", models.TextField(db_default="")),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {NAME} ON analytics_activityblock "
                    "(organisation_id, scope, scope_id, grain, starts_on, measure)",
                    f"DROP INDEX IF EXISTS {NAME}",
                ),
                migrations.RunSQL(
                    f"ALTER TABLE analytics_activityblock ADD CONSTRAINT {NAME} UNIQUE USING INDEX {NAME}",
                    f"ALTER TABLE analytics_activityblock DROP CONSTRAINT {NAME}",
                ),
            ],
            [migrations.AddConstraint("activityblock", models.UniqueConstraint(fields=COLUMNS, name=NAME))],
        ),
        migrations.RemoveConstraint("activityblock", "activity_block_once"),
    ]
