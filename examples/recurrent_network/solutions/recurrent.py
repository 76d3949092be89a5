"""循环神经网络：RNN 和 LSTM 的一步、一个序列，以及它们的反向传播，只用 numpy。

形状的记号：m 是样本数，T 是序列的长度，n_x 是输入的维数，n_h 是状态的维数。
一步的输入是 x: (m, n_x)，一个序列是 X: (m, T, n_x)；状态 h、c: (m, n_h)。
"""

import numpy as np


# 评分函数:sigmoid
def sigmoid(z):
    """返回 1 / (1 + e^(-z))，逐个元素计算。

    参数：
    z -- 任意形状的数组

    返回：
    s -- 与 z 形状相同，每个元素在 0 和 1 之间
    """
    ### 在此处编写代码 ###
    # 按公式（1 行代码）
    s = 1 / (1 + np.exp(-z))
    ### 代码结束 ###

    return s


# 评分函数:rnn_cell_forward
def rnn_cell_forward(x, h_prev, Wx, Wh, b):
    """RNN 的一步：h = tanh(x Wx + h_prev Wh + b)。

    参数：
    x -- 这一步的输入，形状 (m, n_x)
    h_prev -- 上一步的状态，形状 (m, n_h)
    Wx -- 输入的权重，形状 (n_x, n_h)
    Wh -- 状态的权重，形状 (n_h, n_h)
    b -- 偏置，形状 (n_h,)

    返回：
    h -- 新的状态，形状 (m, n_h)
    cache -- 反向传播要用的 (x, h_prev, Wx, Wh, h)
    """
    ### 在此处编写代码 ###
    # 两个矩阵乘积加上偏置，再取 tanh（1 行代码）
    h = np.tanh(x @ Wx + h_prev @ Wh + b)
    ### 代码结束 ###

    cache = (x, h_prev, Wx, Wh, h)
    return h, cache


# 评分函数:rnn_forward
def rnn_forward(X, h0, Wx, Wh, b):
    """让 RNN 走完一个序列，每一步用同样的权重。

    参数：
    X -- 输入序列，形状 (m, T, n_x)
    h0 -- 开始时的状态，形状 (m, n_h)
    Wx, Wh, b -- 与 rnn_cell_forward 相同

    返回：
    H -- 每一步的状态，形状 (m, T, n_h)
    caches -- 每一步的 cache，按时间排成列表
    """
    ### 在此处编写代码 ###
    # 样本数、长度和状态的维数（2 行代码）
    m, T, n_x = X.shape
    n_h = h0.shape[1]  # 等价: h0 → Wx — Wx 也有 n_h 列
    # 用零建好 H，从 h0 开始（3 行代码）
    H = np.zeros((m, T, n_h))  # 等价: zeros → ones — 每一格随后都会写上
    caches = []
    h = h0
    # 一步接一步：上一步的 h 是下一步的 h_prev；记下每一步的 h 和 cache（约 4 行代码）
    for t in range(T):
        h, cache = rnn_cell_forward(X[:, t], h, Wx, Wh, b)
        H[:, t] = h
        caches.append(cache)
    ### 代码结束 ###

    return H, caches


# 评分函数:lstm_cell_forward
def lstm_cell_forward(x, h_prev, c_prev, W, b):
    """LSTM 的一步：遗忘门 f、输入门 i、输出门 o 和候选值 g 由同一个矩阵乘积得到。

    参数：
    x -- 这一步的输入，形状 (m, n_x)
    h_prev -- 上一步的状态，形状 (m, n_h)
    c_prev -- 上一步的记忆，形状 (m, n_h)
    W -- 权重，形状 (n_h + n_x, 4 n_h)：前 n_h 行乘 h_prev，后 n_x 行乘 x；列从左到右是 f、i、o、g
    b -- 偏置，形状 (4 n_h,)

    返回：
    h -- 新的状态，形状 (m, n_h)
    c -- 新的记忆，形状 (m, n_h)
    cache -- 反向传播要用的 (x, h_prev, c_prev, W, f, i, o, g, c)
    """
    ### 在此处编写代码 ###
    # 把 h_prev 和 x 左右拼在一起，乘权重，加偏置（2 行代码）
    joined = np.concatenate([h_prev, x], axis=1)
    z = joined @ W + b
    # 从左到右切成四块（2 行代码）
    n_h = h_prev.shape[1]  # 等价: h_prev → c_prev — 记忆和状态形状相同
    z_f, z_i, z_o, z_g = z[:, :n_h], z[:, n_h : 2 * n_h], z[:, 2 * n_h : 3 * n_h], z[:, 3 * n_h :]
    # 三个门用 sigmoid，候选值用 tanh（4 行代码）
    f = sigmoid(z_f)
    i = sigmoid(z_i)
    o = sigmoid(z_o)
    g = np.tanh(z_g)
    # 忘掉一部分旧的，记下一部分新的；再从记忆里读出状态（2 行代码）
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    ### 代码结束 ###

    cache = (x, h_prev, c_prev, W, f, i, o, g, c)
    return h, c, cache


