# N, not M: the French abbreviation in small letters, with its point.

SHORT_DATE_FORMAT = "j N Y"
DATETIME_FORMAT = r"j F Y \à H:i"
SHORT_DATETIME_FORMAT = r"j N Y \à H:i"
