# One image for the three services, the jobs and the command line; what runs is the command.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements-uv.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.lock
# The lock holds the local stack and the tests too; only what the services import goes into the image.
COPY requirements-production.lock ./
# Compiled here: at run time nothing is written, and a start that compiles takes twice as long.
RUN /venv/bin/uv pip install --python /venv/bin/python --compile-bytecode --require-hashes -r requirements-production.lock

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin thidua
WORKDIR /app
COPY --from=build /venv /venv
COPY services ./services
RUN python -m compileall -q services
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
# 8080 serves HTTP, /metrics and /health of whichever service runs.
EXPOSE 8080
ENTRYPOINT []
CMD ["python", "-m", "services.cli", "--help"]
