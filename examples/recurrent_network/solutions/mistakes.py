# ruff: noqa: F821
"""九个函数的典型错误：每一个都是参考实现的一种错法，附由浅入深的提示。这个文件只被读取，从不运行。"""

# sigmoid

edit(
    of="sigmoid",
    name="sign_of_the_exponent",
    replace=[("np.exp(-z)", "np.exp(z)")],
    zh=["z 越大，sigmoid 应当越大还是越小？", "指数上少了负号：分母是 1 + e^(-z)。"],
    en=[
        "As z grows, should the sigmoid grow or fall?",
        "The exponent lacks its minus sign: the denominator is 1 + e^(-z).",
    ],
)

edit(
    of="sigmoid",
    name="tanh_for_sigmoid",
    replace=[("1 / (1 + np.exp(-z))", "np.tanh(z)")],
    zh=["z = 0 时 sigmoid 是多少？", "这是 tanh，值在 -1 和 1 之间；sigmoid 的值在 0 和 1 之间。"],
    en=["What is the sigmoid of 0?", "This is tanh, between -1 and 1; a sigmoid lies between 0 and 1."],
)

# rnn_cell_forward

edit(
    of="rnn_cell_forward",
    name="tanh_missing",
    replace=[("np.tanh(x @ Wx + h_prev @ Wh + b)", "x @ Wx + h_prev @ Wh + b")],
    zh=["状态总在 -1 和 1 之间吗？", "激活函数没有用上；相加以后还要取 tanh。"],
    en=["Is the state always between -1 and 1?", "The activation is missing; take tanh of the sum."],
)

edit(
    of="rnn_cell_forward",
    name="sigmoid_for_tanh",
    replace=[("np.tanh(", "sigmoid(")],
    zh=["这一步用的是哪个激活函数？", "用成了 sigmoid；RNN 的状态用 tanh。"],
    en=["Which activation does this step take?", "It is a sigmoid here; the state of an RNN takes tanh."],
)

edit(
    of="rnn_cell_forward",
    name="bias_missing",
    replace=[(" + b)", ")")],
    zh=["公式里有三项：输入、状态，还有……", "偏置 b 没有用上；加在两个乘积之后。"],
    en=["The formula has three terms: the input, the state and …", "The bias b was not used; add it to the products."],
)

edit(
    of="rnn_cell_forward",
    name="state_ignored",
    replace=[(" + h_prev @ Wh", "")],
    zh=["没有上一步的状态，它还是循环网络吗？", "h_prev 没有用上；要加上 h_prev 与 Wh 的乘积。"],
    en=[
        "Is a network recurrent that ignores its last state?",
        "h_prev was not used; add the product of h_prev and Wh.",
    ],
)

edit(
    of="rnn_cell_forward",
    name="state_weights_transposed",
    replace=[("h_prev @ Wh", "h_prev @ Wh.T")],
    zh=["Wh 是方阵，转置了形状也对，数却不对。", "Wh 被转置了；样本是行，所以写 h_prev 乘 Wh，不用转置。"],
    en=[
        "Wh is square, so its transpose fits too, but gives other numbers.",
        "Wh was transposed; samples are rows, so it is h_prev times Wh as it stands.",
    ],
)

edit(
    of="rnn_cell_forward",
    name="elementwise_product",
    replace=[("h_prev @ Wh", "(h_prev * np.diag(Wh))")],
    zh=["* 和 @ 有什么不同？", "状态和权重是逐个元素相乘的；这里要矩阵乘积 @。"],
    en=["What is the difference between * and @?", "State and weights are multiplied entry by entry; use @."],
)

# rnn_forward

edit(
    of="rnn_forward",
    name="state_not_passed_on",
    replace=[("X[:, t], h, Wx", "X[:, t], h0, Wx")],
    zh=["第二步的 h_prev 是什么？", "每一步都从 h0 开始；应当把上一步的 h 传给下一步。"],
    en=["What is h_prev in the second step?", "Every step starts from h0; hand each step the h of the one before."],
)

