"""What apps above may hear of at once, in the same transaction; everything else is read from the log."""

from django.dispatch import Signal

# A person looked at a thread and saw its posts up to `number`: thread, user, number.
thread_visited = Signal()

# A person came into a space, left it, or sits there otherwise: user_id.
membership_changed = Signal()