# 评分函数:lstm_forward
def lstm_forward(X, h0, W, b):
    """让 LSTM 走完一个序列；记忆从零开始。

    参数：
    X -- 输入序列，形状 (m, T, n_x)
    h0 -- 开始时的状态，形状 (m, n_h)
    W, b -- 与 lstm_cell_forward 相同

    返回：
    H -- 每一步的状态，形状 (m, T, n_h)
    C -- 每一步的记忆，形状 (m, T, n_h)
    caches -- 每一步的 cache，按时间排成列表
    """
    ### 在此处编写代码 ###
    # 样本数、长度和状态的维数（2 行代码）
    m, T, n_x = X.shape
    n_h = h0.shape[1]
    # 用零建好 H 和 C；状态从 h0 开始，记忆从零开始（5 行代码）
    H = np.zeros((m, T, n_h))  # 等价: zeros → ones — 每一格随后都会写上
    C = np.zeros((m, T, n_h))  # 等价: zeros → ones — 每一格随后都会写上
    caches = []
    h = h0
    c = np.zeros((m, n_h))
    # 一步接一步（约 5 行代码）
    for t in range(T):
        h, c, cache = lstm_cell_forward(X[:, t], h, c, W, b)
        H[:, t] = h
        C[:, t] = c
        caches.append(cache)
    ### 代码结束 ###

    return H, C, caches


# 评分函数(可选):rnn_cell_backward
def rnn_cell_backward(dh, cache):
    """RNN 一步的反向传播。

    参数：
    dh -- 损失对 h 的梯度，形状 (m, n_h)
    cache -- rnn_cell_forward 的 cache

    返回：
    dx, dh_prev, dWx, dWh, db -- 损失对各个输入的梯度，形状与它们相同
    """
    ### 在此处编写代码 ###
    # 取出前向传播存下的东西（1 行代码）
    x, h_prev, Wx, Wh, h = cache
    # 先过 tanh：它的导数是 1 - h²（1 行代码）
    dz = (1 - h**2) * dh
    # 再过矩阵乘积：对哪一边求导，就乘另一边的转置（4 行代码）
    dx = dz @ Wx.T
    dh_prev = dz @ Wh.T
    dWx = x.T @ dz
    dWh = h_prev.T @ dz
    # 偏置加到了每个样本上，所以对样本求和（1 行代码）
    db = np.sum(dz, axis=0)
    ### 代码结束 ###

    return dx, dh_prev, dWx, dWh, db


# 评分函数(可选):rnn_backward
def rnn_backward(dH, caches):
    """RNN 一个序列的反向传播，从最后一步走回第一步。

    参数：
    dH -- 损失直接对每一步状态的梯度，形状 (m, T, n_h)
    caches -- rnn_forward 的 caches

    返回：
    dX -- 形状 (m, T, n_x)
    dh0 -- 形状 (m, n_h)
    dWx, dWh, db -- 每一步都用了同样的权重，所以是各步之和
    """
    ### 在此处编写代码 ###
    # 各个维度；cache 里第一个是 x（3 行代码）
    m, T, n_h = dH.shape
    first = caches[0]  # 等价: 0 → -1 — 每一步的 x 形状相同
    n_x = first[0].shape[1]
    # 用零建好 dX；权重的梯度从 0 开始累加；最后一步之后没有别的步，dh 也从零开始（5 行代码）
    dX = np.zeros((m, T, n_x))  # 等价: zeros → ones — 每一格随后都会写上
    dWx = 0
    dWh = 0
    db = 0
    dh = np.zeros((m, n_h))
    # 从后往前：状态既是这一步的输出，又传给了下一步，两份梯度相加（约 6 行代码）
    for t in reversed(range(T)):
        dx, dh, dWx_t, dWh_t, db_t = rnn_cell_backward(dH[:, t] + dh, caches[t])
        dX[:, t] = dx
        dWx = dWx + dWx_t
        dWh = dWh + dWh_t
        db = db + db_t
    # 走到最前面，剩下的就是对 h0 的梯度（1 行代码）
    dh0 = dh
    ### 代码结束 ###

    return dX, dh0, dWx, dWh, db