edit(
    of="rnn_forward",
    name="starts_from_zero",
    replace=[("    h = h0", "    h = np.zeros(h0.shape)")],
    zh=["第一步的 h_prev 是什么？", "开始时的状态写成了零；应当从参数 h0 开始。"],
    en=["What is h_prev in the first step?", "The state starts at zero; start from the argument h0."],
)

edit(
    of="rnn_forward",
    name="backwards_in_time",
    replace=[("for t in range(T):", "for t in reversed(range(T)):")],
    zh=["时间往哪个方向走？", "从最后一步走到了第一步；前向传播从 t = 0 开始。"],
    en=["In which direction does time go?", "This runs from the last step to the first; go forward from t = 0."],
)

edit(
    of="rnn_forward",
    name="last_step_missing",
    replace=[("for t in range(T):", "for t in range(T - 1):")],
    zh=["最后一步算了吗？", "循环少走了一步；range(T) 正好是 T 步。"],
    en=["Was the last step taken?", "The loop ends one step early; range(T) has T steps."],
)

edit(
    of="rnn_forward",
    name="first_input_every_time",
    replace=[("X[:, t]", "X[:, 0]")],
    zh=["每一步看到的输入都一样吗？", "每一步用的都是第 0 个输入；应当用第 t 个。"],
    en=["Does every step see the same input?", "Input 0 is taken every time; take input t."],
)

# lstm_cell_forward

edit(
    of="lstm_cell_forward",
    name="input_before_state",
    replace=[("[h_prev, x]", "[x, h_prev]")],
    zh=["W 的前 n_h 行是给谁的？", "拼接的次序反了：h_prev 在前，x 在后。"],
    en=["Whom do the first n_h rows of W belong to?", "They are joined the other way round: h_prev first, then x."],
)

edit(
    of="lstm_cell_forward",
    name="input_before_forget",
    replace=[("z_f, z_i, z_o", "z_i, z_f, z_o")],
    zh=["四块从左到右是什么？", "f 和 i 认反了：次序是 f、i、o、g。"],
    en=["What are the four blocks from left to right?", "f and i are exchanged: the order is f, i, o, g."],
)

edit(
    of="lstm_cell_forward",
    name="candidate_before_output",
    replace=[("z_o, z_g = ", "z_g, z_o = ")],
    zh=["四块从左到右是什么？", "o 和 g 认反了：次序是 f、i、o、g。"],
    en=["What are the four blocks from left to right?", "o and g are exchanged: the order is f, i, o, g."],
)

edit(
    of="lstm_cell_forward",
    name="candidate_as_a_gate",
    replace=[("np.tanh(z_g)", "sigmoid(z_g)")],
    zh=["候选值可以是负数吗？", "候选值用了 sigmoid；门用 sigmoid，候选值用 tanh。"],
    en=["May the candidate be negative?", "The candidate took a sigmoid; gates take it, the candidate takes tanh."],
)

edit(
    of="lstm_cell_forward",
    name="memory_replaced",
    replace=[("c = f * c_prev + i * g", "c = i * g")],
    zh=["旧的记忆去哪里了？", "旧的记忆全丢了；新的记忆是 f * c_prev 加上 i * g。"],
    en=["Where did the old memory go?", "All of it was dropped; the new memory is f * c_prev plus i * g."],
)

edit(
    of="lstm_cell_forward",
    name="forget_gate_unused",
    replace=[("f * c_prev", "c_prev")],
    zh=["遗忘门乘在谁身上？", "旧的记忆原样留下了；要先乘遗忘门 f。"],
    en=["What does the forget gate multiply?", "The old memory is kept whole; multiply it by f first."],
)

edit(
    of="lstm_cell_forward",
    name="one_minus_forget",
    replace=[("i * g", "(1 - f) * g")],
    zh=["LSTM 有几个门？", "写入用了 1 - f，那是 GRU 的做法；LSTM 有自己的输入门 i。"],
    en=[
        "How many gates has an LSTM?",
        "Writing with 1 - f is what a GRU does; an LSTM has an input gate of its own, i.",
    ],
)

