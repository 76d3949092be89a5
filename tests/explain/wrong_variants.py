"""Wrong variants of the reference that are not in `solutions/mistakes.py`, and the key words a student must read.

What is told is a diagnosis, found from numbers alone; `plain` marks those where none is to be had, and the first
sentence about the function must say enough.
"""

from typing import NamedTuple


class Wrong(NamedTuple):
    """A function of the reference with words replaced, and what must stand in the sentences."""

    function: str
    name: str
    changes: tuple[tuple[str, str], ...]
    zh: str
    en: str
    plain: bool = False


def wrong(function, name, *changes, zh, en, plain=False):
    """Return a variant; `changes` are old and new words in turn."""
    pairs = tuple(zip(changes[::2], changes[1::2], strict=True))
    return Wrong(function, name, pairs, zh, en, plain)


Z_ZEROS = "np.zeros((m, n_H, n_W, n_C))"

ZERO_PAD = (
    wrong(
        "zero_pad", "pads_before_only", "(pad, pad), (pad, pad)", "(pad, 0), (pad, 0)",
        zh="第 1 维的长度成了 X.shape[1] + pad", en="Axis 1 has the length X.shape[1] + pad",
    ),
    wrong(
        "zero_pad", "one_ring_more", "(pad, pad), (pad, pad)", "(pad + 1, pad + 1), (pad + 1, pad + 1)",
        zh="第 1 维长了 2", en="Axis 1 is too long by 2",
    ),
    wrong(
        "zero_pad", "mirrors_the_image", 'mode="constant", constant_values=0', 'mode="symmetric"',
        zh="文本 `'symmetric'` 不对。", en="the text `'symmetric'` is not right.",
    ),
    wrong(
        "zero_pad", "returns_the_input", "    return X_pad", "    return X",
        zh="`return X` 里的名字 `X` 用错了。", en="`X` is not the right name in `return X`.",
    ),
    wrong(
        "zero_pad", "channels_first", "    return X_pad", "    return X_pad.transpose(0, 3, 1, 2)",
        zh="维度的次序不对", en="The axes are in another order",
    ),
    wrong(
        "zero_pad", "height_and_width_exchanged", "    return X_pad", "    return X_pad.transpose(0, 2, 1, 3)",
        zh="维度按 0、2、1、3 重排", en="with its axes as 0, 2, 1, 3",
    ),
    wrong(
        "zero_pad", "never_filled", "    return X_pad", "    return np.zeros_like(X_pad)",
        zh="返回的全是零", en="Nothing but zeros comes back",
    ),
    wrong(
        "zero_pad", "single_precision", "    return X_pad", "    return X_pad.astype(np.float32)",
        zh="只有 float32 的精度", en="only as precise as float32",
    ),
    wrong(
        "zero_pad", "rounded", "    return X_pad", "    return np.round(X_pad, 2)",
        zh="舍入到了 2 位小数", en="rounded to 2 decimals",
    ),
    wrong(
        "zero_pad", "upside_down", "    return X_pad", "    return X_pad[:, ::-1]",
        zh="沿第 1 维前后颠倒", en="reversed along axis 1",
    ),
    wrong(
        "zero_pad", "flattened", "    return X_pad", "    return X_pad.reshape(len(X), -1)",
        zh="只是形状不对", en="only the shape is not",
    ),
    wrong("zero_pad", "negated", "    return X_pad", "    return -X_pad", zh="正负号都反了", en="the wrong sign"),
    wrong(
        "zero_pad", "a_list", "    return X_pad", "    return X_pad.tolist()",
        zh="这里的 `.tolist()` 是多余的一步。", en="`.tolist()` is not needed here.",
    ),
    wrong(
        "zero_pad", "no_return", "    return X_pad", "",
        zh="是漏了 return", en="is a return missing", plain=True,
    ),
)  # fmt: skip

