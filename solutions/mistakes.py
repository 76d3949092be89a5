# ruff: noqa: F821
"""八个函数的典型错误：每一个都是参考实现的一种错法，附由浅入深的提示。

这个文件只被读取，从不运行。`@mistake` 下面是一个写错的函数；`edit` 把参考函数里的几处文字换掉。
提示的第一步指出想法错在哪里，最后一步几乎说出该怎么做，但从不给出整行代码。
"""

# zero_pad


@mistake(
    of="zero_pad",
    zh=["看看 X 的四个维度各是什么：哪些是图像的边？", "通道维也被填充了；它不是图像的边，那一对应当是 (0, 0)。"],
    en=[
        "Look at what the four axes of X are: which of them are edges of an image?",
        "The channel axis was padded too; it is no edge of an image, so its pair should be (0, 0).",
    ],
)
def pads_channels(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (pad, pad)), "constant")


@mistake(
    of="zero_pad",
    zh=[
        "输出的样本数和通道数还和输入一样吗？",
        "只传一个 pad 会把四个维度都填充；要给每个维度一对数，样本和通道用 (0, 0)。",
    ],
    en=[
        "Does the output have as many samples and channels as the input?",
        "A single pad widens all four axes; give one pair for each axis, (0, 0) for samples and channels.",
    ],
)
def pads_every_axis(X, pad):
    return np.pad(X, pad, "constant")


@mistake(
    of="zero_pad",
    zh=["维度从 0 数起：第 0 维是样本。", "填充的是第 0、1 维；高和宽是第 1、2 维，把成对的数往后挪一位。"],
    en=[
        "Axes are counted from 0, and axis 0 is the samples.",
        "Axes 0 and 1 were padded; height and width are axes 1 and 2, so move the pairs on by one.",
    ],
)
def pads_samples_and_height(X, pad):
    return np.pad(X, ((pad, pad), (pad, pad), (0, 0), (0, 0)), "constant")


@mistake(
    of="zero_pad",
    zh=["图像应当在填充后的正中间吗？", "只填了下边和右边；每一对数（前，后）的两个都应当是 pad。"],
    en=[
        "Should the image be in the middle of what was padded?",
        "Only the bottom and the right were padded; both numbers of a pair (before, after) should be pad.",
    ],
)
def pads_after_only(X, pad):
    return np.pad(X, ((0, 0), (0, pad), (0, pad), (0, 0)), "constant")


@mistake(
    of="zero_pad",
    zh=["图像有高也有宽。", "只填充了高；宽（第 2 维）也要前后各补 pad。"],
    en=[
        "An image has a height and a width.",
        "Only the height was padded; the width, axis 2, needs pad on both sides too.",
    ],
)
def pads_height_only(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (0, 0), (0, 0)), "constant")


@mistake(
    of="zero_pad",
    zh=["图像有高也有宽。", "只填充了宽；高（第 1 维）也要前后各补 pad。"],
    en=[
        "An image has a height and a width.",
        "Only the width was padded; the height, axis 1, needs pad on both sides too.",
    ],
)
def pads_width_only(X, pad):
    return np.pad(X, ((0, 0), (0, 0), (pad, pad), (0, 0)), "constant")


edit(
    of="zero_pad",
    name="repeats_the_edge",
    replace=[('mode="constant", constant_values=0', 'mode="edge"')],
    zh=["新补的一圈里应当是什么数？", "补上去的是边缘像素的复制；np.pad 的方式要选常数，常数是 0。"],
    en=[
        "Which number belongs in the new border?",
        "The border repeats the pixels at the edge; np.pad should be in its constant mode, with the constant 0.",
    ],
)

edit(
    of="zero_pad",
    name="pads_with_ones",
    replace=[("constant_values=0", "constant_values=1")],
    zh=["函数名叫“零填充”。", "补上去的是 1；常数应当是 0。"],
    en=["The function is called zero padding.", "The border is made of ones; the constant should be 0."],
)

edit(
    of="zero_pad",
    name="always_two",
    replace=[("(pad, pad), (pad, pad)", "(2, 2), (2, 2)")],
    zh=["示例里的 pad 是 2，别的时候呢？", "填充的圈数写死成了 2；应当用参数 pad。"],
    en=["The example has pad 2; what about other calls?", "The width is fixed at 2; use the argument pad."],
)

edit(
    of="zero_pad",
    name="pads_twice_as_much",
    replace=[("(pad, pad), (pad, pad)", "(2 * pad, 2 * pad), (2 * pad, 2 * pad)")],
    zh=["公式里的 2*pad 是两侧合起来的。", "每一侧都补了 2*pad；每一侧只补 pad，合起来才是 2*pad。"],
    en=[
        "The 2*pad of the formula is for both sides together.",
        "Each side got 2*pad; with pad on each side the two make 2*pad.",
    ],
)

edit(
    of="zero_pad",
    name="keyword_misspelt",
    replace=[("constant_values", "constant_value")],
    zh=["np.pad 不认识这个参数名。", "参数名少了一个字母：它是复数 constant_values。"],
    en=[
        "np.pad does not know an argument of this name.",
        "A letter is missing in the name: it is plural, constant_values.",
    ],
)

# conv_single_step

