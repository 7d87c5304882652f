# The application on PostgreSQL, with the fonts inside. The same steps as script/setup: packages of script/packages.txt,
# .venv from uv.lock, the font pack, compiled translations, collected static files.
FROM debian:bookworm-slim

ENV DEBIAN_FRONTEND=noninteractive \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    UV_PROJECT_ENVIRONMENT=/app/.venv \
    UV_PYTHON=/usr/bin/python3 \
    UV_PYTHON_DOWNLOADS=never \
    UV_SYSTEM_CERTS=1
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /app

COPY script/packages.txt script/
# hadolint ignore=DL3008 # Debian 12 is the version; its packages get security updates only
RUN apt-get update \
    && awk '$1 == "run" { print $2 }' script/packages.txt \
        | xargs apt-get install -y --no-install-recommends \
    && rm -rf /var/lib/apt/lists/*

COPY pyproject.toml uv.lock ./
RUN python3 -m venv /opt/uv \
    && /opt/uv/bin/python -m pip install --no-cache-dir uv==0.13.9 \
    && /opt/uv/bin/uv sync --frozen --no-cache \
    && rm -rf /opt/uv

# The fonts are made before the application is copied, so that a change of the code does not make them anew.
COPY perfeval/__init__.py perfeval/
COPY perfeval/fonts perfeval/fonts
RUN apt-get update \
    && .venv/bin/python -m perfeval.fonts.pack --out /app/fonts \
    && rm -rf /var/lib/apt/lists/* .cache

COPY . .
ENV PERFEVAL_FONT_DIR=/app/fonts \
    PERFEVAL_MEDIA_DIR=/data/media \
    PERFEVAL_BIND=0.0.0.0:8000
# A checkout of somebody with umask 077 can be read by root alone, and the application is not root. Only files that need
# it, and not the .venv and the fonts, which were made here: a changed file lies in the image twice.
RUN find /app -path /app/.venv -prune -o -path /app/fonts -prune -o ! -type l ! -perm -o+r -exec chmod a+rX {} + \
    && for source in locale/*/LC_MESSAGES/*.po; do msgfmt --output-file="${source%.po}.mo" -- "$source"; done \
    && PERFEVAL_SECRET_KEY=only-for-this-step .venv/bin/python manage.py collectstatic --no-input \
    && useradd --system --uid 10001 --home-dir /app perfeval \
    && mkdir -p /data/media var \
    && chown -R perfeval: /data var

USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["/app/.venv/bin/python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/sign-in/', headers={'Host': 'localhost'}), timeout=4)"]
CMD ["script/serve"]
