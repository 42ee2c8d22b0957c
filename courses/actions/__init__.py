"""Every write a person can cause in a course."""

from courses.actions.attempts import answer_question, finish_attempt, start_attempt
from courses.actions.completion import count_talk
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
    arrange_quiz,
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
