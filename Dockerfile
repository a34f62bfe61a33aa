# The program in an image: `docker build --tag expertconnect .`; compose.yaml runs it with what it needs.
# No database server is inside: MONGODB_URI names one.

FROM python:3.12-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.9 rust-just==1.59.0
WORKDIR /app
# First what changes seldom: each of these layers is made again only when its own files change.
COPY requirements.serve.lock ./
RUN uv venv --quiet --python /usr/local/bin/python3 /opt/venv \
    && uv pip sync --quiet --no-cache --require-hashes --compile-bytecode \
        --python /opt/venv/bin/python requirements.serve.lock
COPY justfile package.json package-lock.json ./
COPY web/__init__.py web/console.py web/paths.py web/
COPY web/assets/ web/assets/
RUN just python=/opt/venv/bin/python _assets
COPY LICENSE ./
COPY domain/ domain/
COPY migrations/ migrations/
COPY static/ static/
COPY templates/ templates/
COPY web/ web/
# The image's files can't be written to: what Python would compile at each start is compiled here.
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash domain migrations web \
    && rm -r node_modules justfile package.json package-lock.json requirements.serve.lock

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="ExpertConnect" \
      org.opencontainers.image.description="Real-time expert booking" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 expertconnect \
    && useradd --uid 10001 --gid 10001 --home-dir /data --shell /usr/sbin/nologin expertconnect \
    && install --directory --owner expertconnect --group expertconnect --mode 700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    DATA_DIR=/data \
    LOG_FORMAT=json
USER 10001
VOLUME /data
EXPOSE 8000
# Not /health/ready: to start the program again mends no database that is away.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.getenv(\"PORT\") or 8000}/health/live')"]
ENTRYPOINT ["python", "-m", "web"]
CMD ["serve"]