edit(
    of="conv_single_step",
    name="bias_in_every_term",
    replace=[("s = a_slice_prev * W", "s = a_slice_prev * W + b"), ("Z = Z + b.item()", "Z = float(Z)")],
    zh=[
        "偏置一共应当加几次？",
        "偏置在求和之前加，就被加了 f*f*n_C_prev 次（2017 年的老版本这样写）；应当先求和，再加一次。",
    ],
    en=[
        "How often should the bias be added in all?",
        "Added before the sum, the bias counts f*f*n_C_prev times (a version of 2017 did so); "
        "sum first, then add it once.",
    ],
)

edit(
    of="conv_single_step",
    name="bias_missing",
    replace=[("Z = Z + b.item()", "Z = float(Z)")],
    zh=["公式里有三样东西：窗口、权重，还有……", "偏置 b 没有用上；求和之后把它加上。"],
    en=[
        "The formula has three things in it: the window, the weights and …",
        "The bias b was not used; add it after the sum.",
    ],
)

edit(
    of="conv_single_step",
    name="mean_for_sum",
    replace=[("np.sum(s)", "np.mean(s)")],
    zh=["把窗口缩成一个数，用的是求和还是平均？", "这里取了平均；卷积是逐元素相乘再求和。"],
    en=[
        "Is the window made one number by a sum or by a mean?",
        "A mean was taken; convolution multiplies element by element and sums.",
    ],
)

edit(
    of="conv_single_step",
    name="adds_for_product",
    replace=[("a_slice_prev * W", "a_slice_prev + W")],
    zh=["窗口与权重之间是什么运算？", "窗口与权重被相加了；应当逐元素相乘。"],
    en=[
        "Which operation stands between the window and the weights?",
        "The window and the weights were added; multiply them element by element.",
    ],
)

edit(
    of="conv_single_step",
    name="first_channel_only",
    replace=[("np.sum(s)", "np.sum(s[:, :, 0])")],
    zh=["滤波器有多深？", "只对第 0 个通道求了和；一个滤波器要把所有通道加在一起。"],
    en=["How deep is a filter?", "Only channel 0 was summed; one filter adds up all channels."],
)

edit(
    of="conv_single_step",
    name="no_sum",
    replace=[("np.sum(s)", "s")],
    zh=["一个窗口放一次滤波器，应当得到几个数？", "结果还是一个数组；相乘之后要把所有元素加起来。"],
    en=[
        "How many numbers should one placing of a filter give?",
        "The result is still an array; add up all elements after multiplying.",
    ],
)

edit(
    of="conv_single_step",
    name="sums_one_axis",
    replace=[("np.sum(s)", "np.sum(s, axis=0)")],
    zh=["求和要跨过哪几个维度？", "只沿一个维度求了和；不指定 axis，才会把所有元素加成一个数。"],
    en=[
        "Over which axes does the sum go?",
        "The sum went along one axis only; without an axis all elements make one number.",
    ],
)

edit(
    of="conv_single_step",
    name="bias_subtracted",
    replace=[("Z + b.item()", "Z - b.item()")],
    zh=["检查偏置的符号。", "偏置被减掉了；它应当是加上去的。"],
    en=["Check the sign of the bias.", "The bias was subtracted; it should be added."],
)

edit(
    of="conv_single_step",
    name="filter_flipped",
    replace=[("a_slice_prev * W", "a_slice_prev * W[::-1, ::-1, :]")],
    zh=[
        "深度学习里的“卷积”与数学里的卷积差一步。",
        "滤波器被上下左右翻转了；这里不翻转，同一位置的元素直接相乘。",
    ],
    en=[
        "What deep learning calls convolution leaves out one step of the mathematical one.",
        "The filter was flipped; here elements in the same place are multiplied, without a flip.",
    ],
)

# conv_forward

edit(
    of="conv_forward",
    name="stride_ignored",
    replace=[('hparameters["stride"]', "1")],
    zh=["滤波器每次移动几格？", "步长没有用上：输出的大小和窗口的起点都要用 stride。"],
    en=[
        "How far does the filter move each time?",
        "The stride was not used: both the output's size and where a window starts depend on it.",
    ],
)

edit(
    of="conv_forward",
    name="window_ignores_stride",
    replace=[("h * stride", "h"), ("w * stride", "w")],
    zh=["输出的大小对了；再看窗口从哪里开始。", "窗口每次只移动了一格；起点应当是输出的下标乘以步长。"],
    en=[
        "The size of the output is right; now look where a window starts.",
        "The window moves by one each time; its start is the output's index times the stride.",
    ],
)

edit(
    of="conv_forward",
    name="width_from_height",
    replace=[("n_W = (n_W_prev", "n_W = (n_H_prev")],
    zh=["用不是正方形的图像试一试。", "n_W 是用输入的高算出来的；应当用输入的宽。"],
    en=["Try an image that is not square.", "n_W was computed from the input's height; it needs the input's width."],
)

edit(
    of="conv_forward",
    name="height_from_width",
    replace=[("n_H = (n_H_prev", "n_H = (n_W_prev")],
    zh=["用不是正方形的图像试一试。", "n_H 是用输入的宽算出来的；应当用输入的高。"],
    en=["Try an image that is not square.", "n_H was computed from the input's width; it needs the input's height."],
)

edit(
    of="conv_forward",
    name="padding_forgotten",
    replace=[("A_prev_pad = zero_pad(A_prev, pad)", "A_prev_pad = A_prev")],
    zh=["窗口应当从哪个数组里切出来？", "输入没有填充；先用 zero_pad 得到填充后的输入，再从那里切窗口。"],
    en=[
        "Which array should the windows be cut from?",
        "The input was not padded; make the padded input with zero_pad and cut the windows from that.",
    ],
)

