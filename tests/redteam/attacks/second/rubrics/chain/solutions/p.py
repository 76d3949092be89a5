def low(n):
    return n * 3 + 1

def mid(n):
    return (low(n) * 7919 + 13 * n * n + n // 7) % 1021

def top(n):
    return mid(n) + mid(n + 1)
