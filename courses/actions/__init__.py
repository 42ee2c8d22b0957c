"""Every write a person can cause in a course."""

from courses.actions.attempts import answer_question, finish_attempt, start_attempt
from courses.actions.completion import complete_course_if_done, complete_if_done, count_talk
from courses.actions.courses import archive_course, change_course, create_course, publish_course
from courses.actions.lesson_files import put_into_lesson
from courses.actions.modules import (
    add_module,
    delete_module,
    publish_all,
    publish_module,
    save_module,
    set_rules,
    withdraw_module,
)
from courses.actions.outline import add_section, move_module, move_section, remove_section, rename_section
from courses.actions.questions import (
    Choice,
    archive_question,
    change_question,
    compose_quiz,
    create_question,
    set_quiz,
)
from courses.actions.reading import report_reading
from courses.actions.revisions import (
    ChangedMeanwhile,
    discard_module_draft,
    keep_module_draft,
    restore_revision,
    save_state,
)
from courses.actions.sessions import change_session, enrol, enrol_many, open_session, unenrol
from courses.actions.undoing import delete_course, nobody_began, undo_question_import
from courses.actions.videos import remove_caption, save_caption, upload_video
from courses.actions.watching import open_module, report_watching

__all__ = [
    "ChangedMeanwhile",
    "Choice",
    "add_module",
    "add_section",
    "answer_question",
    "archive_course",
    "archive_question",
    "change_course",
    "change_question",
    "change_session",
    "complete_course_if_done",
    "complete_if_done",
    "compose_quiz",
    "count_talk",
    "create_course",
    "create_question",
    "delete_course",
    "delete_module",
    "discard_module_draft",
    "enrol",
    "enrol_many",
    "finish_attempt",
    "keep_module_draft",
    "move_module",
    "move_section",
    "nobody_began",
    "open_module",
    "open_session",
    "publish_all",
    "publish_course",
    "publish_module",
    "put_into_lesson",
    "remove_caption",
    "remove_section",
    "rename_section",
    "report_reading",
    "report_watching",
    "restore_revision",
    "save_caption",
    "save_module",
    "save_state",
    "set_quiz",
    "set_rules",
    "start_attempt",
    "undo_question_import",
    "unenrol",
    "upload_video",
    "withdraw_module",
]
