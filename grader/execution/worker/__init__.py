"""What runs on the other side: a server that forks workers, and a worker that loads one source and answers calls.

It knows the wire, the confinement, the standard library and numpy, and is run by path in a fresh interpreter
(`python -I`), which need not be the grader's own (Python 3.10 and later).
"""
