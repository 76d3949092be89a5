"""The Chinese of the sentences that stand in docstrings: of generators, plain functions and properties."""

CHINESE = {
    # the families of generators
    "Real and whole numbers. Without sizes each gives one plain number, with sizes an array.": (
        "实数和整数：不写大小得到一个普通的数，写了大小得到数组"
    ),
    "Numbers whose order matters: for maxima, sorting, and gradients that must stay away from a kink.": (
        "讲究大小次序的数：用于最大值、排序，以及要避开拐点的梯度"
    ),
    "Choices, truth values, labels and orders.": "选择、真假、类别和次序",
    "Square matrices with a property that numerical methods ask for, all well conditioned.": (
        "数值方法要用的方阵，条件数都不大"
    ),
    "Texts, for assignments that are not about numbers.": "文字：用于与数无关的作业",
    "For examples of existing handouts: the numbers of `numpy.random.randn` and its like after `numpy.random.seed`.": (
        "配合现有讲义的示例：`numpy.random.seed` 之后 `numpy.random.randn` 等给出的数"
    ),
    (
        "They need `legacy_seed`. Other generators may stand beside them and then draw from the same stream: "
        "`normal(2, 3)` gives what `numpy.random.normal(size=(2, 3))` would, `uniform(0, 1, 4)` what "
        "`numpy.random.uniform(0, 1, 4)` would."
    ): (
        "它们需要 `legacy_seed`。旁边也可以写别的生成函数，这时都从同一串随机数里取：`normal(2, 3)` 给出的就是 "
        "`numpy.random.normal(size=(2, 3))` 的数，`uniform(0, 1, 4)` 给出的就是 `numpy.random.uniform(0, 1, 4)` 的数。"
    ),
    # numbers
    "Return standard normal numbers, float64.": "标准正态分布的数，float64。",
    "Return numbers spread evenly from `low` to `high`, float64.": "从 `low` 到 `high` 均匀分布的数，float64。",
    "Return whole numbers from `low` to `high`, both included, int64.": "从 `low` 到 `high` 的整数，含两端，int64。",
    "For a single number a range is better: the values of `1..6` take turns from case to case.": (
        "只要一个数时最好写范围：`1..6` 的各个值会在用例之间轮流出现。"
    ),
    "Return `value` everywhere, float64; a truth value makes an array of bool.": (
        "处处是 `value`，float64；真假值得到 bool 数组。"
    ),
    # ranked
    "Return numbers that all differ, by 0.05 at least, of both signs and in random order.": (
        "互不相同的数，至少相差 0.05，有正有负，次序随机。"
    ),
    "A maximum then stays where it is when one number moves a little, so its gradient can be differenced.": (
        "这样挪动一个数一点点，最大值的位置不变，它的梯度就可以用差分检验。"
    ),
    "Return `count` numbers in rising order, 0.05 apart at least, of both signs: nodes, thresholds, times.": (
        "从小到大的 `count` 个数，至少相差 0.05，有正有负：节点、阈值、时刻。"
    ),
    "Return numbers of few values, some of them negative, the largest of which comes up twice at least.": (
        "只取少数几种值的数，其中有负数，最大的至少出现两次。"
    ),
    # discrete
    "Return a list of `count` of the values, each drawn by itself: a column of a table, say.": (
        "`count` 个值的列表，每个都从给出的值里单独抽取：比如表格的一列。"
    ),
    "Return one of the values; from case to case they take turns, so that none is left out.": (
        "几个值中的一个；它们在用例之间轮流出现，一个也不漏。"
    ),
    "Return truth values, True and False equally often on average: an array of bool, or one bool.": (
        "真假值，平均起来各占一半：bool 数组，或一个 bool。"
    ),
    "Return the whole numbers from 0 to `count` - 1 in random order, int64.": (
        "0 到 `count` - 1 的整数，次序随机，int64。"
    ),
    "Return `count` class numbers from 0 to `classes` - 1, int64, as evenly as can be and in random order.": (
        "`count` 个类别号，从 0 到 `classes` - 1，int64，各类尽量一样多，次序随机。"
    ),
    "Return `count` rows of `classes` numbers, float64: a single 1 in each, as evenly as can be, else 0.": (
        "`count` 行、每行 `classes` 个数，float64：每行只有一个 1，各类尽量一样多，其余是 0。"
    ),
    "Return positive numbers that add up to 1 along the last axis, float64: what a softmax gives.": (
        "沿最后一维加起来是 1 的正数，float64，就像 softmax 的结果。"
    ),
    # matrices
    "Return a matrix whose columns are orthonormal, float64 (`rows`, `rows`).": (
        "各列互相正交、长度为 1 的矩阵，float64，形状 (`rows`, `rows`)。"
    ),
    "Return a symmetric positive definite matrix with eigenvalues from 1 to 10, float64 (`rows`, `rows`).": (
        "对称正定矩阵，特征值在 1 到 10 之间，float64，形状 (`rows`, `rows`)。"
    ),
    (
        "Return a diagonally dominant matrix, float64 (`rows`, `rows`): elimination needs no pivoting, "
        "Jacobi converges."
    ): "对角占优矩阵，float64，形状 (`rows`, `rows`)：消元不用选主元，雅可比迭代收敛。",
    # text
    "Return a text of `length` characters of `alphabet` (small letters, if it is left out).": (
        "由 `alphabet` 中的字符组成的一段文字，长 `length`；不写 `alphabet` 就用小写字母。"
    ),
    "Return a list of `count` made-up words of one to eight small letters.": (
        "`count` 个编造的词的列表，每个由一到八个小写字母组成。"
    ),
    # legacy
    "Return what `numpy.random.randn(*shape)` returns after `numpy.random.seed(legacy_seed)`.": (
        "`numpy.random.seed(legacy_seed)` 之后 `numpy.random.randn(*shape)` 的结果。"
    ),
    "Return what `numpy.random.rand(*shape)` returns after `numpy.random.seed(legacy_seed)`.": (
        "`numpy.random.seed(legacy_seed)` 之后 `numpy.random.rand(*shape)` 的结果。"
    ),
    "Return what `numpy.random.randint(low, high, shape)` returns: whole numbers below `high`, int64.": (
        "`numpy.random.randint(low, high, shape)` 的结果：小于 `high` 的整数，int64。"
    ),
    # plain functions
    "Return the least of several values, or of one array or list.": "几个值中，或者一个数组、列表中最小的。",
    "Return the greatest of several values, or of one array or list.": "几个值中，或者一个数组、列表中最大的。",
    "Return the absolute value, element by element.": "绝对值，逐个元素计算。",
    "Return a number rounded to `digits` decimals (a whole number if they are left out), or an array so.": (
        "把一个数或数组舍入到 `digits` 位小数；不写就取整。"
    ),
    "Return the number of items, or the length of an array's first axis.": "有几项；数组是第一维的长度。",
    "Return a number without its fraction.": "去掉小数部分的整数。",
    "Return a number as a float.": "变成 float。",
    "Return a list of whole numbers, as Python's range counts them.": "整数的列表，与 Python 的 range 一样数。",
    "Return the items of a tuple or array as a list.": "把元组或数组的各项变成列表。",
    "Return the items of a list or of an array's first axis as a tuple.": "把列表的各项或数组的第一维变成元组。",
    "Return a list in rising order, or an array sorted along its last axis.": (
        "从小到大排好的列表；数组沿最后一维排序。"
    ),
    "Return a list of numbers, or of lists of them all of one length, as an array: int64, float64 or bool.": (
        "把数的列表（或长短一样的列表的列表）变成数组：int64、float64 或 bool。"
    ),
    "Return an array's numbers in another shape; one size may be -1.": "换一个形状；其中一个大小可以写 -1。",
    "Return an array with its axes reversed, or in the order given.": "把各维倒过来，或者按给出的次序排。",
    "Return a list of arrays joined along `axis`.": "把列表里的数组沿 `axis` 接起来。",
    "Return the whole numbers from 0 to `count` - 1, int64.": "0 到 `count` - 1 的整数，int64。",
    "Return `count` numbers from `start` to `stop`, both included, float64.": (
        "从 `start` 到 `stop` 的 `count` 个数，含两端，float64。"
    ),
    "Return the identity matrix, float64.": "单位矩阵，float64。",
    # plain functions that make what is no number
    "Return a set of the items of a list or array: `set(integers(0, 9, n))`.": (
        "由列表或数组的各项组成的集合：`set(integers(0, 9, n))`。"
    ),
    "Return a frozenset of the items of a list or array.": "由列表或数组的各项组成的 frozenset。",
    "Return a text in UTF-8, or whole numbers from 0 to 255, as bytes.": (
        "把文字（按 UTF-8）或 0 到 255 的整数变成 bytes。"
    ),
    'Return a Decimal, of a text such as "1.10" or a whole number.': '由 "1.10" 这样的文字或整数得到的 Decimal。',
    "Return a Fraction of two whole numbers.": "两个整数的 Fraction。",
    "Return a date; a day beyond the month's end counts on into the next ones: `date(2024, 1, 1..366)`.": (
        "一个日期；超出月底的日子接着往后面的月份数：`date(2024, 1, 1..366)`。"
    ),
    "Return a date with a time of day; what is too much counts on, as of `date`.": (
        "带时刻的日期；超出的部分与 `date` 一样接着数。"
    ),
    "Return a DataFrame of columns by name, lists or arrays of one length: `table(a=normal(n), b=words(n))`.": (
        "按列名给出各列（一样长的列表或数组）的 DataFrame：`table(a=normal(n), b=words(n))`。"
    ),
    (
        'Columns may stand in a dict: `table({"unit price": normal(n)})`. `index` are the labels of the rows. The '
        "Python that runs the code needs pandas."
    ): '各列也可以写在字典里：`table({"unit price": normal(n)})`。`index` 是行标签。运行代码的 Python 要有 pandas。',
    "Return a Series of a list or array; `index` are its labels, 0, 1, … if it is left out.": (
        "由列表或数组得到的 Series；`index` 是它的标签，不写就是 0, 1, …。"
    ),
    "Functions, as text that is compiled beside the student's code.": "函数：以文字形式给出，在学生代码旁边编译。",
    "Return a polynomial of `x` as a function, of this degree, with coefficients of one decimal.": (
        "返回一个关于 `x` 的多项式函数，次数给定，系数保留一位小数。"
    ),
    'Return a function of the names in `text` that are not given: `func("x**2 - a", a=2)`.': (
        '返回一个函数，参数是 `text` 里没有给值的名字：`func("x**2 - a", a=2)`。'
    ),
    "Return what `sort` returns.": "与 `sort` 相同。",
    "Return the rows of an array as a list of arrays; the items of a list or tuple as a list.": (
        "把数组的各行变成数组的列表；列表或元组的各项变成列表。"
    ),
    "Return the diagonal of a matrix, or the matrix with these numbers on its diagonal.": (
        "矩阵的对角线；给出一维数组时，是以它为对角线的矩阵。"
    ),
    "Return a matrix with zeros above its diagonal.": "把矩阵对角线以上的元素换成 0。",
    "Return a matrix with zeros below its diagonal.": "把矩阵对角线以下的元素换成 0。",
    "Return whether all numbers agree to a millionth of the largest; in `holds`, within the check's tolerance.": (
        "所有数是否相等，误差不超过最大数的百万分之一；在 `holds` 里按检查的容差。"
    ),
    "Return, in `holds`, whether all items of a list, or rows of an array, are in another one.": (
        "用于 `holds`：列表的各项（数组的各行）是否都在另一个里面。"
    ),
    "Return, in `holds`, whether no two items of a list, or rows of an array, are equal.": (
        "用于 `holds`：列表的各项（数组的各行）是否互不相等。"
    ),
    "Return, in `holds`, whether two lists or arrays have the same items or rows, in whatever order.": (
        "用于 `holds`：两个列表（数组）是否有同样的各项（各行），不论次序。"
    ),
    # properties
    "`inputs_unchanged`: the call changes none of its arguments.": "`inputs_unchanged`：调用不改变任何参数。",
    "`deterministic`: the same call twice gives the same.": "`deterministic`：同样的调用两次，结果相同。",
    (
        "`samples_independent: {over: A_prev}`: each sample of a batch comes out as it does alone, wherever it stands."
    ): "`samples_independent: {over: A_prev}`：整批、每个样本单独、整批倒过来，每个样本的结果都应当一样。",
    (
        "`over` names what was drawn for the whole batch, along its first axis; what the lines of `draw` compute "
        "from it is computed anew. Without `over` it is the first array among the arguments, and every other that was "
        "drawn with the same name as its first size (`normal(m, …)`). Only batches of two samples and more are tried."
    ): (
        "`over` 是为整批抽取的、第一维是样本的名字；`draw` 里由它算出来的会重新计算。"
        "不写 `over` 时，是参数里的第一个数组，"
        "以及第一个大小用了同一个名字的其他数组（`normal(m, …)`）。只试两个样本以上的批。"
    ),
    "`random_state_unchanged`: the call neither seeds nor draws from `random` and `numpy.random`.": (
        "`random_state_unchanged`：调用不改变 `random` 和 `numpy.random` 的状态，既不设种子，也不从中取数。"
    ),
    "For functions that need no random numbers, and for those that have a generator of their own (`default_rng`).": (
        "用于不需要随机数的函数，以及自带生成器（`default_rng`）的函数。"
    ),
    '`calls_independent: {of: "conv_forward(A_prev, W, b, hparameters)"}`: other calls make no difference.': (
        '`calls_independent: {of: "conv_forward(A_prev, W, b, hparameters)"}`：别的调用不影响结果。'
    ),
    (
        "A call is made once by itself, and once between others with other inputs: what it returns must be the same, "
        "to the last bit, and stay so while the others follow. `of` says which call the others are; without it they "
        "are of the same function. It finds what is kept from call to call: an input of the last forward pass that is "
        "used in place of the cache, a dict of the module's own in a cache, an array that is filled again."
    ): (
        "同一个调用，一次单独做，一次夹在几个输入不同的调用之间：结果必须完全一样，后面的调用也不能改变它。"
        "`of` 是夹在两边的调用；不写就是同一个函数。它能发现两次调用之间留下来的东西："
        "不用 `cache` 而用上一次前向传播的输入，把模块里的同一个字典放进 `cache`，反复填写同一个数组。"
    ),
    "`depends_on: {argument: seed}`: other values of the argument give other results.": (
        "`depends_on: {argument: seed}`：这个参数换了值，结果就会不同。"
    ),
    (
        "For results that may be anything, as long as they are random: the calls take the next cases' values of the "
        "argument, and one result that differs is enough. Draw inputs for which all of them being equal by chance is "
        "out of the question."
    ): (
        "用于什么都可以、只要随机的结果：几次调用换用后面几个用例里这个参数的值，有一个结果不同就够了。"
        "抽取的输入要让它们不可能碰巧全都相同。"
    ),
    "`linear_in: {argument: W}`: f(a) + f(b) = f(a + b) + f(0), with everything else the same.": (
        "`linear_in: {argument: W}`：其他参数不变时，f(a) + f(b) = f(a + b) + f(0)。"
    ),
    "`outputs` says which outputs that is about, if not about all.": "`outputs` 说的是哪些输出；不写就是全部。",
    '`shape: {Z: "(m, n_H, n_W, n_C)"}`: outputs have these shapes, computed from the drawn names.': (
        '`shape: {Z: "(m, n_H, n_W, n_C)"}`：各个输出的形状，由抽到的名字算出。'
    ),
    "`dtype: {Z: float64}`: outputs have these dtypes, or dtypes of this kind (`float`).": (
        "`dtype: {Z: float64}`：各个输出的 dtype；也可以只写类别（`float`）。"
    ),
    "`finite`: no NaN and no infinity comes back.": "`finite`：结果里没有 NaN，也没有无穷大。",
}
