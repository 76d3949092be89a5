# ruff: noqa: F821
"""十一个函数的典型错误：每一个都是参考实现的一种错法，附由浅入深的提示。这个文件只被读取，从不运行。"""

# init_centroids

edit(
    of="init_centroids",
    name="with_replacement",
    replace=[(", replace=False", "")],
    zh=["同一行会不会选到两次？", "rng.choice 会选到重复的；要写 replace=False。"],
    en=["Can a row be chosen twice?", "rng.choice may repeat itself; say replace=False."],
)

edit(
    of="init_centroids",
    name="anywhere",
    replace=[("C = X[rows]", "C = rng.normal(size=(k, X.shape[1]))")],
    zh=["中心从哪里来？", "中心成了任意的点；要从 X 里选 k 行。"],
    en=["Where do the centroids come from?", "These are points from anywhere; take k rows of X."],
)

# squared_distances

edit(
    of="squared_distances",
    name="not_squared",
    replace=[("differences**2", "differences")],
    zh=["正的差和负的差会抵消吗？", "忘了平方；先平方再求和。"],
    en=["Do differences of both signs cancel?", "The square is missing; square first, then sum."],
)

edit(
    of="squared_distances",
    name="square_root",
    replace=[("np.sum(differences**2, axis=2)", "np.sqrt(np.sum(differences**2, axis=2))")],
    zh=["要的是距离，还是距离的平方？", "多开了一次平方；这里要距离的平方。"],
    en=["Is it the distance or its square?", "The root is too much; the squared distance is wanted."],
)

edit(
    of="squared_distances",
    name="absolute_values",
    replace=[("differences**2", "np.abs(differences)")],
    zh=["这是哪一种距离？", "相加的是绝对值，那是曼哈顿距离；这里要平方。"],
    en=["Which distance is this?", "These are absolute values, the Manhattan distance; take squares."],
)

edit(
    of="squared_distances",
    name="sum_over_centroids",
    replace=[("axis=2", "axis=1")],
    zh=["求和的是哪一条轴？", "对各个中心求了和；要对分量求和，那是最后一条轴。"],
    en=["Along which axis is the sum?", "This sums over the centroids; sum over the features, the last axis."],
)

edit(
    of="squared_distances",
    name="centroids_by_samples",
    replace=[("X[:, None, :] - C[None, :, :]", "X[None, :, :] - C[:, None, :]")],
    zh=["D 的行是样本还是中心？", "行和列反了：D[i, j] 里 i 是样本，j 是中心。"],
    en=["Are the rows of D samples or centroids?", "Rows and columns are exchanged: in D[i, j] i is the sample."],
)

# assign

edit(
    of="assign",
    name="farthest",
    replace=[("argmin", "argmax")],
    zh=["要最近的还是最远的？", "argmax 找的是最远的；用 argmin。"],
    en=["The nearest or the farthest?", "argmax finds the farthest; use argmin."],
)

edit(
    of="assign",
    name="nearest_sample",
    replace=[("axis=1", "axis=0")],
    zh=["结果该有几个，m 个还是 k 个？", "axis=0 找的是离每个中心最近的样本；要 axis=1。"],
    en=["How many labels are there, m or k?", "axis=0 finds the sample nearest to each centroid; use axis=1."],
)

edit(
    of="assign",
    name="distance_in_place_of_number",
    replace=[("np.argmin(", "np.min(")],
    zh=["要的是编号，还是距离？", "min 给的是最小的距离；要它的编号，用 argmin。"],
    en=["Is it a number of a cluster or a distance?", "min gives the least distance; argmin says whose it is."],
)


@mistake(
    of="assign",
    zh=["有几个中心同样近时，取哪一个？", "<= 会让后面同样近的中心代替前面的；比较要用 <。"],
    en=["Which centroid is it where two are equally near?", "<= lets a later one replace the first; compare with <."],
)
def last_of_equals(X, C):
    D = squared_distances(X, C)
    labels = np.zeros(len(X), dtype=int)
    for i in range(len(X)):
        for j in range(len(C)):
            if D[i, j] <= D[i, labels[i]]:
                labels[i] = j
    return labels


# update