CONV_SINGLE_STEP = (
    wrong("conv_single_step", "negated", "    return Z", "    return -Z", zh="正负号都反了", en="the wrong sign"),
    wrong(
        "conv_single_step", "bias_twice", "Z + b.item()", "Z + 2 * b.item()",
        zh="b 多加了一次", en="b is added once too often",
    ),
    wrong(
        "conv_single_step", "rectified", "    return Z", "    return max(Z, 0.0)",
        zh="这里的 `max` 是多余的一步。", en="`max` is not needed here.",
    ),
    wrong(
        "conv_single_step", "whole_number", "    return Z", "    return float(int(Z))",
        zh="这里的 `int` 是多余的一步。", en="`int` is not needed here.",
    ),
    wrong(
        "conv_single_step", "mean_over_the_window", "np.sum(s)", "np.sum(s) / (W.shape[0] * W.shape[1])",
        zh="除了加上去的 b，其余部分是正确值的 1/(a_slice_prev.shape[0]*a_slice_prev.shape[1]) 倍",
        en="All but the added b is 1/(a_slice_prev.shape[0]*a_slice_prev.shape[1]) times",
    ),
    wrong(
        "conv_single_step", "last_channel_missing", "np.sum(s)", "np.sum(s[:, :, :-1])",
        zh="`s[:, :, :-1]` 里有一个切片太短。", en="a slice in `s[:, :, :-1]` is too short.",
    ),
    wrong(
        "conv_single_step", "weights_squared", "a_slice_prev * W", "W * W",
        zh="`W * W` 里的名字 `W` 用错了。", en="`W` is not the right name in `W * W`.",
    ),
    wrong(
        "conv_single_step", "filter_turned", "a_slice_prev * W", "a_slice_prev * W.transpose(1, 0, 2)",
        zh="`W.transpose(1, 0, 2)` 里的次序不对。", en="the order in `W.transpose(1, 0, 2)` is not right.",
    ),
    wrong(
        "conv_single_step", "half_precision", "    return Z", "    return np.float16(Z)",
        zh="这里的 `np.float16` 是多余的一步。", en="`np.float16` is not needed here.",
    ),
    wrong(
        "conv_single_step", "multiplied_by_the_bias", "Z + b.item()", "Z * b.item()",
        zh="`Z * b.item()` 里的运算符 `*` 用错了。", en="`*` is not the right operator in `Z * b.item()`.",
    ),
)  # fmt: skip

