from celery import shared_task

from courses.actions.lesson_files import forget_unused_files


@shared_task(name="courses.forget_unused_files")
def forget_unused_lesson_files() -> None:
    forget_unused_files()
