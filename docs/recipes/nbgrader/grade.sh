#!/usr/bin/env bash
# grade.sh in the folder of an nbgrader course, after `nbgrader collect ps1` or `nbgrader zip_collect ps1`:
#   bash grade.sh ps1
# The rubric lies in grading/ps1/ with its solutions/ and assignment/, out of students' reach. A roster.csv is taken, too.
set -u
assignment="${1:?Which assignment? bash grade.sh ps1}"
rubric="grading/$assignment/grading.yaml"
set --
if [ -f roster.csv ]; then set -- --roster roster.csv; fi

grade class run submitted --assignment "$assignment" --official --rubric "$rubric" "$@"
code=$?
if [ "$code" -eq 2 ]; then exit 2; fi      # the rubric or the command is wrong: nothing was graded
grade class export --rubric "$rubric" --to "nbgrader=$assignment.csv" --to "html=reports/$assignment/" || exit
if [ "$code" -le 1 ]; then exit 0; fi      # 1: something that was handed in cannot be graded
exit "$code"                               # 3: the grader itself failed at some; they have no score, and no zero