edit(
    of="conv_forward",
    name="size_without_padding",
    replace=[(" + 2 * pad", "")],
    zh=["填充让输入变大了多少？", "输出的大小没有算上填充；公式里要加 2*pad。"],
    en=[
        "By how much does padding enlarge the input?",
        "The output's size leaves out the padding; the formula adds 2*pad.",
    ],
)

edit(
    of="conv_forward",
    name="size_with_one_pad",
    replace=[("2 * pad", "pad")],
    zh=["填充有几侧？", "输出的大小只算了一侧的填充；两侧合起来是 2*pad。"],
    en=["How many sides are padded?", "The output's size counts the padding of one side; both sides make 2*pad."],
)

edit(
    of="conv_forward",
    name="plus_one_missing",
    replace=[("// stride + 1", "// stride")],
    zh=["滤波器一步也不移动时，有几个输出？", "输出的高和宽都少了 1；公式的末尾有 + 1。"],
    en=[
        "If the filter cannot move at all, how many outputs are there?",
        "The output is one short in height and width; the formula ends in + 1.",
    ],
)

edit(
    of="conv_forward",
    name="rounds_up",
    replace=[
        ("(n_H_prev - f + 2 * pad) // stride", "-((f - n_H_prev - 2 * pad) // stride)"),
        ("(n_W_prev - f + 2 * pad) // stride", "-((f - n_W_prev - 2 * pad) // stride)"),
    ],
    zh=["除不尽时，剩下的像素够不够放下一个完整的窗口？", "这里向上取整了；公式要求向下取整，放不下的窗口就舍去。"],
    en=[
        "When the division leaves a remainder, is there room for one more whole window?",
        "This rounds up; the formula rounds down and drops the window that does not fit.",
    ],
)

edit(
    of="conv_forward",
    name="sample_missing",
    replace=[("A_prev_pad[i]", "A_prev_pad[0]")],
    zh=["每个样本的输出都一样吗？", "每次取的都是第 0 张图像；循环里应当取第 i 张。"],
    en=[
        "Are the outputs of all samples the same?",
        "Image 0 is taken every time; inside the loop it should be image i.",
    ],
)

edit(
    of="conv_forward",
    name="returns_after_first_sample",
    replace=[("for i in range(m):", "for i in range(1):")],
    zh=["只有第 0 个样本算出来了。", "看看 return 的缩进：它在遍历样本的循环里面，第一个样本算完就返回了。"],
    en=[
        "Only sample 0 was computed.",
        "Look at the indentation of the return: it is inside the loop over samples and ends it after the first.",
    ],
)

edit(
    of="conv_forward",
    name="bias_missing",
    replace=[("b[:, :, :, c])", "np.zeros((1, 1, 1)))")],
    zh=["结果与正确答案处处差一个常数，每个通道一个。", "偏置没有传给单步卷积；第 c 个滤波器用第 c 个偏置。"],
    en=[
        "The result is off by a constant, one for each channel.",
        "The bias did not reach the single step; filter c has bias c.",
    ],
)

edit(
    of="conv_forward",
    name="first_bias_for_all",
    replace=[("b[:, :, :, c]", "b[:, :, :, 0]")],
    zh=["第 0 个通道是对的，其他通道呢？", "所有滤波器都用了第 0 个偏置；下标应当是 c。"],
    en=["Channel 0 is right; what about the others?", "Every filter got bias 0; the index should be c."],
)

edit(
    of="conv_forward",
    name="first_filter_for_all",
    replace=[("W[:, :, :, c]", "W[:, :, :, 0]")],
    zh=["第 0 个通道是对的，其他通道呢？", "所有通道都用了第 0 个滤波器；下标应当是 c。"],
    en=["Channel 0 is right; what about the others?", "Every channel used filter 0; the index should be c."],
)

edit(
    of="conv_forward",
    name="horizontal_from_h",
    replace=[("horiz_start = w * stride", "horiz_start = h * stride")],
    zh=["同一行里的各个输出应当来自不同的窗口。", "水平起点用了 h；它应当随 w 移动。"],
    en=[
        "The outputs of one row should come from different windows.",
        "The horizontal start uses h; it should move with w.",
    ],
)

edit(
    of="conv_forward",
    name="rows_and_columns_swapped",
    replace=[("vert_start:vert_end, horiz_start:horiz_end", "horiz_start:horiz_end, vert_start:vert_end")],
    zh=["h 走的是哪个方向？", "h 和 w 用反了：竖直方向的起点跟 h 走，水平方向的起点跟 w 走。"],
    en=[
        "In which direction does h go?",
        "h and w are exchanged: the vertical start follows h, the horizontal one follows w.",
    ],
)

edit(
    of="conv_forward",
    name="window_not_moved",
    replace=[("h * stride", "0"), ("w * stride", "0")],
    zh=["输出的每个位置都一样吗？", "窗口一直停在左上角；起点要随 h 和 w 移动。"],
    en=[
        "Is the output the same in every place?",
        "The window stays in the upper left corner; its start has to move with h and w.",
    ],
)

edit(
    of="conv_forward",
    name="cache_keeps_padded_input",
    replace=[("cache = (A_prev, W", "cache = (A_prev_pad, W")],
    zh=["反向传播会自己再填充一次。", "cache 里存的是填充后的输入；应当存原来的 A_prev。"],
    en=[
        "The backward pass pads once more by itself.",
        "The cache holds the padded input; it should hold A_prev as it came in.",
    ],
)

