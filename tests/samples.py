"""Where the sample files for developers are; they stay outside the project."""

import os
from pathlib import Path

import pytest
from django.conf import settings

SAMPLES = Path(os.environ.get("PALABRE_SAMPLES", Path(settings.BASE_DIR).parent / "shared" / "samples"))

needs_samples = [
    pytest.mark.samples,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the project"),
]
