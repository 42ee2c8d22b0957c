from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from community.signals import thread_visited
        from notifications import actions

        def clear_what_is_read(thread, user, number, **kwargs) -> None:
            # At once, not by the log: a bell that still rings for what one has just read is not believed.
            actions.clear(user.pk, thread_id=thread.pk, number=number)

        thread_visited.connect(clear_what_is_read, weak=False, dispatch_uid="notifications.clear")