# 评分函数(可选):lstm_cell_backward
def lstm_cell_backward(dh, dc, cache):
    """LSTM 一步的反向传播。

    参数：
    dh -- 损失对 h 的梯度，形状 (m, n_h)
    dc -- 损失对 c 的梯度，不经过 h 的那一份，形状 (m, n_h)
    cache -- lstm_cell_forward 的 cache

    返回：
    dx, dh_prev, dc_prev, dW, db -- 损失对各个输入的梯度，形状与它们相同
    """
    ### 在此处编写代码 ###
    # 取出前向传播存下的东西（1 行代码）
    x, h_prev, c_prev, W, f, i, o, g, c = cache
    # c 有两条路通向损失：直接的，和经过 h = o * tanh(c) 的（2 行代码）
    tanh_c = np.tanh(c)
    dc_total = dc + dh * o * (1 - tanh_c**2)
    # 三个门和候选值，一直求到它们的 z：sigmoid 的导数是 s(1 - s)，tanh 的导数是 1 - g²（4 行代码）
    dz_f = dc_total * c_prev * f * (1 - f)
    dz_i = dc_total * g * i * (1 - i)
    dz_o = dh * tanh_c * o * (1 - o)
    dz_g = dc_total * i * (1 - g**2)
    # 四块拼回 dz，过矩阵乘积和偏置（4 行代码）
    dz = np.concatenate([dz_f, dz_i, dz_o, dz_g], axis=1)
    djoined = dz @ W.T
    dW = np.concatenate([h_prev, x], axis=1).T @ dz
    db = np.sum(dz, axis=0)
    # 拼在一起的 h_prev 和 x 再分开；旧的记忆乘过 f（4 行代码）
    n_h = h_prev.shape[1]  # 等价: h_prev → c_prev — 记忆和状态形状相同
    dh_prev = djoined[:, :n_h]
    dx = djoined[:, n_h:]
    dc_prev = dc_total * f
    ### 代码结束 ###

    return dx, dh_prev, dc_prev, dW, db


# 评分函数(可选):lstm_backward
def lstm_backward(dH, caches):
    """LSTM 一个序列的反向传播。

    参数：
    dH -- 损失直接对每一步状态的梯度，形状 (m, T, n_h)
    caches -- lstm_forward 的 caches

    返回：
    dX -- 形状 (m, T, n_x)
    dh0 -- 形状 (m, n_h)
    dW, db -- 各步之和
    """
    ### 在此处编写代码 ###
    # 各个维度；cache 里第一个是 x（3 行代码）
    m, T, n_h = dH.shape
    first = caches[0]  # 等价: 0 → -1 — 每一步的 x 形状相同
    n_x = first[0].shape[1]
    # 用零建好 dX；权重的梯度从 0 开始累加；状态和记忆的梯度都从零开始（5 行代码）
    dX = np.zeros((m, T, n_x))  # 等价: zeros → ones — 每一格随后都会写上
    dW = 0
    db = 0
    dh = np.zeros((m, n_h))
    dc = np.zeros((m, n_h))
    # 从后往前，状态和记忆的梯度都传给前一步（约 5 行代码）
    for t in reversed(range(T)):
        dx, dh, dc, dW_t, db_t = lstm_cell_backward(dH[:, t] + dh, dc, caches[t])
        dX[:, t] = dx
        dW = dW + dW_t
        db = db + db_t
    # 剩下的就是对 h0 的梯度（1 行代码）
    dh0 = dh
    ### 代码结束 ###

    return dX, dh0, dW, db
