# Debian's name is spelled out, so that a new Debian release does not change the image by itself.
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build
# For `strip`.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binutils
# Without pip: what is copied from here has no installer in it.
RUN python -m venv --without-pip /venv
# Before the code, so that a change of code keeps the layer of the dependencies.
COPY requirements.lock /
# Wheels only: the base has no compiler, and no package may run code of its own while it is installed.
RUN python -m pip --python /venv/bin/python install --no-cache-dir --no-compile --disable-pip-version-check \
        --only-binary :all: --require-hashes --requirement /requirements.lock
# Half of what was installed is never used: pip, on which sqlite-utils depends for commands that we never
# call; what typer uses only for colours; languages other than ours; symbols for debuggers.
RUN python -m pip --python /venv/bin/python uninstall --yes pip rich pygments markdown-it-py mdurl \
    && cd /venv/lib/python*/site-packages \
    && find faker/providers -mindepth 2 -maxdepth 2 -type d ! -name fr_FR ! -name en_US -exec rm -r {} + \
    && find . -name '*.so' -exec strip --strip-unneeded {} +
# Bytecode is compiled here because a read-only root file system keeps none; unchecked, because no
# source changes any more, and the time stamps that a check compares may differ from engine to engine.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /venv/lib
WORKDIR /app
COPY LICENSE ./
COPY fixtures ./fixtures
COPY scenarios ./scenarios
COPY rdv_mock ./rdv_mock
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash rdv_mock

FROM ${BASE}
# The base has no bytecode of the standard library either; without it each start, and each health
# check, would spend over 100 ms on compiling it again.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash \
        -x '/(ensurepip|idlelib|lib2to3|pydoc_data|(dist|site)-packages|tests?|tkinter|turtledemo|unittest)/' \
        "$(python -c 'import os; print(os.path.dirname(os.__file__))')"
# Where people mount their scenarios and keep state; a fresh volume takes the rights of /data,
# which let any user write.
RUN install -d -m 0755 /scenarios && install -d -m 1777 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
# PYTHONPATH: the package is found from any working directory.
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    RDV_MOCK_HOST=0.0.0.0 \
    RDV_MOCK_PORT=8080 \
    RDV_MOCK_SCENARIOS=/scenarios
WORKDIR /app
# A number, so that an orchestrator can tell that it is not root; nothing depends on which one.
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=2s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-m", "rdv_mock.healthcheck"]
ENTRYPOINT ["python", "-m", "rdv_mock"]
CMD ["serve"]
# Last, so that a new version number keeps every layer above.
ARG BASE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="rdv-mock" \
      org.opencontainers.image.description="A stateful stand-in for the French RdvPermis API and the API Livret Numérique; not affiliated with the State" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE}"
