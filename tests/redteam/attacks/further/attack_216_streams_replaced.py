# RED-TEAM SUBMISSION attack_216_streams_replaced  (test material for a sandboxed grader; do not import outside a sandbox)
# class: result_channel
# success of the attack: standard streams that raise, recurse, exit or never end where they are flushed
# on: honest

import sys
class Stream:
    encoding = "utf-8"
    def write(self, t): raise BaseException("no")
    def flush(self): raise SystemExit(0)
    def fileno(self): return 3
    def isatty(self): raise KeyboardInterrupt
    def __getattr__(self, n): raise GeneratorExit
def _wreck():
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Stream()
    sys.stdin = None
    sys.excepthook = sys.displayhook = sys.unraisablehook = lambda *a: sys.exit(0)
_h = {n: globals()[n] for n in ("zero_pad", "conv_single_step", "conv_forward", "conv_backward", "pool_forward", "create_mask_from_window", "distribute_value", "pool_backward")}
def _make(n):
    def f(*a, **k):
        _wreck()
        return _h[n](*a, **k)
    return f
for _n in _h:
    globals()[_n] = _make(_n)