CONV_FORWARD = (
    wrong(
        "conv_forward", "stride_added", "h * stride", "stride + h", "w * stride", "stride + w",
        zh="`stride + h` 里的运算符 `+` 用错了。", en="`+` is not the right operator in `stride + h`.",
    ),
    wrong(
        "conv_forward", "loops_stop_early", "range(n_H)", "range(n_H - f + 1)", "range(n_W)", "range(n_W - f + 1)",
        zh="`range(n_H - f + 1)` 结束得太早。", en="`range(n_H - f + 1)` ends too early.",
    ),
    wrong(
        "conv_forward", "stride_and_bias", "h * stride", "h", "w * stride", "w",
        "conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])",
        "np.sum(a_slice_prev * W[:, :, :, c] + b[0, 0, 0, c])",
        zh="另外还有一处错误", en="There is one more slip",
    ),
    wrong(
        "conv_forward", "returns_inside_the_innermost_loop",
        "    # 存下反向传播需要的东西（1 行代码）\n    cache = ", "                    cache = ",
        "    ### 代码结束 ###\n\n    return Z, cache", "                    return Z, cache",
        zh="`return` 写在循环里面", en="the `return` is inside a loop",
    ),
    wrong(
        "conv_forward", "first_row_skipped", "for h in range(n_H)", "for h in range(1, n_H)",
        zh="`range(1, n_H)` 开始得太晚。", en="`range(1, n_H)` begins too late.",
    ),
    wrong(
        "conv_forward", "last_column_skipped", "for w in range(n_W)", "for w in range(n_W - 1)",
        zh="`range(n_W - 1)` 结束得太早。", en="`range(n_W - 1)` ends too early.",
    ),
    wrong(
        "conv_forward", "last_sample_missing", "for i in range(m)", "for i in range(m - 1)",
        zh="`range(m - 1)` 结束得太早。", en="`range(m - 1)` ends too early.",
    ),
    wrong(
        "conv_forward", "samples_reversed", "A_prev_pad[i]", "A_prev_pad[m - 1 - i]",
        zh="沿第 0 维前后颠倒", en="reversed along axis 0",
    ),
    wrong(
        "conv_forward", "rows_and_columns_of_the_output",
        "Z[i, h, w, c] = ", "Z[i, w, h, c] = ", "(m, n_H, n_W, n_C)", "(m, n_W, n_H, n_C)",
        zh="维度按 0、2、1、3 重排", en="with its axes as 0, 2, 1, 3",
    ),
    wrong(
        "conv_forward", "all_channels_overwritten", "Z[i, h, w, c] = ", "Z[i, h, w, :] = ",
        zh="`Z[i, h, w, :]` 取了一段，这里应当只取一个元素。", en="takes a slice where one element belongs",
    ),
    wrong(
        "conv_forward", "channels_of_the_input", Z_ZEROS, "np.zeros((m, n_H, n_W, n_C_prev))",
        zh="该用 n_C 的地方用成了 n_C_prev", en="n_C_prev stands where n_C belongs",
    ),
    wrong(
        "conv_forward", "whole_numbers", Z_ZEROS, "np.zeros((m, n_H, n_W, n_C), dtype=int)",
        zh="里的 `dtype=int` 不对", en="`dtype=int` is not right",
    ),
    wrong(
        "conv_forward", "single_precision", Z_ZEROS, "np.zeros((m, n_H, n_W, n_C), dtype=np.float32)",
        zh="只有 float32 的精度", en="only as precise as float32",
    ),
    wrong(
        "conv_forward", "pad_and_stride_exchanged",
        'hparameters["stride"]', 'hparameters["…"]',
        'hparameters["pad"]', 'hparameters["stride"]',
        'hparameters["…"]', 'hparameters["pad"]',
        zh="把 stride 与 pad 对调", en="stride and pad change places",
    ),
    wrong(
        "conv_forward", "mean_over_samples", "    return Z, cache", "    return Z / m, cache",
        zh="每个数都是正确值的 1/m 倍", en="Every number is 1/m times",
    ),
    wrong(
        "conv_forward", "rectified", "    return Z, cache", "    return np.maximum(Z, 0), cache",
        zh="这里的 `np.maximum` 是多余的一步。", en="`np.maximum` is not needed here.",
    ),
    wrong(
        "conv_forward", "bias_subtracted", "b[:, :, :, c])", "-b[:, :, :, c])",
        zh="b 应当加上，却被减掉了", en="b is subtracted where it should be added",
    ),
    wrong(
        "conv_forward", "input_changed",
        "A_prev_pad = zero_pad(A_prev, pad)", "A_prev_pad = zero_pad(A_prev, pad)\n    A_prev *= 2",
        zh="改动了传进来的参数 A_prev", en="changes its argument A_prev",
    ),
    wrong(
        "conv_forward", "filter_of_the_example",
        "vert_start + f", "vert_start + 2", "horiz_start + f", "horiz_start + 2",
        zh="`2` 是示例里的尺寸", en="`2` is a size of the example; other inputs have another size.",
    ),
    wrong(
        "conv_forward", "cache_in_another_order",
        "(A_prev, W, b, hparameters)\n    ###", "(A_prev, b, W, hparameters)\n    ###",
        zh="`(A_prev, b, W, hparameters)` 里的次序不对。", en="the order in `(A_prev, b",
    ),
    wrong(
        "conv_forward", "cache_is_none", "cache = (A_prev, W, b, hparameters)", "cache = None",
        zh="cache：你的函数在这里给出的是 None", en="cache: Your function gives None here", plain=True,
    ),
    wrong(
        "conv_forward", "one_output_only", "    return Z, cache", "    return Z",
        zh="给出的是数组，应当是元组：是不是少放了几项", en="a tuple is expected: is something left out", plain=True,
    ),
    wrong(
        "conv_forward", "outputs_exchanged", "    return Z, cache", "    return cache, Z",
        zh="返回的是 cache, Z，应当是 Z, cache", en="your function returns cache, Z, but Z, cache is expected",
    ),
    wrong(
        "conv_forward", "true_division", "// stride", "/ stride",
        zh="请改用 `//`", en="write `//`", plain=True,
    ),
)  # fmt: skip

