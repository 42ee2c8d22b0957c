from courses.actions import answer_question, start_attempt
from courses.models import Answer, Course, Enrolment, Progress, Question
from people.privacy import REGISTRY
from tests import making


def test_a_person_takes_their_learning_along(awa, karim, course, quiz_module):
    question = quiz_module.quiz.quiz_questions.first().question
    for user in (awa, karim):
        attempt = start_attempt(making.enrol(user, course), quiz_module.quiz)
        answer_question(attempt, question=question, options=[question.options.first().pk])
    rows = REGISTRY[Enrolment].export(awa)
    assert [row["course"] for row in rows] == [course.title]
    assert rows[0]["quizzes"][0]["answers"][0]["question__text"] == "Qui valide ?"


def test_leaving_takes_results_away_and_keeps_what_was_written_for_others(awa, julie, course, quiz_module):
    question = quiz_module.quiz.quiz_questions.first().question
    enrolment = making.enrol(awa, course)
    Progress.objects.create(enrolment=enrolment, module=quiz_module)
    attempt = start_attempt(enrolment, quiz_module.quiz)
    answer_question(attempt, question=question, options=[question.options.first().pk])
    for user in (awa, julie):
        for model in (Enrolment, Course, Question):
            REGISTRY[model].erase(user)
    assert not Enrolment.objects.exists()
    assert not Answer.objects.exists()
    assert Course.objects.get().created_by is None
    assert set(Question.objects.values_list("created_by", flat=True)) == {None}
