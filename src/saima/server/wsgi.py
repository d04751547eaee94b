"""The application a web server loads."""

import os

from django.core.wsgi import get_wsgi_application

from saima.server.kit import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saima.server.settings")
logs.set_up()
application = get_wsgi_application()
