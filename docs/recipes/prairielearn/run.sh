#!/usr/bin/env bash
# run.sh in the question's folder tests/, beside grading.yaml, solutions/ and assignment/.
# GRADE is only set to try it elsewhere.
set -u
GRADE="${GRADE:-/grade}"
RESULTS="$GRADE/results/results.json"
mkdir -p "$GRADE/results"
rm -rf -- "$RESULTS"
chmod -R go-rwx "$GRADE/tests"    # a second wall: student code is confined and runs as another user

cd "$GRADE/tests" && LC_ALL=C.UTF-8 grade --official --rubric grading.yaml \
    --format prairielearn --output "$RESULTS" "$GRADE/student"
code=$?
if ! [ -s "$RESULTS" ]; then
    said="Not graded: the grader itself failed. No attempt was counted."
    printf '{"gradable": false, "message": "%s", "format_errors": ["%s"]}\n' "$said" "$said" >"$RESULTS"
    exit 3
fi
if [ "$code" -le 1 ]; then exit 0; fi      # 1: not everything is right
exit "$code"
