"""Functions of other numerical courses, written as a course's reference is."""

import numpy as np


def lstm_cell(x, h, c, W, b):
    n = h.shape[1]
    joined = np.concatenate([h, x], axis=1)
    gates = joined @ W + b
    forget = 1 / (1 + np.exp(-gates[:, :n]))
    update = 1 / (1 + np.exp(-gates[:, n : 2 * n]))
    candidate = np.tanh(gates[:, 2 * n : 3 * n])
    output = 1 / (1 + np.exp(-gates[:, 3 * n :]))
    c_next = forget * c + update * candidate
    h_next = output * np.tanh(c_next)
    return h_next, c_next


def softmax(X):
    shifted = X - np.max(X, axis=1, keepdims=True)
    e = np.exp(shifted)
    return e / np.sum(e, axis=1, keepdims=True)


def cross_entropy(P, y):
    m = P.shape[0]
    total = 0.0
    for i in range(m):
        total += -np.log(P[i, y[i]])
    return total / m


def nearest_centroid(X, C):
    labels = np.zeros(len(X), dtype=int)
    for i in range(len(X)):
        best = np.inf
        for k in range(len(C)):
            d = np.sum((X[i] - C[k]) ** 2)
            if d < best:
                best = d
                labels[i] = k
    return labels


def move_centroids(X, labels, k):
    C = np.zeros((k, X.shape[1]))
    for j in range(k):
        count = 0
        for i in range(X.shape[0]):
            if labels[i] == j:
                C[j] += X[i]
                count += 1
        C[j] /= max(count, 1)
    return C


def logistic_gradient(X, y, w, b):
    m = X.shape[0]
    p = 1 / (1 + np.exp(-(X @ w + b)))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    dw = X.T @ (p - y) / m
    db = np.sum(p - y) / m
    return loss, dw, db


def matrix_power(A, n):
    P = np.eye(A.shape[0])
    for _ in range(n):
        P = P @ A
    return P


def jacobi(A, b, x, steps):
    n = len(b)
    x = x.copy()
    for _ in range(steps):
        x_new = np.zeros(n)
        for i in range(n):
            s = 0.0
            for j in range(n):
                if j != i:
                    s += A[i, j] * x[j]
            x_new[i] = (b[i] - s) / A[i, i]
        x = x_new
    return x


def derivative(y, h):
    n = len(y)
    d = np.zeros(n)
    d[0] = (y[1] - y[0]) / h
    for i in range(1, n - 1):
        d[i] = (y[i + 1] - y[i - 1]) / (2 * h)
    d[n - 1] = (y[n - 1] - y[n - 2]) / h
    return d


def moving_average(x, k):
    out = np.zeros(len(x) - k + 1)
    for i in range(len(out)):
        out[i] = np.mean(x[i : i + k])
    return out


def histogram(x, low, high, bins):
    counts = np.zeros(bins)
    width = (high - low) / bins
    for value in x:
        if low <= value <= high:
            place = int((value - low) / width)
            if place == bins:
                place = bins - 1
            counts[place] += 1
    return counts


def blur(image, k):
    r = k // 2
    padded = np.pad(image, r)
    rows, cols = image.shape
    out = np.zeros((rows, cols))
    for y in range(rows):
        for x in range(cols):
            window = padded[y : y + k, x : x + k]
            out[y, x] = np.sum(window) / (k * k)
    return out


def longest_common(a, b):
    n, m = len(a), len(b)
    L = np.zeros((n + 1, m + 1))
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            if a[i - 1] == b[j - 1]:
                L[i, j] = L[i - 1, j - 1] + 1
            else:
                L[i, j] = max(L[i - 1, j], L[i, j - 1])
    return L


def knapsack(weights, values, capacity):
    best = np.zeros(capacity + 1)
    for i in range(len(weights)):
        w = int(weights[i])
        for c in range(capacity, w - 1, -1):
            best[c] = max(best[c], best[c - w] + values[i])
    return best