edit(
    of="conv_forward",
    name="cache_without_hparameters",
    replace=[("cache = (A_prev, W, b, hparameters)", "cache = (A_prev, W, b)")],
    zh=["反向传播怎么知道步长和填充？", "cache 里少了 hparameters；四样东西按顺序放进元组。"],
    en=[
        "How will the backward pass know the stride and the padding?",
        "The cache lacks hparameters; put all four things into the tuple, in order.",
    ],
)

# conv_backward

edit(
    of="conv_backward",
    name="stride_ignored",
    replace=[("h * stride", "h"), ("w * stride", "w")],
    zh=["前向传播时，这个输出来自哪个窗口？", "反向的窗口没有用步长；起点应当与前向传播时完全一样。"],
    en=[
        "Which window did this output come from on the way forward?",
        "The windows leave out the stride; they should start exactly where they did on the way forward.",
    ],
)

edit(
    of="conv_backward",
    name="crops_with_negative_pad",
    replace=[("pad : pad + n_H_prev, pad : pad + n_W_prev", "pad:-pad, pad:-pad")],
    zh=["pad 为 0 时，下标 -pad 是多少？", "[pad:-pad] 在 pad 为 0 时是 [0:0]，切出来是空的；用起点加长度来写终点。"],
    en=[
        "What is the index -pad when pad is 0?",
        "With pad 0, [pad:-pad] is [0:0], which is empty; write the end as the start plus a length.",
    ],
)

edit(
    of="conv_backward",
    name="crops_from_the_corner",
    replace=[("pad : pad + n_H_prev, pad : pad + n_W_prev", ":n_H_prev, :n_W_prev")],
    zh=["填充后的图像里，原来的图像从哪里开始？", "切片从左上角开始，把填充留下了；应当从 pad 开始。"],
    en=[
        "Where does the original image start inside the padded one?",
        "The slice starts in the corner and keeps the padding; it should start at pad.",
    ],
)

edit(
    of="conv_backward",
    name="input_not_padded",
    replace=[("a_prev_pad = A_prev_pad[i]", "a_prev_pad = A_prev[i]")],
    zh=["前向传播的窗口切自填充后的输入。", "dW 用的窗口切自没有填充的输入；应当切自 A_prev_pad。"],
    en=[
        "On the way forward the windows were cut from the padded input.",
        "The windows for dW come from the input without padding; cut them from A_prev_pad.",
    ],
)

edit(
    of="conv_backward",
    name="dA_overwritten",
    replace=[("horiz_start:horiz_end, :] += W", "horiz_start:horiz_end, :] = W")],
    zh=["窗口重叠时，一个像素影响几个输出？", "dA 被后来的窗口覆盖了；应当用 += 累加。"],
    en=[
        "When windows overlap, how many outputs does one pixel affect?",
        "dA is overwritten by later windows; accumulate with +=.",
    ],
)

edit(
    of="conv_backward",
    name="dW_overwritten",
    replace=[("dW[:, :, :, c] += a_slice", "dW[:, :, :, c] = a_slice")],
    zh=["同一个滤波器用在多少个位置上？", "dW 只留下了最后一个位置的；应当用 += 把所有位置、所有样本加起来。"],
    en=[
        "In how many places is one filter used?",
        "dW keeps only the last place; accumulate over all places and samples with +=.",
    ],
)

edit(
    of="conv_backward",
    name="db_overwritten",
    replace=[("db[:, :, :, c] += dZ", "db[:, :, :, c] = dZ")],
    zh=["偏置影响多少个输出？", "db 只留下了最后一个位置的；应当用 += 把所有位置、所有样本加起来。"],
    en=[
        "How many outputs does a bias affect?",
        "db keeps only the last place; accumulate over all places and samples with +=.",
    ],
)

edit(
    of="conv_backward",
    name="db_is_dZ",
    replace=[("return dA_prev, dW, db", "return dA_prev, dW, dZ")],
    zh=["db 的形状应当和谁一样？", "返回的是 dZ；db 是把 dZ 按通道加起来，形状与 b 相同。"],
    en=[
        "Whose shape should db have?",
        "What came back is dZ; db adds dZ up for each channel and has the shape of b.",
    ],
)

edit(
    of="conv_backward",
    name="divides_by_m",
    replace=[("return dA_prev, dW, db", "return dA_prev, dW / m, db / m")],
    zh=["损失对样本取平均这件事，已经算在 dZ 里了。", "dW 和 db 多除了一次 m；这里只要求和。"],
    en=[
        "That the loss is a mean over samples is already in dZ.",
        "dW and db were divided by m once more; here they are plain sums.",
    ],
)

edit(
    of="conv_backward",
    name="outputs_in_another_order",
    replace=[("return dA_prev, dW, db", "return dW, dA_prev, db")],
    zh=["对照文档字符串里的返回顺序。", "dA_prev 和 dW 换了位置；先返回 dA_prev。"],
    en=["Compare the order of the outputs with the docstring.", "dA_prev and dW are exchanged; dA_prev comes first."],
)

edit(
    of="conv_backward",
    name="sample_missing",
    replace=[("a_prev_pad = A_prev_pad[i]", "a_prev_pad = A_prev_pad[0]")],
    zh=["只有一个样本时 dW 是对的，多个样本呢？", "每次取的都是第 0 张图像；应当取第 i 张。"],
    en=["dW is right for one sample; what about several?", "Image 0 is taken every time; it should be image i."],
)

