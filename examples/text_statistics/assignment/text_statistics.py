"""文本统计：七个函数，只用 Python 自带的字符串、列表和字典。"""


# 评分函数:tokenize
def tokenize(text):
    """把一段文字切成词。

    词是连在一起的字母和数字（str.isalnum 为真的字符），一律变成小写；其余字符只起分隔作用，不属于任何词。

    参数：
    text -- 一段文字，可以是空的

    返回：
    words -- 词的列表，次序与原文相同
    """
    ### 在此处编写代码 ###
    # 逐个字符看：字母和数字接到 word 后面；遇到别的字符，一个词就结束了（约 7 行代码）
    words = None
    word = None
    # 文字的末尾可能正好是一个词（2 行代码）
    ### 代码结束 ###

    return words


# 评分函数:count_words
def count_words(words):
    """数一数每个词出现了几次。

    参数：
    words -- 词的列表

    返回：
    counts -- 字典，{词: 次数}
    """
    ### 在此处编写代码 ###
    # 从空字典开始，每见到一个词就加 1；第一次见到时，原来的次数是 0（3 行代码）
    counts = None
    ### 代码结束 ###

    return counts


# 评分函数:most_common
def most_common(counts, n=3):
    """返回次数最多的 n 个词。

    次数多的在前；次数相同的，词小的在前（按字符串的 <）。不足 n 个词时，有几个就返回几个。

    参数：
    counts -- 字典，{词: 次数}
    n -- 最多要几个词，不小于 0

    返回：
    ranking -- 列表，每一项是 (词, 次数)
    """
    ### 在此处编写代码 ###
    # 排序的依据是一对：先比次数（大的在前，所以取负号），再比词（约 2 行代码）
    ranking = None
    # 只留前 n 个（1 行代码）
    ranking = None
    ### 代码结束 ###

    return ranking


# 评分函数:frequency
def frequency(counts, word):
    """返回一个词占全部词的比例。

    参数：
    counts -- 字典，{词: 次数}，不是空的
    word -- 要查的词

    返回：
    share -- 这个词的次数除以总次数，一个 0 到 1 的小数

    没有这个词时抛出 KeyError。
    """
    ### 在此处编写代码 ###
    # 用方括号取次数，没有这个词时 Python 自己就会抛出 KeyError（1 行代码）
    share = None
    ### 代码结束 ###

    return share


# 评分函数:parse_record
def parse_record(line):
    """读一行“词=次数”，例如 "apple=3"。

    等号两边可以有空格。词只由字母和数字组成，次数只由数字组成，两者都不能空着。

    参数：
    line -- 一行文字

    返回：
    word -- 词
    count -- 次数，一个整数

    不是这个格式时抛出 ValueError。
    """
    ### 在此处编写代码 ###
    # 从第一个等号切开，去掉两边的空格（约 3 行代码）
    word, sign, digits = None, None, None
    word = None
    digits = None
    # 不合格式就抛出 ValueError（2 行代码）
    # 次数要变成整数（1 行代码）
    count = None
    ### 代码结束 ###

    return word, count


# 评分函数:merge
def merge(first, second):
    """把两本字典里的次数加起来。两本原来的字典都不能改变。

    参数：
    first, second -- 字典，{词: 次数}

    返回：
    total -- 新的字典，含有两边所有的词
    """
    ### 在此处编写代码 ###
    # 先复制第一本，再把第二本里的次数一个个加上去（3 行代码）
    total = None
    ### 代码结束 ###

    return total


# 评分函数(可选):read_counts
def read_counts(lines):
    """读许多行“词=次数”，加成一本字典；只有空白的行跳过。

    参数：
    lines -- 若干行文字的列表

    返回：
    counts -- 字典，{词: 次数}；同一个词出现在几行里，次数相加

    有一行不合格式时抛出 ValueError。
    """
    ### 在此处编写代码 ###
    # 每一行用 parse_record 读，用 merge 加到已有的次数上（约 5 行代码）
    counts = None
    ### 代码结束 ###

    return counts
