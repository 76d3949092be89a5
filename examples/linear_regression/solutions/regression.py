"""线性回归 y ≈ Xw + b。"""

import numpy as np


# 评分函数:loss
def loss(X, y, w, b):
    """返回均方误差 mean((Xw + b − y)²)。X: (m, n)，y: (m,)，w: (n,)，b: 标量。"""
    ### 在此处编写代码 ### (≈ 2 行)
    error = np.asarray(X) @ np.asarray(w) + b - np.asarray(y)
    value = np.mean(error**2)
    ### 代码结束 ###
    return value


# 评分函数:gradient
def gradient(X, y, w, b):
    """返回 (dw, db)：均方误差对 w (n,) 与 b 的偏导，dw = 2/m · Xᵀe，db = 2/m · Σe，其中 e = Xw + b − y。"""
    ### 在此处编写代码 ### (≈ 3 行)
    error = X @ w + b - y
    dw = 2 / len(y) * X.T @ error
    db = 2 / len(y) * error.sum()
    ### 代码结束 ###
    return dw, db