edit(
    of="lstm_cell_forward",
    name="state_without_tanh",
    replace=[("o * np.tanh(c)", "o * c")],
    zh=["状态总在 -1 和 1 之间吗？", "读出时少了 tanh：h 是 o 乘 tanh(c)。"],
    en=["Is the state always between -1 and 1?", "The read-out lacks tanh: h is o times tanh(c)."],
)

# lstm_forward

edit(
    of="lstm_forward",
    name="memory_not_passed_on",
    replace=[("h, c, cache = ", "h, c_t, cache = "), ("C[:, t] = c", "C[:, t] = c_t")],
    zh=["第二步的 c_prev 是什么？", "记忆没有传下去，每一步都从零开始；上一步的 c 是下一步的 c_prev。"],
    en=[
        "What is c_prev in the second step?",
        "The memory is not handed on, every step starts at zero; the c of one step is c_prev of the next.",
    ],
)

edit(
    of="lstm_forward",
    name="memory_starts_from_state",
    replace=[("c = np.zeros((m, n_h))", "c = h0")],
    zh=["记忆从什么开始？", "记忆从 h0 开始了；它应当从零开始，只有状态从 h0 开始。"],
    en=[
        "What does the memory start from?",
        "It starts from h0; it should start at zero, only the state starts from h0.",
    ],
)

edit(
    of="lstm_forward",
    name="states_for_memories",
    replace=[("C[:, t] = c", "C[:, t] = h")],
    zh=["H 和 C 里存的是同一样东西吗？", "C 里存成了状态；它应当存每一步的记忆 c。"],
    en=["Do H and C hold the same?", "C was filled with states; it should hold the memory c of each step."],
)

# rnn_cell_backward

edit(
    of="rnn_cell_backward",
    name="tanh_forgotten",
    replace=[("(1 - h**2) * dh", "dh")],
    zh=["梯度先要穿过哪个函数？", "少了 tanh 的导数；dh 要先乘 1 - h²。"],
    en=["Which function must the gradient pass first?", "The derivative of tanh is missing; multiply dh by 1 - h²."],
)

edit(
    of="rnn_cell_backward",
    name="derivative_of_a_sigmoid",
    replace=[("(1 - h**2)", "h * (1 - h)")],
    zh=["tanh 的导数是什么？", "这是 sigmoid 的导数；tanh 的是 1 - h²。"],
    en=["What is the derivative of tanh?", "This is that of a sigmoid; tanh has 1 - h²."],
)

edit(
    of="rnn_cell_backward",
    name="weights_not_transposed",
    replace=[("dz @ Wh.T", "dz @ Wh")],
    zh=["对矩阵乘积的左边求导，乘的是右边的什么？", "Wh 没有转置；它是方阵，所以没有报错，数却不对。"],
    en=[
        "The gradient of a product's left side takes what of its right side?",
        "Wh was not transposed; it is square, so nothing complained, but the numbers are wrong.",
    ],
)

edit(
    of="rnn_cell_backward",
    name="bias_averaged",
    replace=[("np.sum(dz, axis=0)", "np.mean(dz, axis=0)")],
    zh=["偏置对每个样本的作用，是相加还是平均？", "db 取了平均；样本的贡献应当相加。"],
    en=["Do the samples' effects on the bias add up?", "db is a mean; the samples' contributions should be summed."],
)

# rnn_backward

edit(
    of="rnn_backward",
    name="time_cut",
    replace=[("dH[:, t] + dh", "dH[:, t]")],
    zh=["状态除了是输出，还去了哪里？", "没有加上下一步传回来的 dh；两份梯度要相加。"],
    en=[
        "Where did a state go besides being an output?",
        "The dh that comes back from the next step is missing; add the two gradients.",
    ],
)

edit(
    of="rnn_backward",
    name="forward_in_time",
    replace=[("reversed(range(T))", "range(T)")],
    zh=["反向传播从哪一步开始？", "从第一步走起了；要从最后一步走回第一步。"],
    en=["Where does the backward pass begin?", "It starts at the first step; go from the last back to the first."],
)

