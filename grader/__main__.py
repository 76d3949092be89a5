"""`python -m grader`: the same as `grade`."""

from grader.cli.entry import main

if __name__ == "__main__":
    main()
