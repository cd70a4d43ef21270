# syntax=docker/dockerfile:1.7
# One recipe, two base images:
#   docker build -t anjuan:cpu .                          docker build --build-arg TARGET=cuda -t anjuan:cuda .
# Every step is a target of the Makefile, so that an image holds what `make setup` makes. Weights are not baked in: mount
# a cache at /var/lib/anjuan/weights, filled by `anjuan models pull` or, without a network, `anjuan models import`.
ARG TARGET=cpu

FROM debian:bookworm-slim AS cpu
FROM nvidia/cuda:13.0.1-base-ubuntu24.04 AS cuda

# hadolint ignore=DL3006
FROM ${TARGET} AS base
ENV DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates make python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/anjuan
COPY Makefile ./
COPY deploy deploy
RUN make system-runtime && rm -rf /var/lib/apt/lists/*

FROM base AS build
COPY requirements requirements
COPY . .
RUN make .venv/.runtime && rm -rf .tools /root/.cache

FROM base AS service
RUN useradd --system --uid 10001 --home-dir /var/lib/anjuan --create-home anjuan
COPY --from=build /opt/anjuan /opt/anjuan
ENV PATH=/opt/anjuan/.venv/bin:$PATH ANJUAN_WEIGHTS=/var/lib/anjuan/weights
USER 10001
VOLUME /var/lib/anjuan
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD ["python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# Ray keeps its object store in shared memory: run with --shm-size=1g.
ENTRYPOINT ["anjuan"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000", "--data", "/var/lib/anjuan/data"]
