"""Settings of perfeval. Every value that differs between machines comes from the environment.

No domain numbers live here: weights, bands, deadlines and phrases belong to a scheme.
"""

import fcntl
import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
if (VAR_DIR / "env").is_file():
    env.read_env(str(VAR_DIR / "env"))


#: Shorter ones can be guessed; those that are made here have 67 characters.
_SECRET_KEY_MIN_CHARACTERS = 16


def kept_secret_key(kept: Path) -> str:
    """Return the key that a file holds; one is made where there is none or an empty one.

    Raises: ImproperlyConfigured, with one sentence, when the file cannot be read or holds no key.
    """
    try:
        key = kept.read_text(encoding="ascii").strip() if kept.exists() else ""
        if not key:
            kept.parent.mkdir(exist_ok=True)
            key = _made_secret_key(kept)
    except UnicodeDecodeError:
        problem = "is damaged"
    except OSError as error:
        problem = f"cannot be read or made ({error.strerror})"
    else:
        if len(key) >= _SECRET_KEY_MIN_CHARACTERS and key.isprintable():
            return key
        problem = "is damaged or too short"
    raise ImproperlyConfigured(
        f"the key file {kept} {problem}: delete it, and a new one is made (everybody signs in again), "
        "or set PERFEVAL_SECRET_KEY."
    )


def _made_secret_key(kept: Path) -> str:
    """Put a new key into a file and return it; of several processes that do so the first gives the key to all."""
    handle = os.open(kept, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        key = file.read().strip()
        if not key:
            key = secrets.token_urlsafe(50)
            file.seek(0)
            file.truncate()
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    return key


def _secret_key() -> str:
    """Return the key from the environment, else the one kept in var/secret_key, made at first use."""
    given: str = env.str("PERFEVAL_SECRET_KEY", default="").strip()
    return given or kept_secret_key(VAR_DIR / "secret_key")


SECRET_KEY = _secret_key()
DEBUG = env.bool("PERFEVAL_DEBUG", default=False)
ALLOWED_HOSTS = env.list("PERFEVAL_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("PERFEVAL_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "perfeval.accounts",
    "perfeval.schemes",
    "perfeval.inspections",
    "perfeval.reports",
    "perfeval.evidence",
    "perfeval.snapshots",
    "perfeval.jobs",
    "perfeval.office",
    "perfeval.review",
    "perfeval.publication",
    "perfeval.verification",
    "perfeval.corrections",
    "perfeval.demo",
    "perfeval.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "perfeval.web.uploads.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "perfeval.web.sign_in_required.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "perfeval.urls"
WSGI_APPLICATION = "perfeval.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'perfeval.sqlite3'}")
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Without these, concurrent read-then-write transactions fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif env.bool("PERFEVAL_DATABASE_POOL", default=True):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "web:login"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "web:login"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("PERFEVAL_TIME_ZONE", default="Asia/Shanghai")

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("PERFEVAL_MEDIA_DIR", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640
#: Largest form without its files, in bytes: a pasted report, or the findings of a district that are to
#: be downloaded, is more than the 2.5 MB that Django takes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
#: Largest evidence file, in bytes.
EVIDENCE_MAX_BYTES = env.int("PERFEVAL_EVIDENCE_MAX_BYTES", default=20 * 1024 * 1024)

FONT_DIR = Path(env.str("PERFEVAL_FONT_DIR", default=str(VAR_DIR / "fonts")))
LICENSED_FONT_DIR = env.str("PERFEVAL_LICENSED_FONT_DIR", default="")

#: A PKCS#12 file whose key signs each published PDF; no signature while it is empty.
SIGNING_FILE = env.str("PERFEVAL_SIGNING_FILE", default="")
SIGNING_PASSPHRASE = env.str("PERFEVAL_SIGNING_PASSPHRASE", default="")
#: A PEM file with the certificates of the authorities that vouch for signers, for checking signatures.
SIGNING_TRUST_FILE = env.str("PERFEVAL_SIGNING_TRUST_FILE", default="")

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
#: Every request counts the age anew: only who is idle is signed out.
SESSION_SAVE_EVERY_REQUEST = True
_IS_HTTPS = env.bool("PERFEVAL_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _IS_HTTPS else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"perfeval": {"level": "INFO"}},
}