edit(
    of="conv_backward",
    name="returns_after_first_sample",
    replace=[("for i in range(m):", "for i in range(1):")],
    zh=["只有第 0 个样本算进去了。", "看看 return 的缩进：它在遍历样本的循环里面，第一个样本算完就返回了。"],
    en=[
        "Only sample 0 was counted.",
        "Look at the indentation of the return: it is inside the loop over samples and ends it after the first.",
    ],
)

edit(
    of="conv_backward",
    name="horizontal_from_h",
    replace=[("horiz_start = w * stride", "horiz_start = h * stride")],
    zh=["同一行里的各个输出来自不同的窗口。", "水平起点用了 h；它应当随 w 移动。"],
    en=["The outputs of one row come from different windows.", "The horizontal start uses h; it should move with w."],
)

edit(
    of="conv_backward",
    name="rows_and_columns_swapped",
    replace=[("vert_start:vert_end, horiz_start:horiz_end", "horiz_start:horiz_end, vert_start:vert_end")],
    zh=["h 走的是哪个方向？", "h 和 w 用反了：竖直方向的起点跟 h 走，水平方向的起点跟 w 走。"],
    en=[
        "In which direction does h go?",
        "h and w are exchanged: the vertical start follows h, the horizontal one follows w.",
    ],
)

edit(
    of="conv_backward",
    name="first_filter_for_all",
    replace=[("W[:, :, :, c] * dZ", "W[:, :, :, 0] * dZ")],
    zh=["第 c 个输出通道是哪个滤波器算出来的？", "dA 总是乘以第 0 个滤波器；下标应当是 c。"],
    en=["Which filter made output channel c?", "dA is always multiplied by filter 0; the index should be c."],
)

edit(
    of="conv_backward",
    name="gradient_of_dW_with_weights",
    replace=[("+= a_slice * dZ", "+= W[:, :, :, c] * dZ")],
    zh=["Z 对 W 求导，剩下的是什么？", "dW 乘的是权重；它应当乘输入的窗口 a_slice。"],
    en=[
        "What is left when Z is differentiated by W?",
        "dW was multiplied by the weights; it should be the window of the input, a_slice.",
    ],
)

# pool_forward

edit(
    of="pool_forward",
    name="maximum_starts_at_zero",
    replace=[("np.max(a_prev_slice)", "max(0.0, np.max(a_prev_slice))")],
    zh=["用全是负数的窗口试一试。", "最大值是从 0 开始比较的；负数窗口的最大值也是负数。"],
    en=[
        "Try a window of negative numbers only.",
        "The search for the maximum starts at 0; the maximum of negative numbers is negative.",
    ],
)

edit(
    of="pool_forward",
    name="maximum_of_absolute_values",
    replace=[("np.max(a_prev_slice)", "np.max(np.abs(a_prev_slice))")],
    zh=["-5 和 2，哪个大？", "比较的是绝对值；应当比较数本身。"],
    en=["Which is larger, -5 or 2?", "Absolute values were compared; compare the numbers themselves."],
)

edit(
    of="pool_forward",
    name="sample_missing",
    replace=[("A_prev[i, vert_start", "A_prev[0, vert_start")],
    zh=["每个样本的输出都一样吗？", "切片里没有用样本的下标 i，取的总是第 0 个样本。"],
    en=[
        "Are the outputs of all samples the same?",
        "The slice leaves out the sample's index i and always takes sample 0.",
    ],
)

edit(
    of="pool_forward",
    name="channels_pooled_together",
    replace=[("horiz_start:horiz_end, c]", "horiz_start:horiz_end, :]")],
    zh=["池化会改变通道数吗？每个通道各自池化。", "窗口里包括了所有通道；切片的最后一个下标应当是 c。"],
    en=[
        "Each channel is pooled on its own.",
        "The window holds all channels; the last index of the slice should be c.",
    ],
)

edit(
    of="pool_forward",
    name="stride_ignored",
    replace=[('hparameters["stride"]', "1")],
    zh=["窗口每次移动几格？", "步长没有用上：输出的大小和窗口的起点都要用 stride。"],
    en=[
        "How far does the window move each time?",
        "The stride was not used: both the output's size and where a window starts depend on it.",
    ],
)

edit(
    of="pool_forward",
    name="window_ignores_stride",
    replace=[("h * stride", "h"), ("w * stride", "w")],
    zh=["输出的大小对了；再看窗口从哪里开始。", "窗口每次只移动了一格；起点应当是输出的下标乘以步长。"],
    en=[
        "The size of the output is right; now look where a window starts.",
        "The window moves by one each time; its start is the output's index times the stride.",
    ],
)

edit(
    of="pool_forward",
    name="moves_by_window_size",
    replace=[("h * stride", "h * f"), ("w * stride", "w * f")],
    zh=["窗口的大小和步长是两回事。", "窗口每次移动了 f 格；应当移动 stride 格。"],
    en=[
        "The size of the window and the stride are two things.",
        "The window moves by f each time; it should move by the stride.",
    ],
)

edit(
    of="pool_forward",
    name="width_from_height",
    replace=[("n_W = (n_W_prev", "n_W = (n_H_prev")],
    zh=["用不是正方形的图像试一试。", "n_W 是用输入的高算出来的；应当用输入的宽。"],
    en=["Try an image that is not square.", "n_W was computed from the input's height; it needs the input's width."],
)