edit(
    of="update",
    name="empty_gives_nan",
    replace=[
        (
            "members = X[labels == j]\n        if len(members) > 0:\n            new[j] = np.mean(members, axis=0)",
            "new[j] = np.mean(X[labels == j], axis=0)",
        ),
    ],
    zh=["一类里一个样本也没有时，平均是多少？", "没有样本时 np.mean 给 NaN；这时要保留原来的中心。"],
    en=["What is the mean of no sample?", "np.mean of nothing is NaN; an empty cluster keeps its old centroid."],
)

edit(
    of="update",
    name="empty_goes_to_zero",
    replace=[("C.copy()", "np.zeros(C.shape)")],
    zh=["空的类，中心应当在哪里？", "空的类的中心成了 0；从 C 的副本开始，它就保留了原来的。"],
    en=[
        "Where does the centroid of an empty cluster go?",
        "It goes to 0 here; start from a copy of C, so that it stays.",
    ],
)

edit(
    of="update",
    name="mean_of_all_numbers",
    replace=[("np.mean(members, axis=0)", "np.mean(members)")],
    zh=["一个中心有几个分量？", "没有写 axis，所有的数平均成了一个；要 axis=0。"],
    en=["How many numbers has a centroid?", "Without axis all numbers make one mean; say axis=0."],
)

edit(
    of="update",
    name="sum_of_the_members",
    replace=[("np.mean(members, axis=0)", "np.sum(members, axis=0)")],
    zh=["中心是样本的和，还是平均？", "忘了除以样本的个数；用 np.mean。"],
    en=["Is a centroid the sum of its samples?", "It was not divided by their number; use np.mean."],
)

edit(
    of="update",
    name="median_of_the_members",
    replace=[("np.mean(members, axis=0)", "np.median(members, axis=0)")],
    zh=["k 均值的“均值”是什么？", "取了中位数；要用平均。"],
    en=["What are the means in k-means?", "This takes the median; take the mean."],
)

# inertia

edit(
    of="inertia",
    name="root_of_the_total",
    replace=[("np.sum((X - C[labels]) ** 2)", "np.sqrt(np.sum((X - C[labels]) ** 2))")],
    zh=["最后要不要开方？", "多开了一次平方；只把距离的平方加起来。"],
    en=["Is there a root in the end?", "The root is too much; only sum the squared distances."],
)

edit(
    of="inertia",
    name="sum_of_distances",
    replace=[("np.sum((X - C[labels]) ** 2)", "np.sum(np.sqrt(np.sum((X - C[labels]) ** 2, axis=1)))")],
    zh=["相加的是距离，还是距离的平方？", "加的是距离；要加距离的平方。"],
    en=["Are distances summed or their squares?", "These are distances; sum their squares."],
)

edit(
    of="inertia",
    name="mean_square",
    replace=[("np.sum(", "np.mean(")],
    zh=["是相加，还是平均？", "取了平均；这里只相加。"],
    en=["Is it a sum or a mean?", "This is a mean; only sum."],
)

edit(
    of="inertia",
    name="distance_to_the_overall_mean",
    replace=[("C[labels]", "np.mean(X, axis=0)")],
    zh=["距离是到哪里的？", "到了全体的平均；应当到自己那一类的中心，C[labels]。"],
    en=["The distance to what?", "This is the distance to the mean of all; take the own centroid, C[labels]."],
)

edit(
    of="inertia",
    name="distances_to_all",
    replace=[("np.sum((X - C[labels]) ** 2)", "np.sum(squared_distances(X, C))")],
    zh=["一个样本和几个中心有关？", "加上了到所有中心的距离；只要到自己那一类的。"],
    en=["How many centroids concern a sample?", "This sums the distances to all of them; only the own one counts."],
)

edit(
    of="inertia",
    name="least_distances",
    replace=[("np.sum((X - C[labels]) ** 2)", "np.sum(np.min(squared_distances(X, C), axis=1))")],
    zh=["labels 用上了吗？", "取了最近的中心；要按 labels 取，它不一定是最近的。"],
    en=["Were the labels used?", "This takes the nearest centroid; take that of the label, near or not."],
)

# kmeans

edit(
    of="kmeans",
    name="one_round_too_few",
    replace=[("range(iterations)", "range(iterations - 1)")],
    zh=["做了几轮？", "少做了一轮；range(iterations) 正好是 iterations 轮。"],
    en=["How many rounds were there?", "There is one too few; range(iterations) has as many as wanted."],
)

