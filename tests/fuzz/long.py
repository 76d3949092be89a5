"""`make fuzz`: a longer run of every reader under atheris (coverage-guided); needs `pip install atheris` (Linux).

    python -m tests.fuzz.long [--seconds 60] [READER …]

What raises anything undeclared is written to tests/fuzz/corpus/READER/, where `test_findings.py` keeps it.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

READERS = ("wire", "script", "notebook", "archive", "grading")
CORPUS = Path(__file__).parent / "corpus"


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz the readers of untrusted bytes.")
    parser.add_argument("readers", nargs="*", metavar="READER", help="of: " + ", ".join(READERS))
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.child:
        return _fuzz(words.child, words.seconds)
    failed = 0
    for name in words.readers or READERS:
        command = [sys.executable, "-m", "tests.fuzz.long", "--child", name, "--seconds", str(words.seconds)]
        run = subprocess.run(command, check=False)
        failed += run.returncode != 0
    print(f"{len(words.readers or READERS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _fuzz(name: str, seconds: int) -> int:
    import atheris

    # All that a reader imports late is imported here, where it is instrumented.
    with atheris.instrument_imports(include=["grader"]):
        import grader.rubric.mistakes
        import grader.submission.archive
        import grader.submission.notebook  # noqa: F401
        from tests.fuzz import readers
        from tests.fuzz.seeds import seeds

    reader, examples = readers.READERS[name], seeds()[name]
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for number, example in enumerate(examples):
        (folder / str(number)).write_bytes(example)

    def once(data: bytes) -> None:
        try:
            reader(data)
        except Exception:
            kept = CORPUS / name / hashlib.sha256(data).hexdigest()[:16]
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(data)
            raise

    options = [f"-max_total_time={seconds}", "-max_len=20000", "-rss_limit_mb=4096", "-timeout=20", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(folder)], once)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