CONV_BACKWARD = (
    wrong(
        "conv_backward", "db_missing", "db[:, :, :, c] += dZ[i, h, w, c]", "db[:, :, :, c] += 0",
        zh="db：返回的全是零", en="db: Nothing but zeros comes back",
    ),
    wrong(
        "conv_backward", "db_is_a_mean", "return dA_prev, dW, db", "return dA_prev, dW, db / (m * n_H * n_W)",
        zh="正确值的 1/(m*n_H*n_W) 倍", en="1/(m*n_H*n_W) times",
    ),
    wrong(
        "conv_backward", "padding_kept", "return dA_prev, dW, db", "return dA_prev_pad, dW, db",
        zh="dA_prev：第 1 维的长度成了 n_H_prev + 2*pad", en="dA_prev: Axis 1 has the length n_H_prev + 2*pad",
    ),
    wrong(
        "conv_backward", "dW_is_a_mean", "return dA_prev, dW, db", "return dA_prev, dW / m, db",
        zh="dW：每个数都是正确值的 1/m 倍", en="dW: Every number is 1/m times",
    ),
    wrong(
        "conv_backward", "dW_halved", "return dA_prev, dW, db", "return dA_prev, dW / 2, db",
        zh="dW：每个数都是正确值的 0.5 倍", en="dW: Every number is 0.5 times",
    ),
    wrong(
        "conv_backward", "signs", "return dA_prev, dW, db", "return -dA_prev, -dW, -db",
        zh="正负号都反了", en="the wrong sign",
    ),
    wrong(
        "conv_backward", "db_flat", "return dA_prev, dW, db", "return dA_prev, dW, db.reshape(-1)",
        zh="db：数值和次序都对，只是形状不对", en="db: The numbers and their order are right",
    ),
    wrong(
        "conv_backward", "dW_for_each_sample",
        "dW = np.zeros((f, f, n_C_prev, n_C))", "dW = np.zeros((m, f, f, n_C_prev, n_C))",
        "dW[:, :, :, c]", "dW[i, :, :, :, c]",
        zh="沿第 0 维求和之后就对了", en="summed over axis 0, this would be right",
    ),
    wrong(
        "conv_backward", "dA_starts_from_the_input",
        "dA_prev = np.zeros((m, n_H_prev, n_W_prev, n_C_prev))", "dA_prev = A_prev.copy()",
        "dA_prev[i, :, :, :] = ", "dA_prev[i, :, :, :] += ", "zero_pad(dA_prev, pad)", "zero_pad(0 * dA_prev, pad)",
        zh="dA_prev：A_prev 多加了一次", en="dA_prev: A_prev is added once too often",
    ),
)  # fmt: skip

POOL_FORWARD = (
    wrong(
        "pool_forward", "sizes_of_the_example", "n_C_prev) = A_prev.shape", "n_C_prev) = (2, 4, 4, 3)",
        zh="`(2, 4, 4, 3)` 是示例里的尺寸", en="`(2, 4, 4, 3)` are the sizes of the example",
    ),
    wrong(
        "pool_forward", "sample_index_forgotten", "A_prev[i, vert", "A_prev[vert",
        zh="少了一个下标", en="an index is missing",
    ),
    wrong(
        "pool_forward", "smallest_for_largest", "np.max(a", "np.min(a",
        zh="这里不该用函数 `np.min`。", en="`np.min` is not the right function here.",
    ),
    wrong(
        "pool_forward", "modes_exchanged",
        'mode == "max"', 'mode == "…"', 'mode == "average"', 'mode == "max"', 'mode == "…"', 'mode == "average"',
        zh='mode 的 "average" 与 "max" 弄反了', en='"average" and "max" of mode are swapped',
    ),
    wrong(
        "pool_forward", "default_mode", 'mode="max"):', 'mode="average"):',
        zh='只有不写 mode 的调用才不对，结果就像 mode 是 "average"', en='as if it were "average". What is its default?',
    ),
    wrong(
        "pool_forward", "median_for_mean", "np.mean(a", "np.median(a",
        zh="这里不该用函数 `np.median`。", en="`np.median` is not the right function here.",
    ),
    wrong(
        "pool_forward", "mean_over_f", "np.mean(a_prev_slice)", "np.sum(a_prev_slice) / f",
        zh='仅在 mode == "average" 时，每个数都是正确值的 f 倍', en="Every number is f times",
    ),
    wrong(
        "pool_forward", "first_channel_only", "for c in range(n_C)", "for c in range(1)",
        zh="`range(1)` 结束得太早。", en="`range(1)` ends too early.",
    ),
    wrong(
        "pool_forward", "one_row_too_many",
        "n_H = (n_H_prev - f) // stride + 1", "n_H = (n_H_prev - f) // stride + 2",
        zh="(n_H_prev - f)//stride + 2", en="its length is (n_H_prev - f)//stride + 2",
    ),
    wrong(
        "pool_forward", "samples_mixed",
        "A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
        "A_prev[:, vert_start:vert_end, horiz_start:horiz_end, c]",
        zh="这里应当只取一个元素", en="takes a slice where one element belongs",
    ),
    wrong(
        "pool_forward", "cache_without_hparameters", "cache = (A_prev, hparameters)", "cache = A_prev",
        zh="cache：你的函数在这里给出的是数组，应当是元组", en="cache: Your function gives an array here", plain=True,
    ),
)  # fmt: skip