edit(
    of="kmeans",
    name="never_assigned_again",
    replace=[("        labels = assign(X, C)\n        history", "        history")],
    zh=["中心动了以后，分类还一样吗？", "更新中心以后没有重新分类；每一轮都要再调用 assign。"],
    en=["Do labels stay when centroids move?", "Nothing is assigned again; each round has to call assign."],
)

edit(
    of="kmeans",
    name="centroids_stay",
    replace=[("        C = update(X, labels, C)\n", "        update(X, labels, C)\n")],
    zh=["update 的结果去了哪里？", "update 不改动 C，它返回新的中心；要写 C = update(X, labels, C)。"],
    en=[
        "Where does the result of update go?",
        "update leaves C alone and returns new centroids: C = update(X, labels, C).",
    ],
)

edit(
    of="kmeans",
    name="history_without_the_start",
    replace=[("history = [inertia(X, labels, C)]", "history = []")],
    zh=["history 的第一项是什么时候的？", "少了最初的一项；循环之前就有一次分类，它的 inertia 也要记下。"],
    en=["Where does history begin?", "Its first entry is missing: the inertia of the labels before the loop."],
)

edit(
    of="kmeans",
    name="never_stops_early",
    replace=[("            break\n", "            pass\n")],
    zh=["分类不再变了，还要接着做吗？", "没有提前停止；分类和上一轮相同时要 break。"],
    en=[
        "Must it go on once no label changes?",
        "It does not stop early; break where the labels are those of the round before.",
    ],
)

edit(
    of="kmeans",
    name="stops_before_it_is_noted",
    replace=[("history.append", "if np.array_equal(labels, before):\n            break\n        history.append")],
    zh=["最后一轮记下了吗？", "分类没有变的那一轮也是一轮，它的 inertia 要在停止之前记下。"],
    en=["Was the last round noted?", "The round that changes no label is one, too; note its inertia before the break."],
)

# center

edit(
    of="center",
    name="mean_of_everything",
    replace=[("np.mean(X, axis=0)", "np.mean(X)")],
    zh=["有几个平均？", "没有写 axis，所有的数平均成了一个；每一列要有自己的平均，axis=0。"],
    en=["How many means are there?", "Without axis there is one for all; each column has its own, axis=0."],
)

edit(
    of="center",
    name="mean_of_each_sample",
    replace=[("np.mean(X, axis=0)", "np.mean(X, axis=1)"), ("X - mean", "X - mean[:, None]")],
    zh=["平均是对样本取的，还是对分量取的？", "减去了每一行的平均；要减去每一列的，axis=0。"],
    en=[
        "Is the mean over samples or over features?",
        "This takes the mean of each row; take that of each column, axis=0.",
    ],
)

edit(
    of="center",
    name="standardised",
    replace=[("X - mean", "(X - mean) / np.std(X, axis=0)")],
    zh=["中心化和标准化一样吗？", "还除以了标准差；这里只减去平均。"],
    en=["Is centring the same as standardising?", "This divides by the deviation as well; only subtract the mean."],
)

# principal_components

edit(
    of="principal_components",
    name="not_centred",
    replace=[("np.linalg.svd(Xc", "np.linalg.svd(X")],
    zh=["数据先要做什么？", "没有中心化；svd 的参数是 Xc，不是 X。"],
    en=["What has to be done to the data first?", "They were not centred; take the svd of Xc, not of X."],
)

edit(
    of="principal_components",
    name="divided_by_m",
    replace=[("(len(X) - 1)", "len(X)")],
    zh=["方差除以几？", "除以了 m；这里除以 m - 1。"],
    en=["What is the variance divided by?", "It was divided by m; here it is m - 1."],
)

edit(
    of="principal_components",
    name="singular_values_not_squared",
    replace=[("S[:k] ** 2", "S[:k]")],
    zh=["奇异值和方差是什么关系？", "奇异值没有平方；方差是它的平方除以 m - 1。"],
    en=["How do singular values make variances?", "They were not squared; a variance is the square over m - 1."],
)

edit(
    of="principal_components",
    name="deviations_for_variances",
    replace=[("S[:k] ** 2 / (len(X) - 1)", "S[:k] / np.sqrt(len(X) - 1)")],
    zh=["要的是方差还是标准差？", "这是标准差；方差是它的平方。"],
    en=["Is it the variance or the deviation?", "These are standard deviations; the variance is the square."],
)

