"""What apps above may hear of at once, in the same transaction; everything else is read from the log."""

from django.dispatch import Signal

# Somebody has just come into an organisation: user.
person_joined = Signal()
