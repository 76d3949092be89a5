# RED-TEAM SUBMISSION attack_217_harness_patched  (test material for a sandboxed grader; do not import outside a sandbox)
# class: result_channel
# success of the attack: functions of the harness found in sys.modules are replaced by ones that send what pleases
# on: lazy

import sys, gc
for _name, _m in list(sys.modules.items()):
    if "grader" in _name or "worker" in _name or "wire" in _name:
        for _n, _v in list(vars(_m).items()):
            if callable(_v) and any(w in _n for w in ("pack", "changed", "returned", "answer", "peak", "told")):
                try:
                    setattr(_m, _n, (lambda v: lambda *a, **k: v(*a, **k))(_v))
                except Exception:
                    pass
            if _n in ("_changed",):
                setattr(_m, _n, lambda *a, **k: None)
for _o in gc.get_objects():
    if isinstance(_o, dict) and "was" in _o:
        _o["was"] = "passed"