edit(
    of="principal_components",
    name="columns_of_vt",
    replace=[("Vt[:k].T", "Vt[:, :k]")],
    zh=["主成分是 Vt 的行还是列？", "取了 Vt 的列；主成分是它的行：Vt[:k].T。"],
    en=["Are components rows or columns of Vt?", "These are its columns; take rows: Vt[:k].T."],
)

edit(
    of="principal_components",
    name="components_as_rows",
    replace=[("Vt[:k].T", "Vt[:k]")],
    zh=["V 的形状应当是什么？", "没有转置；主成分要成为 V 的列。"],
    en=["Which shape should V have?", "It was not transposed; components become the columns of V."],
)


@mistake(
    of="principal_components",
    zh=["方差最大的在前吗？", "eigh 给的特征值从小到大；要反过来，特征向量的列也跟着反过来。"],
    en=[
        "Does the largest variance come first?",
        "eigh puts the smallest eigenvalue first; turn both round, the columns of the eigenvectors, too.",
    ],
)
def smallest_first(X, k):
    Xc, mean = center(X)
    w, E = np.linalg.eigh(Xc.T @ Xc / (len(X) - 1))
    return E[:, :k], w[:k]


@mistake(
    of="principal_components",
    zh=["特征值重新排了，特征向量呢？", "只把特征值反了过来；特征向量的列也要同样排。"],
    en=[
        "The eigenvalues were sorted; were the eigenvectors?",
        "Only the eigenvalues were turned round; the columns of eigenvectors go the same way.",
    ],
)
def only_the_values_sorted(X, k):
    Xc, mean = center(X)
    w, E = np.linalg.eigh(Xc.T @ Xc / (len(X) - 1))
    return E[:, :k], w[::-1][:k]


@mistake(
    of="principal_components",
    zh=["特征向量是矩阵的行还是列？", "取了特征向量矩阵的行；每个特征向量是一列。"],
    en=["Are eigenvectors rows or columns?", "These are rows of the matrix; each eigenvector is a column."],
)
def rows_of_the_eigenvectors(X, k):
    Xc, mean = center(X)
    w, E = np.linalg.eigh(Xc.T @ Xc / (len(X) - 1))
    return E[::-1][:k].T, w[::-1][:k]


# explained_ratio

edit(
    of="explained_ratio",
    name="share_of_the_chosen",
    replace=[("np.sum(np.var(X, axis=0, ddof=1))", "np.sum(variance)")],
    zh=["只取一个主成分时，它占多少？", "总方差里少了没有选的主成分；要用每一列方差的和。"],
    en=["How much is one component's share?", "The total lacks what was not chosen; sum the variances of all columns."],
)

edit(
    of="explained_ratio",
    name="another_divisor",
    replace=[(", ddof=1", "")],
    zh=["两个方差都除以 m - 1 吗？", "np.var 除以 m；写 ddof=1 才除以 m - 1。"],
    en=["Are both divided by m - 1?", "np.var divides by m; with ddof=1 it divides by m - 1."],
)

edit(
    of="explained_ratio",
    name="running_total",
    replace=[("variance / total", "np.cumsum(variance) / total")],
    zh=["要的是每一个的份额，还是累计的？", "这是累计的份额；这里要每个主成分自己的。"],
    en=["Each one's share, or the running total?", "This is the running total; each component's own share is wanted."],
)

# project

edit(
    of="project",
    name="not_centred",
    replace=[("(X - mean) @ V", "X @ V")],
    zh=["坐标从哪里量起？", "没有减去平均；坐标是从数据的中心量起的。"],
    en=["From where are coordinates measured?", "The mean was not subtracted; they start at the centre of the data."],
)

edit(
    of="project",
    name="added_the_mean",
    replace=[("X - mean", "X + mean")],
    zh=["平均是加还是减？", "加上了平均；投影之前要减去。"],
    en=["Is the mean added or subtracted?", "It was added; subtract it before projecting."],
)

# reconstruct

edit(
    of="reconstruct",
    name="mean_forgotten",
    replace=[(" + mean", "")],
    zh=["还原的数据的中心在哪里？", "没有加回平均。"],
    en=["Where does the centre of the data lie?", "The mean was not added again."],
)

edit(
    of="reconstruct",
    name="not_transposed",
    replace=[("V.T", "V")],
    zh=["Z 的列数和 V 的什么相同？", "V 没有转置；还原时乘的是 V.T。"],
    en=["What of V has as many as Z has columns?", "V was not transposed; the way back takes V.T."],
)
