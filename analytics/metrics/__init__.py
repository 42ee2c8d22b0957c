"""The metrics that are declared: id, version and the words shown beside each figure."""

from analytics.metrics.answers import FIRST_RESPONSE, UNANSWERED
from analytics.metrics.base import Metric, Value
from analytics.metrics.completion import COMPLETION
from analytics.metrics.participation import CONTRIBUTIONS, GINI, PARTICIPATION, VOICES

ALL = (PARTICIPATION, VOICES, CONTRIBUTIONS, GINI, FIRST_RESPONSE, UNANSWERED, COMPLETION)

__all__ = ["ALL", "Metric", "Value"]