def batch_means(X, size):
    m = X.shape[0]
    batches = -(-m // size)
    means = np.zeros((batches, X.shape[1]))
    for b in range(batches):
        start = b * size
        means[b] = X[start : start + size].mean(axis=0)
    return means


def trapezoid(y, h):
    total = 0.0
    for i in range(len(y) - 1):
        total += (y[i] + y[i + 1]) * h / 2
    return total


def standardise(X):
    mean = X.mean(axis=0)
    std = X.std(axis=0)
    return (X - mean) / std


def distances(X, Y):
    D = np.zeros((X.shape[0], Y.shape[0]))
    for i in range(X.shape[0]):
        for j in range(Y.shape[0]):
            D[i, j] = np.sqrt(np.sum((X[i] - Y[j]) ** 2))
    return D


def back_substitution(U, b):
    n = len(b)
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        s = b[i]
        for j in range(i + 1, n):
            s -= U[i, j] * x[j]
        x[i] = s / U[i, i]
    return x


def heat(u, r, steps):
    u = u.copy()
    for _ in range(steps):
        new = u.copy()
        for i in range(1, len(u) - 1):
            new[i] = u[i] + r * (u[i - 1] - 2 * u[i] + u[i + 1])
        u = new
    return u


def rk4(A, x, h, steps):
    x = x.copy()
    for _ in range(steps):
        k1 = A @ x
        k2 = A @ (x + h / 2 * k1)
        k3 = A @ (x + h / 2 * k2)
        k4 = A @ (x + h * k3)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return x


def simpson(y, h):
    total = y[0] + y[-1]
    for i in range(1, len(y) - 1):
        if i % 2 == 1:
            total += 4 * y[i]
        else:
            total += 2 * y[i]
    return total * h / 3


def gram_schmidt(A):
    m, n = A.shape
    Q = np.zeros((m, n))
    for j in range(n):
        v = A[:, j].copy()
        for i in range(j):
            v -= (Q[:, i] @ A[:, j]) * Q[:, i]
        Q[:, j] = v / np.linalg.norm(v)
    return Q


def batch_norm(X, gamma, beta, eps):
    mean = np.mean(X, axis=0)
    var = np.var(X, axis=0)
    X_hat = (X - mean) / np.sqrt(var + eps)
    out = gamma * X_hat + beta
    return out, X_hat


def attention(Q, K, V):
    d = K.shape[1]
    scores = Q @ K.T / np.sqrt(d)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    weights = np.exp(scores)
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    return weights @ V, weights


def kalman(x, P, F, Q, H, R, z):
    x = F @ x
    P = F @ P @ F.T + Q
    S = H @ P @ H.T + R
    K = P @ H.T @ np.linalg.inv(S)
    x = x + K @ (z - H @ x)
    P = (np.eye(len(x)) - K @ H) @ P
    return x, P


def max_pool(image, k, stride):
    rows = (image.shape[0] - k) // stride + 1
    cols = (image.shape[1] - k) // stride + 1
    out = np.zeros((rows, cols))
    for r in range(rows):
        top = r * stride
        bottom = top + k
        for c in range(cols):
            left = c * stride
            right = left + k
            out[r, c] = np.max(image[top:bottom, left:right])
    return out


def unpool(image, grad, k):
    rows, cols = grad.shape
    out = np.zeros(image.shape)
    for r in range(rows):
        for c in range(cols):
            window = image[r * k : r * k + k, c * k : c * k + k]
            mask = window == np.max(window)
            out[r * k : r * k + k, c * k : c * k + k] += mask * grad[r, c]
    return out


def filter_gradient(images, filters, grad):
    n, rows, cols = images.shape
    k = filters.shape[0]
    count = filters.shape[2]
    d_images = np.zeros((n, rows, cols))
    d_filters = np.zeros((k, k, count))
    for b in range(n):
        for y in range(rows - k + 1):
            for x in range(cols - k + 1):
                patch = images[b, y : y + k, x : x + k]
                for f in range(count):
                    d_images[b, y : y + k, x : x + k] += filters[:, :, f] * grad[b, y, x, f]
                    d_filters[:, :, f] += patch * grad[b, y, x, f]
    return d_images, d_filters


def autocorrelation(x, lags):
    n = len(x)
    mean = np.mean(x)
    centred = x - mean
    out = np.zeros(lags + 1)
    for k in range(lags + 1):
        for t in range(n - k):
            out[k] += centred[t] * centred[t + k]
    return out / np.sum(centred**2)


def rnn(xs, h, Wx, Wh, b):
    steps, m, _ = xs.shape
    n = h.shape[1]
    hs = np.zeros((steps, m, n))
    for t in range(steps):
        h = np.tanh(xs[t] @ Wx + h @ Wh + b)
        hs[t] = h
    return hs


def oscillator(x, v, w, h, steps):
    for _ in range(steps):
        x_new = x + h * v
        v_new = v - h * w * x
        x = x_new
        v = v_new
    return x, v


def gru_cell(x, h, Wz, Wr, Wn):
    joined = np.concatenate([h, x], axis=1)
    z = 1 / (1 + np.exp(-(joined @ Wz)))
    r = 1 / (1 + np.exp(-(joined @ Wr)))
    candidate = np.tanh(np.concatenate([r * h, x], axis=1) @ Wn)
    return (1 - z) * h + z * candidate
