# RED-TEAM SUBMISSION attack_271_surrogates_and_nul  (test material for a sandboxed grader; do not import outside a sandbox)
# class: malformed_files
# success of the attack: lone surrogates, NUL and non-characters in literals reach encoders that raise
# on: honest

def zero_pad(X, pad): raise ValueError("\ud800\x00\ufffe\U0010ffff" * 100)
def conv_single_step(a, W, b): return "\udcff\ud800"
print("\x00\ufffe\U000f0000")
