"""拖动平面上的点，直线跟着动：把你写的 loss 和 gradient 用起来。

`grade app` 打开的网页调用这里的函数。点是 [x, y] 的列表，直线是 y = w·x + b，w 和 b 都是一个数。

`state` 是应用记住的东西，是一个字典：

    points -- 点的列表
    w, b -- 现在的直线
    follow -- 直线是否总是跟着点走
    path -- 梯度下降走过的路，每一步一项 [w, b, 损失]；点或直线被手动改了，就从头记起
"""

import numpy as np
import regression

POINTS = [[-4.2, -2.1], [-3.3, -2.6], [-2.4, -0.7], [-1.2, -1.1], [-0.3, 0.6], [1.1, 0.3], [2.2, 1.9], [3.4, 1.6]]
W, B = (-2, 0, 2), (-4, 0, 4)  # 损失的地图：从哪里到哪里，和它们的中间
FAR = 1e6  # 离得比这还远，就是发散了


def _data(points):
    """返回 X (m, 1) 和 y (m,)。"""
    array = np.array(points, dtype=float).reshape(-1, 2)
    return array[:, :1], array[:, 1]


def _loss(points, w, b):
    """返回直线在这些点上的损失，由你的 loss 算出。"""
    return float(regression.loss(*_data(points), np.array([w], dtype=float), float(b)))


def _gradient(points, w, b):
    """返回数组 [dw, db]，由你的 gradient 算出。"""
    dw, db = regression.gradient(*_data(points), np.array([w], dtype=float), float(b))
    return np.array([np.asarray(dw).item(), np.asarray(db).item()])


def start():
    """返回最初的 state：直线是随手画的。"""
    return {"points": POINTS, "w": 0.3, "b": 0.5, "follow": True, "path": []}


def look(state):
    """返回记住的一切。"""
    return dict(state)


def keep(points, w, b, follow):
    """记住手动改过的点和直线。"""
    return {"state": {"points": points, "w": w, "b": b, "follow": follow, "path": []}}


def measure(points, w, b):
    """返回 cost，直线的损失；squares，只看每一个点时的损失，也就是那一点误差的平方。"""
    return {"cost": _loss(points, w, b), "squares": [_loss([point], w, b) for point in points]}


def landscape(points):
    """返回损失的地图，3×3：第 i 行第 j 列是第 i 个 b、第 j 个 w 处的损失，都从小到大。

    损失是 w、b 的二次函数，九个值就定下了整张地图。
    """
    return [[_loss(points, w, b) for w in W] for b in B]


def fit(points):
    """返回最好的直线 w、b：你的 gradient 在那里是零。

    损失是 w、b 的二次函数，它的梯度就是一次函数：在三处问过 gradient，就知道了整个梯度，解方程就得到零点。
    点都在一条竖线上时，最好的直线不止一条，取 w² + b² 最小的。
    """
    origin = _gradient(points, 0, 0)
    slopes = np.column_stack([_gradient(points, 1, 0) - origin, _gradient(points, 0, 1) - origin])
    w, b = np.linalg.lstsq(slopes, -origin, rcond=1e-10)[0]
    return {"w": w, "b": b}


def descend(state, rate, steps=1):
    """从现在的直线出发，走几步梯度下降。

    返回：
    字典：state（新的），path（到现在为止的路），dw、db（最后一步的梯度），diverged（是否发散了）
    """
    points, w, b = state["points"], state["w"], state["b"]
    path = state["path"] or [[w, b, _loss(points, w, b)]]
    dw = db = 0.0
    diverged = False
    for _ in range(int(steps)):
        dw, db = _gradient(points, w, b)
        diverged = not np.hypot(w - rate * dw, b - rate * db) < FAR
        if diverged:
            break
        w, b = w - rate * dw, b - rate * db
        path = [*path, [w, b, _loss(points, w, b)]]
    new = {**state, "w": w, "b": b, "follow": False, "path": path}
    return {"state": new, "path": path, "dw": dw, "db": db, "diverged": diverged}


def network(state):
    """把现在的直线写成一张图，供 `grade app export` 带走：x → x·w → x·w + b。"""
    nodes = [
        {"op": "MatMul", "inputs": ["x", "w"], "output": "product"},
        {"op": "Add", "inputs": ["product", "b"], "output": "y"},
    ]
    return {
        "input": {"name": "x", "shape": [1]},
        "output": "y",
        "nodes": nodes,
        "weights": {"w": np.array([[state["w"]]], dtype=float), "b": np.array([state["b"]], dtype=float)},
        "about": state,
    }


def examples(state):
    """返回 inputs (11, 1) 和 outputs (11, 1)：带走的直线在这些 x 处要给出同样的 y。

    y 也由你的 gradient 算出：只有一个点、它的 y 是 0 时，误差就是 xw + b，而 db 是误差的两倍。
    """
    inputs = np.linspace(-5, 5, 11)
    outputs = [_gradient([[x, 0]], state["w"], state["b"])[1] / 2 for x in inputs]
    return {"inputs": inputs[:, None], "outputs": np.array(outputs)[:, None]}
