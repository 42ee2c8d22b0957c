from courses.models.course import Course, Session
from courses.models.enrolment import Enrolment, Progress, WatchedRange
from courses.models.lesson_file import LessonFile
from courses.models.module import CompletionRule, Module, ModuleThread, Section
from courses.models.quiz import Answer, Attempt, Option, Question, QuestionThread, Quiz, QuizQuestion
from courses.models.revision import ModuleDraft, ModuleRevision
from courses.models.video import Caption, Cue, Video
