"""The WSGI entry point that the production server loads.

Everything is loaded before the server divides into its workers, and what is loaded lives as long as they do. So it is
put aside from the garbage collector, which else looks through all of it in the middle of somebody's request (60 ms) and
makes each worker keep a copy of its own.
"""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
