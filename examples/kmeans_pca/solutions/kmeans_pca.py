"""聚类和降维：k 均值（k-means）与主成分分析（PCA）。数据 X 的每一行是一个样本，形状 (m, n)。"""

import numpy as np


# 评分函数:init_centroids
def init_centroids(X, k, seed):
    """从 X 中随机选 k 个不同的行，作为最初的中心。选到哪几行、按什么次序都可以。

    参数：
    X -- 数据，形状 (m, n)，每一行都不同
    k -- 选几行，不超过 m
    seed -- 整数，用 np.random.default_rng(seed) 造随机数生成器

    返回：
    C -- 中心，形状 (k, n)
    """
    ### 在此处编写代码 ###
    # 随机数生成器（1 行代码）
    rng = np.random.default_rng(seed)
    # k 个不同的行号，和这些行（2 行代码）
    rows = rng.choice(len(X), k, replace=False)
    C = X[rows]  # 等价: rows → rows - 1 — 行号 -1 是最后一行，选到的仍是 k 个不同的行
    ### 代码结束 ###

    return C


# 评分函数:squared_distances
def squared_distances(X, C):
    """返回每个样本到每个中心的距离的平方。

    参数：
    X -- 数据，形状 (m, n)
    C -- 中心，形状 (k, n)

    返回：
    D -- 形状 (m, k)，D[i, j] 是 X[i] 与 C[j] 之间距离的平方
    """
    ### 在此处编写代码 ###
    # 各个差，形状 (m, k, n)：给 X 和 C 各添一条长度为 1 的轴（1 行代码）
    # 等价: X[:, None, :] - C[None, :, :] → C[None, :, :] - X[:, None, :] — 平方以后没有符号
    differences = X[:, None, :] - C[None, :, :]
    # 平方以后，对一个样本的各个分量求和（1 行代码）
    D = np.sum(differences**2, axis=2)
    ### 代码结束 ###

    return D


# 评分函数:assign
def assign(X, C):
    """返回离每个样本最近的中心的编号；有几个同样近时，取编号最小的。

    参数：
    X -- 数据，形状 (m, n)
    C -- 中心，形状 (k, n)

    返回：
    labels -- 形状 (m,)，从 0 到 k - 1 的整数
    """
    ### 在此处编写代码 ###
    # 每一行里最小的在哪里（1 行代码）
    labels = np.argmin(squared_distances(X, C), axis=1)
    ### 代码结束 ###

    return labels


# 评分函数:update
def update(X, labels, C):
    """返回新的中心：每一类样本的平均。一个样本也没有的类，保留它原来的中心。不改动 C。

    参数：
    X -- 数据，形状 (m, n)
    labels -- 每个样本属于哪一类，形状 (m,)
    C -- 原来的中心，浮点数，形状 (k, n)

    返回：
    new -- 新的中心，形状 (k, n)
    """
    ### 在此处编写代码 ###
    # 从原来的中心的副本开始，空的类就保留了原来的中心（1 行代码）
    new = C.copy()
    # 逐类：有样本时取它们的平均（约 4 行代码）
    for j in range(len(C)):  # 等价: C) → C) + 1 — 没有样本的编号什么也不做
        members = X[labels == j]
        if len(members) > 0:
            new[j] = np.mean(members, axis=0)
    ### 代码结束 ###

    return new


# 评分函数:inertia
def inertia(X, labels, C):
    """返回各个样本到自己那一类中心的距离的平方，全部相加。

    参数：
    X -- 数据，形状 (m, n)
    labels -- 每个样本属于哪一类，形状 (m,)
    C -- 中心，形状 (k, n)

    返回：
    total -- 一个数
    """
    ### 在此处编写代码 ###
    # C[labels] 是每个样本自己的中心，形状 (m, n)（1 行代码）
    total = np.sum((X - C[labels]) ** 2)  # 等价: X - C[labels] → C[labels] - X — 平方以后没有符号
    ### 代码结束 ###

    return total


