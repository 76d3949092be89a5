#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: Python, the grader, and nobody else's eyes on the course.
# AUTOGRADER and GRADER_ENVIRONMENT are only set to try it elsewhere.
set -euo pipefail

AUTOGRADER="${AUTOGRADER:-/autograder}"
ENVIRONMENT="${GRADER_ENVIRONMENT:-$AUTOGRADER/grader}"
SOURCE="$AUTOGRADER/source"

# Rubric, reference and known mistakes are for this script's user alone. Student code runs as another user, confined.
chmod -R u+rwX,go-rwx "$SOURCE/course"
if [ "$(id -u)" -eq 0 ]; then chown -R root:root "$SOURCE"; fi

new_enough() {
    "$1" -I -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python() {
    local each
    for each in python3.13 python3.12 python3.11 python3; do
        if new_enough "$each"; then echo "$each"; return 0; fi
    done
    return 1
}

if ! [ -x "$ENVIRONMENT/bin/python" ]; then
    if ! python >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get update
        # Ubuntu 24.04 and Debian have a Python new enough; Ubuntu 22.04 has 3.11 beside its own 3.10.
        for each in python3 python3.12 python3.11; do
            if apt-get install -y --no-install-recommends "$each" "$each-venv" && python >/dev/null; then break; fi
        done
    fi
    found="$(python)" || { echo "No Python from 3.11 on could be installed: take a newer image." >&2; exit 1; }
    "$found" -I -m venv "$ENVIRONMENT"
fi
cd "$SOURCE"      # pip is run beside the course's files, and no file of a student's is here yet
"$ENVIRONMENT/bin/python" -I -m pip install --disable-pip-version-check --no-cache-dir \
    -r requirements.txt wheels/*.whl

# What this machine holds student code with; the image may be built elsewhere, so it is told and decides nothing.
"$ENVIRONMENT/bin/grade" doctor || echo "Grading will be refused where it runs, unless that machine can do more."