edit(
    of="pool_forward",
    name="rounds_up",
    replace=[
        ("(n_H_prev - f) // stride", "-((f - n_H_prev) // stride)"),
        ("(n_W_prev - f) // stride", "-((f - n_W_prev) // stride)"),
    ],
    zh=["除不尽时，剩下的像素够不够放下一个完整的窗口？", "这里向上取整了；公式要求向下取整，放不下的窗口就舍去。"],
    en=[
        "When the division leaves a remainder, is there room for one more whole window?",
        "This rounds up; the formula rounds down and drops the window that does not fit.",
    ],
)

edit(
    of="pool_forward",
    name="plus_one_missing",
    replace=[("// stride + 1", "// stride")],
    zh=["窗口一步也不移动时，有几个输出？", "输出的高和宽都少了 1；公式的末尾有 + 1。"],
    en=[
        "If the window cannot move at all, how many outputs are there?",
        "The output is one short in height and width; the formula ends in + 1.",
    ],
)

edit(
    of="pool_forward",
    name="horizontal_from_h",
    replace=[("horiz_start = w * stride", "horiz_start = h * stride")],
    zh=["同一行里的各个输出应当来自不同的窗口。", "水平起点用了 h；它应当随 w 移动。"],
    en=[
        "The outputs of one row should come from different windows.",
        "The horizontal start uses h; it should move with w.",
    ],
)

edit(
    of="pool_forward",
    name="rows_and_columns_swapped",
    replace=[("vert_start:vert_end, horiz_start:horiz_end", "horiz_start:horiz_end, vert_start:vert_end")],
    zh=["h 走的是哪个方向？", "h 和 w 用反了：竖直方向的起点跟 h 走，水平方向的起点跟 w 走。"],
    en=[
        "In which direction does h go?",
        "h and w are exchanged: the vertical start follows h, the horizontal one follows w.",
    ],
)

edit(
    of="pool_forward",
    name="always_maximum",
    replace=[("np.mean(a_prev_slice)", "np.max(a_prev_slice)")],
    zh=["mode 有两种取值，各试一次。", '平均池化也取了最大值；mode 为 "average" 时应当取平均。'],
    en=[
        "There are two modes; try each.",
        'Average pooling took the maximum too; take the mean when mode is "average".',
    ],
)

edit(
    of="pool_forward",
    name="always_average",
    replace=[("np.max(a_prev_slice)", "np.mean(a_prev_slice)")],
    zh=["mode 有两种取值，各试一次。", '最大池化也取了平均；mode 为 "max" 时应当取最大值。'],
    en=["There are two modes; try each.", 'Max pooling took the mean too; take the maximum when mode is "max".'],
)

edit(
    of="pool_forward",
    name="mode_misspelt",
    replace=[('"average"', '"avarage"')],
    zh=["平均池化的结果全是 0。", "程序没有走进平均池化的分支；检查与 mode 比较的那个词的拼写：average。"],
    en=[
        "Average pooling gives nothing but zeros.",
        "Its branch was never taken; check how the word that mode is compared with is spelt: average.",
    ],
)

edit(
    of="pool_forward",
    name="sum_for_mean",
    replace=[("np.mean(a_prev_slice)", "np.sum(a_prev_slice)")],
    zh=["平均与总和差一个因子。", "平均池化只求了和；还要除以窗口里的元素个数。"],
    en=[
        "A mean and a sum differ by a factor.",
        "Average pooling only summed; divide by the number of elements in the window.",
    ],
)

edit(
    of="pool_forward",
    name="returns_after_first_sample",
    replace=[("for i in range(m):", "for i in range(1):")],
    zh=["只有第 0 个样本算出来了。", "看看 return 的缩进：它在遍历样本的循环里面，第一个样本算完就返回了。"],
    en=[
        "Only sample 0 was computed.",
        "Look at the indentation of the return: it is inside the loop over samples and ends it after the first.",
    ],
)

edit(
    of="pool_forward",
    name="cache_keeps_output",
    replace=[("cache = (A_prev, hparameters)", "cache = (A, hparameters)")],
    zh=["反向传播要在输入里找最大值的位置。", "cache 里存的是输出 A；应当存输入 A_prev。"],
    en=[
        "The backward pass looks for the maximum's place in the input.",
        "The cache holds the output A; it should hold the input A_prev.",
    ],
)

# create_mask_from_window

edit(
    of="create_mask_from_window",
    name="value_for_mask",
    replace=[("x == np.max(x)", "np.max(x)")],
    zh=["要返回的是最大值，还是它的位置？", "返回了最大值本身；应当把 x 的每个元素与它比较，得到与 x 形状相同的数组。"],
    en=[
        "Is it the maximum that is asked for, or its place?",
        "The maximum itself came back; compare each element of x with it, which gives an array of x's shape.",
    ],
)


@mistake(
    of="create_mask_from_window",
    zh=[
        "最大值出现两次时，掩码里应当有几个 True？",
        "只标了第一个最大值；把 x 的每个元素都与最大值比较，并列的就都标上了。",
    ],
    en=[
        "If the maximum occurs twice, how often should the mask be True?",
        "Only the first maximum is marked; compare every element of x with the maximum, and ties are all marked.",
    ],
)
def first_maximum_only(x):
    mask = np.zeros(x.shape, dtype=bool)
    mask[np.unravel_index(np.argmax(x), x.shape)] = True
    return mask


