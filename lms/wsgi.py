import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
application = get_wsgi_application()

# A page makes some thousand objects and drops them: looking for cycles after each seven hundred costs a tenth of it.
gc.set_threshold(20_000)