# 评分函数:kmeans
def kmeans(X, C, iterations):
    """从中心 C 开始做 k 均值：先分好类，再一轮一轮地更新中心、重新分类。

    做满 iterations 轮就停止；某一轮之后分类没有变，也停止。各类怎样编号都可以。

    参数：
    X -- 数据，形状 (m, n)
    C -- 最初的中心，形状 (k, n)
    iterations -- 最多几轮，可以是 0

    返回：
    labels -- 最后的分类，形状 (m,)
    C -- 最后的中心，形状 (k, n)
    history -- 列表：最初分好类之后的 inertia，然后每一轮之后的 inertia
    """
    ### 在此处编写代码 ###
    # 最初的分类，和它的 inertia（2 行代码）
    labels = assign(X, C)
    history = [inertia(X, labels, C)]
    # 一轮：更新中心，重新分类，记下 inertia；分类没有变就停止（约 7 行代码）
    for _ in range(iterations):
        C = update(X, labels, C)
        before = labels
        labels = assign(X, C)
        history.append(inertia(X, labels, C))
        if np.array_equal(labels, before):  # 等价: labels, before → before, labels — 比较不分先后
            break
    ### 代码结束 ###

    return labels, C, history


# 评分函数:center
def center(X):
    """让数据的每一列平均为 0。

    参数：
    X -- 数据，形状 (m, n)

    返回：
    Xc -- 中心化以后的数据，形状 (m, n)
    mean -- 每一列的平均，形状 (n,)
    """
    ### 在此处编写代码 ###
    # 对样本求平均，再减去它（2 行代码）
    mean = np.mean(X, axis=0)
    Xc = X - mean
    ### 代码结束 ###

    return Xc, mean


# 评分函数:principal_components
def principal_components(X, k):
    """返回数据的前 k 个主成分，和数据沿它们的方差，方差最大的在前。

    主成分是 V 的列，两两正交，长度为 1。每一列差一个正负号都可以。
    用中心化数据的奇异值分解，或者用协方差矩阵的特征值和特征向量，都可以。

    参数：
    X -- 数据，形状 (m, n)
    k -- 要几个主成分

    返回：
    V -- 主成分，形状 (n, k)
    variance -- 数据沿每个主成分的方差，除以 m - 1，形状 (k,)
    """
    ### 在此处编写代码 ###
    # 中心化，再做奇异值分解（2 行代码）
    Xc, mean = center(X)
    U, S, Vt = np.linalg.svd(Xc, full_matrices=False)  # 等价: False → True — 多出来的行和列没有用到
    # Vt 的行是主成分；方差是奇异值的平方除以 m - 1（2 行代码）
    V = Vt[:k].T
    variance = S[:k] ** 2 / (len(X) - 1)
    ### 代码结束 ###

    return V, variance


# 评分函数:explained_ratio
def explained_ratio(X, k):
    """返回前 k 个主成分各占总方差的多少。

    参数：
    X -- 数据，形状 (m, n)
    k -- 前几个主成分

    返回：
    ratio -- 各占的份额，形状 (k,)
    """
    ### 在此处编写代码 ###
    # 总方差是每一列方差的和，也除以 m - 1（2 行代码）
    V, variance = principal_components(X, k)
    total = np.sum(np.var(X, axis=0, ddof=1))
    # 份额（1 行代码）
    ratio = variance / total
    ### 代码结束 ###

    return ratio


# 评分函数:project
def project(X, mean, V):
    """返回数据在主成分上的坐标。

    参数：
    X -- 数据，形状 (m, n)
    mean -- 每一列的平均，形状 (n,)
    V -- 主成分，形状 (n, k)

    返回：
    Z -- 坐标，形状 (m, k)
    """
    ### 在此处编写代码 ###
    # 减去平均，再乘以主成分（1 行代码）
    Z = (X - mean) @ V
    ### 代码结束 ###

    return Z


# 评分函数:reconstruct
def reconstruct(Z, mean, V):
    """由坐标还原数据；V 的列不够 n 个时，得到的是近似。

    参数：
    Z -- 坐标，形状 (m, k)
    mean -- 每一列的平均，形状 (n,)
    V -- 主成分，形状 (n, k)

    返回：
    X -- 还原的数据，形状 (m, n)
    """
    ### 在此处编写代码 ###
    # 乘以主成分的转置，再加回平均（1 行代码）
    X = Z @ V.T + mean
    ### 代码结束 ###

    return X
