"""The metrics that are declared, in the order of their ids."""

from analytics.metrics import accepted_answers, answers, completion, participation, useful_marks
from analytics.metrics.base import METRICS, READINGS

ALL = tuple(METRICS[id] for id in sorted(METRICS))
IN_ORDER = tuple(sorted(READINGS.values(), key=lambda reading: reading.metric.id))