edit(
    of="rnn_backward",
    name="last_step_only",
    replace=[
        ("dWx = dWx + dWx_t", "dWx = dWx_t"),
        ("dWh = dWh + dWh_t", "dWh = dWh_t"),
        ("db = db + db_t", "db = db_t"),
    ],
    zh=["每一步都用了同样的权重。", "权重的梯度每一步都被盖掉了；应当累加各步的梯度。"],
    en=[
        "Every step used the same weights.",
        "The weights' gradients are replaced at each step; add them up over the steps.",
    ],
)

# lstm_cell_backward

edit(
    of="lstm_cell_backward",
    name="memory_by_one_path",
    replace=[("dc_total = dc + dh", "dc_total = dh")],
    zh=["记忆有几条路通向损失？", "直接传来的 dc 没有加上；它和经过 h 的那一份要相加。"],
    en=[
        "By how many paths does the memory reach the loss?",
        "The dc that comes directly is missing; add it to the part that comes through h.",
    ],
)

edit(
    of="lstm_cell_backward",
    name="state_does_not_reach_memory",
    replace=[("dc_total = dc + dh * o * (1 - tanh_c**2)", "dc_total = dc")],
    zh=["h 是由 c 算出来的。", "少了经过 h 的那一份：dh * o，再乘 tanh 的导数。"],
    en=["h is computed from c.", "The part that comes through h is missing: dh * o, times the derivative of tanh."],
)

edit(
    of="lstm_cell_backward",
    name="gates_without_sigmoid",
    replace=[(" * f * (1 - f)", ""), (" * i * (1 - i)", ""), (" * o * (1 - o)", "")],
    zh=["门是由 z 经过什么得到的？", "三个门都少了 sigmoid 的导数：再乘 s(1 - s)。"],
    en=["What makes a gate of z?", "The gates lack the derivative of the sigmoid: multiply by s(1 - s)."],
)

edit(
    of="lstm_cell_backward",
    name="candidate_as_a_gate",
    replace=[("(1 - g**2)", "g * (1 - g)")],
    zh=["候选值用的是哪个激活函数？", "g 用了 sigmoid 的导数；它是 tanh，导数是 1 - g²。"],
    en=["Which activation has the candidate?", "g took the sigmoid's derivative; it is a tanh, with 1 - g²."],
)

edit(
    of="lstm_cell_backward",
    name="memory_not_forgotten",
    replace=[("dc_prev = dc_total * f", "dc_prev = dc_total")],
    zh=["旧的记忆乘过什么？", "dc_prev 少乘了遗忘门 f。"],
    en=["What was the old memory multiplied by?", "dc_prev lacks the forget gate f."],
)

# lstm_backward

edit(
    of="lstm_backward",
    name="memory_cut",
    replace=[("dx, dh, dc, dW_t", "dx, dh, dc_t, dW_t")],
    zh=["记忆的梯度传到前一步了吗？", "dc 每一步都还是零；要把算出的 dc_prev 传给前一步。"],
    en=[
        "Does the memory's gradient reach the step before?",
        "dc stays zero at every step; hand the dc_prev that was computed to the step before.",
    ],
)

edit(
    of="lstm_backward",
    name="time_cut",
    replace=[("dH[:, t] + dh", "dH[:, t]")],
    zh=["状态除了是输出，还去了哪里？", "没有加上下一步传回来的 dh；两份梯度要相加。"],
    en=[
        "Where did a state go besides being an output?",
        "The dh that comes back from the next step is missing; add the two gradients.",
    ],
)

edit(
    of="lstm_backward",
    name="last_step_only",
    replace=[("dW = dW + dW_t", "dW = dW_t"), ("db = db + db_t", "db = db_t")],
    zh=["每一步都用了同样的权重。", "权重的梯度每一步都被盖掉了；应当累加各步的梯度。"],
    en=[
        "Every step used the same weights.",
        "The weights' gradients are replaced at each step; add them up over the steps.",
    ],
)
