"""Settings of Palabre, a file for each subject. Everything that differs between machines comes from the environment.

Without DATABASE_URL and REDIS_URL the project runs on its own PostgreSQL and Valkey (tooling/embedded.py);
with them it is a production, and a missing or unsafe value stops it with a sentence.
"""

from lms.settings.accounts import *
from lms.settings.api import *
from lms.settings.apps import *
from lms.settings.caches import *
from lms.settings.celery import *
from lms.settings.database import *
from lms.settings.files import *
from lms.settings.house import *
from lms.settings.languages import *
from lms.settings.logs import *
from lms.settings.mail import *
from lms.settings.security import *
