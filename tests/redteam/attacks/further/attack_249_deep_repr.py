# RED-TEAM SUBMISSION attack_249_deep_repr  (test material for a sandboxed grader; do not import outside a sandbox)
# class: resources
# success of the attack: an exception whose text, repr, cause chain or traceback recurses or never ends
# on: honest

class Deep(Exception):
    def __str__(self): return str(self)
    __repr__ = __str__
class Slow(Exception):
    def __str__(self):
        while True: pass
class Big(Exception):
    def __str__(self): return "x" * (1 << 30)
class Odd(Exception):
    def __str__(self): return 7
    __class__ = property(lambda self: 1 / 0)
def zero_pad(X, pad): raise Deep
def distribute_value(dz, shape): raise Slow
def create_mask_from_window(x): raise Big
def conv_single_step(a, W, b):
    e = Odd(); e.__cause__ = e.__context__ = e
    for _ in range(3000):
        n = Odd(); n.__context__ = e; e = n
    raise e
