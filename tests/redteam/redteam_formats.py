"""Grades submissions one after the other in one process and writes each report in every format, for both audiences.

`redteam_formats.py RUBRIC FOLDER NAME=PATH…` writes FOLDER/NAME.AUDIENCE.FORMAT.
"""

import os
import sys
from pathlib import Path

from grader.execution.start import start

if __name__ == "__main__":
    start()

from grader import submission
from grader.cli.writing import write
from grader.errors import EngineError, SubmissionError, UsageError
from grader.execution import open_engine
from grader.grading import grade, prepare, read, ungraded
from grader.report import FORMATS

RUNNER = dict.fromkeys(("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"), "submit/1")
"""What Classroom 50's runner sets; its format refuses to be written without."""


def main(rubric, folder, *named):
    os.environ.update(RUNNER)
    plan = read(Path(rubric))
    names = [problem.function for problem in plan.rubric.problems]
    engine = open_engine()
    try:
        prepared = prepare(plan, engine)
        for each in named:
            name, _, path = each.partition("=")
            try:
                report = grade(prepared, submission.load(Path(path), names, "cnn.py"), engine)
            except (EngineError, SubmissionError, UsageError) as error:
                report = ungraded(prepared, path, error, engine)
            for form in ("json",) if name.startswith("honest") else FORMATS:
                for audience in ("student", "instructor"):
                    output = str(Path(folder, f"{name}.{audience}.{form}"))
                    write([report], form, None, output, instructor=audience == "instructor")
    finally:
        engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
