"""How the server is set up. Everything an installation may choose comes from the environment or its home folder."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url

BASE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("SAIMA_HOME", "saima-home")).resolve()
BLOBS = HOME / "blobs"
COUNTS = HOME / "counts"  # what the worker counted of large registers; made anew when it is gone
PERSONAL_KEY = Path(os.environ.get("SAIMA_PERSONAL_KEY", HOME / "personal.key"))  # in no backup

# `saima serve` reads or makes a key in the home folder and refuses to start without one (server/commands/serve.py).
SECRET_KEY = os.environ.get("SAIMA_SECRET_KEY", "")
SECRET_KEY_FALLBACKS: list[str] = []
DEBUG = os.environ.get("SAIMA_DEBUG") == "1"
HOSTS = os.environ.get("SAIMA_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
ALLOWED_HOSTS = HOSTS
HTTPS = os.environ.get("SAIMA_HTTPS") == "1"
SAIMA_SOLO = os.environ.get("SAIMA_SOLO") == "1"
SAIMA_CLOCK = os.environ.get("SAIMA_CLOCK", "")  # a fixed day for demonstrations; empty: the real time
SAIMA_DEMO = os.environ.get("SAIMA_DEMO") == "1"

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "saima.server.kit",  # before allauth: its templates stand in for theirs
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "saima.server.places",
    "saima.server.accounts",
    "saima.server.registers",
    "saima.server.race",
    "saima.server.bulletins",
    "saima.server.response",
    "saima.server.api",
    "saima.server.site",
    "ninja",  # its own documentation pages, served from the package
]

MIDDLEWARE = [
    "saima.server.kit.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "saima.server.kit.middleware.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "saima.server.race.middleware.Lent",
    "saima.server.accounts.middleware.OwnPasswordFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "saima.server.kit.middleware.PlainText",
    "saima.server.kit.middleware.Refusals",
]

ROOT_URLCONF = "saima.server.site.urls"
WSGI_APPLICATION = "saima.server.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "saima.server.site.context.page",
            ],
            "builtins": ["saima.server.kit.templatetags.saima"],
        },
    }
]

_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # secure_delete: what is erased leaves the file, whatever SQLite was built with.
    # recursive_triggers: INSERT OR REPLACE deletes the row it replaces, and append-only tables must see that.
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-20000;PRAGMA recursive_triggers=ON;"
        "PRAGMA secure_delete=ON;"
    ),
}
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", "sqlite:///" + str(HOME / "saima.sqlite3").replace(os.sep, "/")),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = _SQLITE
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["saima.server.response.backend.Counted"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "saima.server.accounts.adapter.ClosedAccounts"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/15m/key"}
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "saima.server.site.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "saima_lang"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = None  # files are served from their packages: no step between installing and starting
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # files people send go to kit.blobs
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MOST_BYTES = 50 * 1024 * 1024
UPLOAD_MOST_TEXT_BYTES = 128 * 1024 * 1024  # of a table as text: a million firms, a million figures
IMPORT_AT_ONCE = 20_000  # lines of a list of firms that are taken in while somebody waits; longer ones by the worker
IMPORT_PART = 50_000  # lines the worker records in one transaction
LADDER_AT_ONCE = 20_000  # firms up to which the ladder is counted while somebody waits
IMPORT_MOST_LINES = 1_100_000  # a million firms, and what stands between them
FILE_UPLOAD_HANDLERS = [
    "saima.server.kit.uploads.Limited",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# SAIMA_MAIL=smtp://user:password@host:587/?from=desk@example.org (smtps:// for TLS from the first byte); empty: no mail
_MAIL = urlsplit(os.environ.get("SAIMA_MAIL", ""))
EMAIL_HOST = _MAIL.hostname or ""
EMAIL_PORT = _MAIL.port or (465 if _MAIL.scheme == "smtps" else 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and bool(EMAIL_HOST_USER)  # no password leaves in the clear
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = parse_qs(_MAIL.query).get("from", ["saima@localhost"])[0]

# Where people find the desk, for the links in mail: SAIMA_ADDRESS=https://saima.example.org
ADDRESS = os.environ.get("SAIMA_ADDRESS", "").rstrip("/")
if not ADDRESS and not HOSTS[0].startswith(("127.", "localhost", "[", "*")):
    ADDRESS = f"{'https' if HTTPS else 'http'}://{HOSTS[0].strip()}"
# Networks of one's own that robots' addresses may lie in, comma-separated: SAIMA_ROBOT_NETS=10.20.0.0/16
ROBOT_NETS = [net.strip() for net in os.environ.get("SAIMA_ROBOT_NETS", "").split(",") if net.strip()]

METRICS_TOKEN = os.environ.get("SAIMA_METRICS_TOKEN", "")  # empty: /metrics answers this machine only
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING_CONFIG = None  # kit.logs sets structlog up for every logger
