# docker build -t contact-bridge .
# docker run -p 8000:8000 --env-file .env -v bridge-data:/data \
#   -v "$PWD/bridge.toml:/etc/contact-bridge/bridge.toml:ro" contact-bridge
#
# `.env` has every variable that bridge.toml names as ${env:…}. To try it with neither, in front of a stand-in upstream:
# docker run -p 8000:8000 -e CONTACT_BRIDGE_CONFIG= contact-bridge contact-bridge serve --host 0.0.0.0 --sandbox
#
# Runs as any user of group 0, and on a read-only file system: it writes to /data (SQLite, unless the configuration
# names PostgreSQL) and to /tmp (counters that its processes share), so give it `--tmpfs /tmp` then. SQLite's files are
# of the user who made them and of nobody else: keep the user with the volume, see docs/deploying.md.
#
# Alpine's Python keeps it below 200 MB, and every package has a wheel for it; where glibc is preferred to 75 MB less:
# --build-arg BASE=python:3.13-slim
ARG BASE=python:3.13-alpine

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv /opt/contact-bridge
ENV PATH=/opt/contact-bridge/bin:$PATH
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
# What goes besides: the names of places for every phone number, a quarter of the image's packages, which nobody asks for.
RUN pip install --no-build-isolation --no-deps . \
    && rm -r /opt/contact-bridge/lib/python3.*/site-packages/phonenumbers/geodata \
    && pip uninstall --yes flit_core pip

FROM ${BASE}
COPY --from=build /opt/contact-bridge /opt/contact-bridge
ENV PATH=/opt/contact-bridge/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PORT=8000 \
    CONTACT_BRIDGE_CONFIG=/etc/contact-bridge/bridge.toml
# Group 0 may write what the owner may: platforms that choose a user id at random keep that group.
RUN install -d -m 2770 -o 10001 -g 0 /data
USER 10001:0
# The default database is relative to the working directory: /data/var/bridge.db.
WORKDIR /data
VOLUME /data
EXPOSE 8000
# PORT wins over the configuration, so the port is known here.
# A container that only delivers listens nowhere: disable this check there, as deploy/compose.yaml does.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
CMD ["contact-bridge", "serve", "--host", "0.0.0.0"]
