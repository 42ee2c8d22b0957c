"""The bench's production settings; the browser speaks to the web process without the proxy and its TLS."""

import os

from bench.settings import *  # noqa: F403

CSRF_TRUSTED_ORIGINS = [*CSRF_TRUSTED_ORIGINS, os.environ["FAULTS_ORIGIN"]]  # noqa: F405
