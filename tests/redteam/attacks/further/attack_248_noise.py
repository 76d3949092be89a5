# RED-TEAM SUBMISSION attack_248_noise  (test material for a sandboxed grader; do not import outside a sandbox)
# class: resources
# success of the attack: output without line ends, of broken UTF-8, NUL and escape bytes, by descriptor and by stream, also while loading
# on: honest

import os, sys
os.write(1, b"\xff\xfe\x00\x1b[2J\x9b31m" * 1000)
def zero_pad(X, pad):
    junk = bytes(range(256)) * 4096
    for _ in range(300):
        os.write(1, junk); os.write(2, junk)
    return np.zeros(1)
_c = conv_single_step
def conv_single_step(a, W, b):
    sys.stdout.write("\x1b]0;x\x07" * 100 + "\ud800\u202e\u2028::error::x")
    os.write(2, b"\xed\xa0\x80\r::add-mask::x\r\n")
    return _c(a, W, b)