edit(
    of="create_mask_from_window",
    name="maximum_of_each_column",
    replace=[("np.max(x)", "np.max(x, axis=0)")],
    zh=["一个窗口只有一个最大值。", "这里每一列各取了一个最大值；不指定 axis，才是整个窗口的最大值。"],
    en=[
        "One window has one maximum.",
        "Every column had its own maximum here; without an axis it is that of the whole window.",
    ],
)

edit(
    of="create_mask_from_window",
    name="maximum_of_each_row",
    replace=[("np.max(x)", "np.max(x, axis=1, keepdims=True)")],
    zh=["一个窗口只有一个最大值。", "这里每一行各取了一个最大值；不指定 axis，才是整个窗口的最大值。"],
    en=[
        "One window has one maximum.",
        "Every row had its own maximum here; without an axis it is that of the whole window.",
    ],
)

edit(
    of="create_mask_from_window",
    name="absolute_values",
    replace=[("x == np.max(x)", "np.abs(x) == np.max(np.abs(x))")],
    zh=["-5 和 2，哪个大？", "比较的是绝对值；应当比较数本身。"],
    en=["Which is larger, -5 or 2?", "Absolute values were compared; compare the numbers themselves."],
)

edit(
    of="create_mask_from_window",
    name="positive_entries",
    replace=[("x == np.max(x)", "x > 0")],
    zh=["最大值一定是正数吗？", "标出的是正数；应当标出等于最大值的元素。"],
    en=[
        "Is the maximum always positive?",
        "The positive elements are marked; mark those that equal the maximum.",
    ],
)

edit(
    of="create_mask_from_window",
    name="mask_inverted",
    replace=[("x == np.max(x)", "x != np.max(x)")],
    zh=["True 应当标在哪里？", "掩码反了：最大值处应当是 True，其余是 False。"],
    en=["Where should True stand?", "The mask is inverted: True belongs at the maximum, False elsewhere."],
)

edit(
    of="create_mask_from_window",
    name="value_kept",
    replace=[("x == np.max(x)", "x * (x == np.max(x))")],
    zh=["掩码里只有两种值。", "最大值处留下了它的数值；掩码只要 True 和 False。"],
    en=["A mask holds two values only.", "The maximum's own value was kept; a mask is just True and False."],
)

edit(
    of="create_mask_from_window",
    name="minimum_for_maximum",
    replace=[("np.max(x)", "np.min(x)")],
    zh=["标出的是哪个极值？", "标出了最小值；应当标出最大值。"],
    en=["Which extreme is marked?", "The minimum is marked; mark the maximum."],
)

# distribute_value

edit(
    of="distribute_value",
    name="divides_by_sum",
    replace=[("dz / (n_H * n_W)", "dz / (n_H + n_W)")],
    zh=["一个 n_H 行 n_W 列的窗口有多少个位置？", "除的是 n_H 与 n_W 的和；个数是两者的积。2×2 时和与积碰巧相等。"],
    en=[
        "How many places does a window of n_H rows and n_W columns have?",
        "It was divided by the sum of n_H and n_W; the number is their product. For 2 by 2 the two happen to agree.",
    ],
)

edit(
    of="distribute_value",
    name="not_divided",
    replace=[("dz / (n_H * n_W)", "dz")],
    zh=["分完以后，所有位置加起来应当是多少？", "每个位置都得到了整个 dz；要除以位置的个数。"],
    en=[
        "What should all places add up to?",
        "Every place got the whole of dz; divide by the number of places.",
    ],
)

edit(
    of="distribute_value",
    name="divides_by_height_squared",
    replace=[("dz / (n_H * n_W)", "dz / (n_H * n_H)")],
    zh=["用不是正方形的窗口试一试。", "除的是 n_H 的平方；个数是 n_H 乘以 n_W。"],
    en=["Try a window that is not square.", "It was divided by n_H squared; the number of places is n_H times n_W."],
)

edit(
    of="distribute_value",
    name="divides_by_height",
    replace=[("dz / (n_H * n_W)", "dz / n_H")],
    zh=["一个 n_H 行 n_W 列的窗口有多少个位置？", "只除以了 n_H；还要除以 n_W。"],
    en=[
        "How many places does a window of n_H rows and n_W columns have?",
        "It was divided by n_H only; divide by n_W too.",
    ],
)

edit(
    of="distribute_value",
    name="shape_transposed",
    replace=[("np.full((n_H, n_W), average)", "np.full((n_W, n_H), average)")],
    zh=["用不是正方形的窗口试一试。", "行和列换了位置；输出的形状就是参数 shape。"],
    en=[
        "Try a window that is not square.",
        "Rows and columns are exchanged; the output's shape is the argument shape.",
    ],
)

edit(
    of="distribute_value",
    name="scalar_for_array",
    replace=[("np.full((n_H, n_W), average)", "average")],
    zh=["要返回的是一个数，还是一个窗口？", "只返回了每个位置分到的值；要用它填满形状为 shape 的数组。"],
    en=[
        "Is a number asked for, or a window?",
        "Only each place's value came back; fill an array of the given shape with it.",
    ],
)

edit(
    of="distribute_value",
    name="whole_division",
    replace=[("dz / (n_H * n_W)", "dz // (n_H * n_W)")],
    zh=["2 除以 4 是多少？", "// 会把小数部分舍去；梯度是实数，用 /。"],
    en=["What is 2 divided by 4?", "// drops what follows the point; a gradient is a real number, so use /."],
)

# pool_backward

