"""What programs read of courses, and what they may send."""

from rest_framework import serializers

from courses.models import Question


class CourseSerializer(serializers.Serializer):
    """A `CourseCard`."""

    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    language = serializers.CharField()
    mandatory = serializers.BooleanField()
    due_on = serializers.DateField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    modules = serializers.IntegerField(source="modules_count")
    modules_done = serializers.IntegerField(source="done_count")
    minutes = serializers.IntegerField()
    learners = serializers.IntegerField()
    enrolled = serializers.BooleanField()
    finished_at = serializers.DateTimeField(allow_null=True)


class StepSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    kind = serializers.CharField()
    section = serializers.CharField(source="section_title")
    minutes = serializers.IntegerField()
    mandatory = serializers.BooleanField()
    withdrawn = serializers.BooleanField()
    state = serializers.ChoiceField(choices=["open", "begun", "done"])
    completed_at = serializers.DateTimeField(allow_null=True)
    posts = serializers.IntegerField()
    new_posts = serializers.IntegerField(source="new")
    thread = serializers.IntegerField(source="thread_id", allow_null=True)


class CourseDetailSerializer(serializers.Serializer):
    slug = serializers.CharField(source="course.slug")
    title = serializers.CharField(source="course.title")
    summary = serializers.CharField(source="course.summary")
    description = serializers.CharField(source="course.description")
    objectives = serializers.ListField(source="course.objective_list", child=serializers.CharField())
    language = serializers.CharField(source="course.language")
    enrolled = serializers.SerializerMethodField()
    completed_at = serializers.DateTimeField(source="enrolment.completed_at", default=None, allow_null=True)
    # Set while one is enrolled in a session that has not begun.
    opens_at = serializers.DateTimeField(allow_null=True)
    modules = StepSerializer(source="steps", many=True)

    def get_enrolled(self, page) -> bool:
        return page.enrolment is not None


class RuleSerializer(serializers.Serializer):
    kind = serializers.CharField()
    threshold = serializers.IntegerField()
    value = serializers.IntegerField()
    done = serializers.BooleanField()
    sentence = serializers.CharField()


class ProgressSerializer(serializers.Serializer):
    opened_at = serializers.DateTimeField(source="progress.opened_at", default=None, allow_null=True)
    completed_at = serializers.DateTimeField(source="progress.completed_at", default=None, allow_null=True)
    coverage = serializers.FloatField(source="progress.coverage", default=0)
    resume_at = serializers.FloatField(source="progress.resume_at", default=0)
    done = serializers.BooleanField()
    rules = RuleSerializer(many=True)


class ModuleSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="module.pk")
    course = serializers.CharField(source="course.slug")
    title = serializers.CharField(source="module.title")
    kind = serializers.CharField(source="module.kind")
    objective = serializers.CharField(source="module.objective")
    language = serializers.CharField(source="module.language")
    minutes = serializers.IntegerField(source="module.minutes")
    html = serializers.CharField(source="module.html")
    thread = serializers.IntegerField(source="thread_id", allow_null=True)
    video = serializers.SerializerMethodField()
    transcript = serializers.SerializerMethodField()
    progress = ProgressSerializer(source="*")

    def get_video(self, page) -> str | None:
        return f"/videos/{page.film.pk}/" if page.film else None

    def get_transcript(self, page) -> list[dict]:
        lines = page.film.lines if page.film else []
        return [{"start": line.start, "end": line.end, "text": line.text} for line in lines]


class WatchReportSerializer(serializers.Serializer):
    """Stretches of the video that were played, in seconds, and where the player stands."""

    ranges = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        max_length=500,
    )
    position = serializers.FloatField()


class AnswerSerializer(serializers.Serializer):
    question = serializers.IntegerField()
    # The ids of options as the quiz gave them for this attempt.
    options = serializers.ListField(child=serializers.CharField(max_length=40), max_length=50)


class QuestionSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(source="pk")
    options = serializers.SerializerMethodField()

    class Meta:
        model = Question
        fields = ["id", "kind", "html", "language", "options"]

    def get_options(self, question) -> list[dict]:
        offered = self.context["options"].get(question.pk, [])
        return [{"id": option.value, "html": option.html} for option in offered if option.retired_at is None]


class ChoiceSerializer(serializers.Serializer):
    option = serializers.CharField(source="option.value")
    # Null while it would give the next try its answers.
    correct = serializers.BooleanField(source="right", allow_null=True)
    count = serializers.IntegerField()
    percent = serializers.IntegerField()
    mine = serializers.BooleanField()


class GivenAnswerSerializer(serializers.Serializer):
    """An answer that was given, with what it opens: the explanation, the group's choices, the conversation."""

    question = serializers.IntegerField(source="question.pk")
    score = serializers.FloatField(source="answer.score")
    options = serializers.SerializerMethodField()
    feedback = serializers.SerializerMethodField()
    choices = ChoiceSerializer(source="bars", many=True)
    answered_by = serializers.IntegerField()
    thread = serializers.IntegerField(source="thread_id", allow_null=True)

    def get_feedback(self, page) -> str:
        return page.question.feedback_html if page.tells_why else ""

    def get_options(self, page) -> list[str]:
        return [choice.option.value for choice in page.bars if choice.mine]


class QuizSerializer(serializers.Serializer):
    """Wants `options_of` the questions as `options` in its context: an attempt has its own, none has before it."""

    questions = QuestionSerializer(many=True)
    pass_mark = serializers.IntegerField()
    max_attempts = serializers.IntegerField(allow_null=True)
    attempts = serializers.SerializerMethodField()
    answered = serializers.SerializerMethodField()

    def get_attempts(self, page) -> list[dict]:
        return [
            {
                "number": attempt.number,
                "started_at": attempt.started_at,
                "finished_at": attempt.finished_at,
                "score": attempt.score if attempt.score is None else float(attempt.score),
                "max_score": attempt.max_score,
            }
            for attempt in page.attempts
        ]

    def get_answered(self, page) -> list[int]:
        return sorted(page.answers)
