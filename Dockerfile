# The app with its embedded database: docker build -t wunderkammer . && docker run -p 127.0.0.1:8501:8501 -v cabinet:/data wunderkammer
# With the models that run on the machine itself (5 GB more): docker build --build-arg LOCAL_MODELS=1 -t wunderkammer .
# With what several machines at one cabinet need (files at S3, Ray): docker build --build-arg TEAM=1 -t wunderkammer .

FROM python:3.11-slim-bookworm AS build
ARG LOCAL_MODELS=0
ARG TEAM=0
# A build for the processor it happens to run on crashes on some others.
ENV PIP_NO_CACHE_DIR=1 CMAKE_ARGS="-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF"
# hadolint ignore=DL3008
RUN if [ "$LOCAL_MODELS" = 1 ]; then \
      apt-get update && apt-get install -y --no-install-recommends build-essential cmake && rm -rf /var/lib/apt/lists/*; \
    fi
RUN python -m venv /opt/venv && /opt/venv/bin/pip install "uv>=0.9,<1"
WORKDIR /app
COPY requirements-core.txt requirements.txt requirements-team.txt ./
RUN if [ "$LOCAL_MODELS" = 1 ]; then list=requirements.txt; else list=requirements-core.txt; fi; \
    /opt/venv/bin/uv pip install --python /opt/venv/bin/python --compile-bytecode --no-cache -r "$list" && \
    if [ "$TEAM" = 1 ]; then \
      /opt/venv/bin/uv pip install --python /opt/venv/bin/python --compile-bytecode --no-cache -r requirements-team.txt; \
    fi
COPY . .
# The embedded database starts in half the time; where this fails it starts all the same.
RUN /opt/venv/bin/python -m graph.classes || true

FROM python:3.11-slim-bookworm
# tini buries the processes that the app's own leave behind; libgomp is what numbers are computed with.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends tini libgomp1 && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin wunderkammer \
    && install -d -o wunderkammer -g wunderkammer -m 700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUTF8=1 \
    HOME=/data \
    HF_HOME=/data/models \
    WUNDERKAMMER_HOME=/data/cabinet \
    WUNDERKAMMER_LOG=json
WORKDIR /app
USER wunderkammer
VOLUME ["/data"]
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/healthz', timeout=4)"]
ENTRYPOINT ["tini", "--"]
CMD ["python", "-m", "streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true"]