MASK = (
    wrong(
        "create_mask_from_window", "place_for_mask", "x == np.max(x)", "np.argmax(x)",
        zh="少了 2 个维度", en="2 axes too few",
    ),
    wrong(
        "create_mask_from_window", "everything", "x == np.max(x)", "np.ones(x.shape, dtype=bool)",
        zh="每个位置上都是同一个数", en="The same number stands in every place",
    ),
    wrong(
        "create_mask_from_window", "turned", "x == np.max(x)", "(x == np.max(x)).T",
        zh="维度按 1、0 重排", en="with its axes as 1, 0",
    ),
    wrong(
        "create_mask_from_window", "nothing_is_larger", "x == np.max(x)", "x > np.max(x)",
        zh="`x > np.max(x)` 里的比较运算符 `>` 用错了。", en="`>` is not the right comparison in `x > np.max(x)`.",
    ),
    wrong(
        "create_mask_from_window", "above_the_mean", "x == np.max(x)", "x >= np.mean(x)",
        zh="这里不该用函数 `np.mean`。", en="`np.mean` is not the right function here.",
    ),
)  # fmt: skip

SHARE = (
    wrong(
        "distribute_value", "divides_by_the_width", "dz / (n_H * n_W)", "dz / n_W",
        zh="正确值的 n_H 倍", en="Every number is n_H times",
    ),
    wrong(
        "distribute_value", "divides_by_the_root", "dz / (n_H * n_W)", "dz / np.sqrt(n_H * n_W)",
        zh="正确值的 sqrt(result.size) 倍", en="Every number is sqrt(result.size) times",
    ),
    wrong(
        "distribute_value", "precedence", "dz / (n_H * n_W)", "dz / n_H * n_W",
        zh="正确值的 n_W*n_W 倍", en="Every number is n_W*n_W times",
    ),
    wrong(
        "distribute_value", "as_if_always_two_by_two", "dz / (n_H * n_W)", "dz / 4",
        zh="正确值的 result.size/4 倍", en="Every number is result.size/4 times",
    ),
    wrong(
        "distribute_value", "flat", "np.full((n_H, n_W), average)", "np.full(n_H * n_W, average)",
        zh="只是形状不对", en="only the shape is not",
    ),
    wrong(
        "distribute_value", "first_place_only",
        "np.full((n_H, n_W), average)", "np.zeros((n_H, n_W))\n    a[0, 0] = dz",
        zh="处是", en="is expected", plain=True,
    ),
)  # fmt: skip

POOL_BACKWARD = (
    wrong(
        "pool_backward", "whole_window_of_dA",
        "mask * dA[i, h, w, c]", "mask * dA[i, vert_start:vert_end, horiz_start:horiz_end, c]",
        zh="取了一段，这里应当只取一个元素", en="takes a slice where one element belongs",
    ),
    wrong("pool_backward", "subtracts", "c] += ", "c] -= ", zh="正负号都反了", en="the wrong sign"),
    wrong(
        "pool_backward", "without_mask", "mask * dA", "dA",
        zh='仅在 mode == "max" 时，这正是 A_prev 全为零时的结果', en='Only where mode == "max"',
    ),
    wrong(
        "pool_backward", "starts_from_the_input", "np.zeros(A_prev.shape)", "A_prev.copy()",
        zh="A_prev 多加了一次", en="A_prev is added once too often",
    ),
    wrong(
        "pool_backward", "default_mode", 'mode="max"):', 'mode="average"):',
        zh="只有不写 mode 的调用才不对", en="Only calls that leave mode out are wrong",
    ),
    wrong(
        "pool_backward", "halves", "mask * dA[i, h, w, c]", "mask * dA[i, h, w, c] / 2",
        zh="`mask * dA[i, h, w, c] / 2` 里的 `2` 是多余的。", en="`2` does not belong in `mask * dA[i, h, w, c] / 2`.",
    ),
    wrong(
        "pool_backward", "first_gradient_for_all", "mask * dA[i, h, w, c]", "mask * dA[i, 0, 0, c]",
        zh="有一个下标是写死的", en="`dA[i, 0, 0, c]` is fixed",
    ),
    wrong(
        "pool_backward", "returns_dA", "return dA_prev", "return dA",
        zh="`return dA` 里的名字 `dA` 用错了。", en="`dA` is not the right name in `return dA`.",
    ),
    wrong(
        "pool_backward", "shape_of_dA", "np.zeros(A_prev.shape)", "np.zeros(dA.shape)",
        zh="`np.zeros(dA.shape)` 里的名字 `dA` 用错了。", en="`dA` is not the right name in `np.zeros(dA.shape)`.",
    ),
)  # fmt: skip

VARIANTS = (
    *ZERO_PAD, *CONV_SINGLE_STEP, *CONV_FORWARD, *CONV_BACKWARD, *POOL_FORWARD, *MASK, *SHARE, *POOL_BACKWARD,
)  # fmt: skip
