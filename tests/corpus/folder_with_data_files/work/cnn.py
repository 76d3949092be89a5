from layers import *
import masks

create_mask_from_window = masks.mask
distribute_value = masks.share
import numpy

ZERO = numpy.loadtxt("zero.txt")


# 评分函数(可选):pool_backward
def pool_backward(dA, cache, mode="max"):
    """池化的反向传播"""
    ### 在此处编写代码 ###
    (A_prev, hparameters) = cache
    stride = hparameters["stride"]
    f = hparameters["f"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    m, n_H, n_W, n_C = dA.shape
    dA_prev = numpy.full(A_prev.shape, float(ZERO))
    for i in range(m):
        a_prev = A_prev[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    if mode == "max":
                        a_prev_slice = a_prev[vert_start:vert_end, horiz_start:horiz_end, c]
                        mask = create_mask_from_window(a_prev_slice)
                        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += numpy.multiply(mask, dA[i, h, w, c])
                    elif mode == "average":
                        da = dA[i, h, w, c]
                        shape = (f, f)
                        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += distribute_value(da, shape)
    ### 代码结束 ###
    assert dA_prev.shape == A_prev.shape
    return dA_prev
