"""What runs in other processes: a server that forks workers, and workers that each load one source and make calls.

It uses the wire, the confinement, the values, the standard library and numpy only. It is run by path in a fresh
interpreter (`python -I`), which need not be the grader's own (Python 3.10 and later).
"""
