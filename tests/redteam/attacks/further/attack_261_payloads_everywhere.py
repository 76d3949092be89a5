# RED-TEAM SUBMISSION attack_261_payloads_everywhere  (test material for a sandboxed grader; do not import outside a sandbox)
# class: injection
# success of the attack: text of a submission acts in a terminal, page, table, log or spreadsheet, by whichever field it comes out
# on: lazy

_P = ["\x1b]8;;http://127.0.0.1:48613/\x07x\x1b]8;;\x07", "\x9b2J\x90q#0\x9c", "[bold red]x[/] [link=file:/etc/passwd]y[/link]", "<script>alert(1)</script><img src=x onerror=alert(1)>",
      "]]></failure><testcase name='x'/>", "![i](http://127.0.0.1:48613/i) [a](javascript:alert(1))", "|a|b|\n|-|-|\n<details open ontoggle=alert(1)>", "`\n```\n# heading\n```", "{{7*7}} {% raw %} ${HOME} $(id)",
      "=cmd|'/c calc'!A0", "@SUM(1)", "\r\n::error file=x::y\n::set-output name=a::b\x85::add-mask::c\u2028::stop-commands::t", "\ud800\udfff\ufffe\uffff\x00\x0b", "\u202e\u2066\u200b\ufeff\U000e0001", "&lt;b&gt;&#60;i&#62;", "%s%n{0}", "<!--", "-->", "\\u003cscript>"]
_T = " ".join(_P)

import warnings
def zero_pad(X, pad):
    for n in (58, 60, 62, 64, 66, 30, 36):
        print("w" * n + " ::error title=w::wrapped")
    print("##[error]old")
    print(_T); print("\n".join(_P)); raise ValueError("v" * 47 + " ::error::wrapped " + _T)
def conv_single_step(a, W, b): raise type(_T, (Exception,), {})(*_P)
def conv_forward(A_prev, W, b, hparameters): return {p: p for p in _P}
def conv_backward(dZ, cache): return _T, _P, _P
def pool_forward(A_prev, hparameters, mode="max"): return type(_T, (), {})()
def create_mask_from_window(x): return "\n".join(_P)
def distribute_value(dz, shape):
    import sys; sys.exit(_T)
def pool_backward(dA, cache, mode="max"): return {"a": _P, "b": {_T: 1}}
raise ImportError(_T)