edit(
    of="pool_backward",
    name="stride_ignored",
    replace=[("h * stride", "h"), ("w * stride", "w")],
    zh=["前向传播时，这个输出来自哪个窗口？", "反向的窗口没有用步长；起点应当与前向传播时完全一样。"],
    en=[
        "Which window did this output come from on the way forward?",
        "The windows leave out the stride; they should start exactly where they did on the way forward.",
    ],
)

edit(
    of="pool_backward",
    name="overwritten",
    replace=[("c] += ", "c] = ")],
    zh=["窗口重叠时，一个像素影响几个输出？", "后来的窗口把先前的梯度覆盖了；应当用 += 累加。"],
    en=[
        "When windows overlap, how many outputs does one pixel affect?",
        "Later windows overwrite earlier gradients; accumulate with +=.",
    ],
)

edit(
    of="pool_backward",
    name="sample_missing",
    replace=[("a_prev_slice = A_prev[i", "a_prev_slice = A_prev[0")],
    zh=["只有一个样本时是对的，多个样本呢？", "掩码总是从第 0 个样本算出来的；切片要用样本的下标 i。"],
    en=[
        "It is right for one sample; what about several?",
        "The mask always comes from sample 0; the slice needs the sample's index i.",
    ],
)

edit(
    of="pool_backward",
    name="returns_after_first_sample",
    replace=[("for i in range(m):", "for i in range(1):")],
    zh=["只有第 0 个样本算进去了。", "看看 return 的缩进：它在遍历样本的循环里面，第一个样本算完就返回了。"],
    en=[
        "Only sample 0 was counted.",
        "Look at the indentation of the return: it is inside the loop over samples and ends it after the first.",
    ],
)

edit(
    of="pool_backward",
    name="horizontal_from_h",
    replace=[("horiz_start = w * stride", "horiz_start = h * stride")],
    zh=["同一行里的各个输出来自不同的窗口。", "水平起点用了 h；它应当随 w 移动。"],
    en=["The outputs of one row come from different windows.", "The horizontal start uses h; it should move with w."],
)

edit(
    of="pool_backward",
    name="rows_and_columns_swapped",
    replace=[("vert_start:vert_end, horiz_start:horiz_end", "horiz_start:horiz_end, vert_start:vert_end")],
    zh=["h 走的是哪个方向？", "h 和 w 用反了：竖直方向的起点跟 h 走，水平方向的起点跟 w 走。"],
    en=[
        "In which direction does h go?",
        "h and w are exchanged: the vertical start follows h, the horizontal one follows w.",
    ],
)

edit(
    of="pool_backward",
    name="first_channel_for_mask",
    replace=[
        (
            "a_prev_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
            "a_prev_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, 0]",
        )
    ],
    zh=["第 0 个通道是对的，其他通道呢？", "掩码总是从第 0 个通道算出来的；切片的最后一个下标应当是 c。"],
    en=[
        "Channel 0 is right; what about the others?",
        "The mask always comes from channel 0; the last index of the slice should be c.",
    ],
)

edit(
    of="pool_backward",
    name="mask_multiplied_by_input",
    replace=[("+= mask * dA", "+= mask * a_prev_slice * dA")],
    zh=["最大值的导数是多少？", "梯度多乘了输入的数值；掩码处的导数就是 1。"],
    en=[
        "What is the derivative of the maximum?",
        "The gradient was multiplied by the input as well; where the mask is True the derivative is 1.",
    ],
)

edit(
    of="pool_backward",
    name="always_maximum",
    replace=[('mode == "max"', 'mode in ("max", "average")')],
    zh=["mode 有两种取值，各试一次。", '平均池化也用了掩码；mode 为 "average" 时应当用 distribute_value。'],
    en=[
        "There are two modes; try each.",
        'Average pooling used the mask too; use distribute_value when mode is "average".',
    ],
)

edit(
    of="pool_backward",
    name="always_average",
    replace=[('mode == "max"', 'mode == "never"'), ('mode == "average"', 'mode in ("max", "average")')],
    zh=["mode 有两种取值，各试一次。", '最大池化也平均分配了梯度；mode 为 "max" 时应当用掩码。'],
    en=[
        "There are two modes; try each.",
        'Max pooling spread the gradient evenly too; use the mask when mode is "max".',
    ],
)

edit(
    of="pool_backward",
    name="mode_misspelt",
    replace=[('"average"', '"avarage"')],
    zh=["平均池化的梯度全是 0。", "程序没有走进平均池化的分支；检查与 mode 比较的那个词的拼写：average。"],
    en=[
        "The gradient of average pooling is nothing but zeros.",
        "Its branch was never taken; check how the word that mode is compared with is spelt: average.",
    ],
)

edit(
    of="pool_backward",
    name="gradient_not_shared_out",
    replace=[("distribute_value(dA[i, h, w, c], (f, f))", "np.ones((f, f)) * dA[i, h, w, c]")],
    zh=["窗口里的每个元素对平均值的影响有多大？", "每个位置都得到了整个梯度；应当用 distribute_value 平均分开。"],
    en=[
        "How much does one element of the window affect the mean?",
        "Every place got the whole gradient; share it out with distribute_value.",
    ],
)

edit(
    of="pool_backward",
    name="shared_out_over_f",
    replace=[("distribute_value(dA[i, h, w, c], (f, f))", "np.ones((f, f)) * dA[i, h, w, c] / f")],
    zh=["窗口里有多少个元素？", "梯度只除以了 f；窗口里有 f*f 个元素。"],
    en=["How many elements does the window have?", "The gradient was divided by f only; the window has f*f elements."],
)
