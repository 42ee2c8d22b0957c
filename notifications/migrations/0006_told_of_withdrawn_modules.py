from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0005_told_of_departures"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reply", "A reply in a discussion you follow"),
                    ("thread", "A new discussion in a space you follow closely"),
                    ("mention", "Somebody mentions you"),
                    ("accepted", "Your answer is accepted"),
                    ("flag", "A message awaits your decision"),
                    ("decision", "A decision on your message"),
                    ("question", "A question is yours to look after"),
                    ("useful", "Your message was useful to somebody"),
                    ("recognised", "You are recognised for an answer"),
                    ("enrolled", "Somebody enrols you in a course"),
                    ("added", "Somebody brings you into a space"),
                    ("admitted", "You are let into a space you asked to join"),
                    ("facilitate", "A space is yours to facilitate"),
                    ("removed", "A facilitator takes you out of a space"),
                    ("muted", "A facilitator asks you to be silent for a while"),
                    ("declined", "Your request to join a space is declined"),
                    ("request", "Somebody asks to join a space you facilitate"),
                    ("module", "A new module in a course you follow"),
                    ("withdrawn", "A module you had begun is withdrawn"),
                    ("deadline", "A course you follow is about to close"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="preference",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reply", "A reply in a discussion you follow"),
                    ("thread", "A new discussion in a space you follow closely"),
                    ("mention", "Somebody mentions you"),
                    ("accepted", "Your answer is accepted"),
                    ("flag", "A message awaits your decision"),
                    ("decision", "A decision on your message"),
                    ("question", "A question is yours to look after"),
                    ("useful", "Your message was useful to somebody"),
                    ("recognised", "You are recognised for an answer"),
                    ("enrolled", "Somebody enrols you in a course"),
                    ("added", "Somebody brings you into a space"),
                    ("admitted", "You are let into a space you asked to join"),
                    ("facilitate", "A space is yours to facilitate"),
                    ("removed", "A facilitator takes you out of a space"),
                    ("muted", "A facilitator asks you to be silent for a while"),
                    ("declined", "Your request to join a space is declined"),
                    ("request", "Somebody asks to join a space you facilitate"),
                    ("module", "A new module in a course you follow"),
                    ("withdrawn", "A module you had begun is withdrawn"),
                    ("deadline", "A course you follow is about to close"),
                ],
                max_length=10,
            ),
        ),
    ]
