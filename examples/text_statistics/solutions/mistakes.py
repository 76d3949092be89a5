# ruff: noqa: F821
"""七个函数的典型错误：每一个都是参考实现的一种错法，附由浅入深的提示。这个文件只被读取，从不运行。"""

# tokenize


@mistake(
    of="tokenize",
    zh=["标点算不算词的一部分？", "split() 只认空白，标点留在了词上；词只由字母和数字组成，别的字符都是分隔。"],
    en=[
        "Is punctuation a part of a word?",
        "split() knows white space only and left punctuation on the words; only letters and digits make a word.",
    ],
)
def splits_at_spaces(text):
    return text.lower().split()


edit(
    of="tokenize",
    name="capitals_kept",
    replace=[("text.lower()", "text")],
    zh=["“To”和“to”是不是同一个词？", "大写字母没有变成小写；先用 lower() 再切。"],
    en=["Are “To” and “to” one word?", "Capital letters stayed; apply lower() before splitting."],
)

edit(
    of="tokenize",
    name="last_word_lost",
    replace=[("if word:\n        words.append(word)", "pass")],
    zh=["文字的最后一个词在哪里？", "只有遇到分隔才收下一个词；文字在词中间结束时，循环之后还要收一次。"],
    en=[
        "Where is the last word of the text?",
        "A word is taken only at a separator; where the text ends inside a word, take it after the loop.",
    ],
)

edit(
    of="tokenize",
    name="empty_words",
    replace=[("elif word:", "else:")],
    zh=["两个分隔挨在一起，中间有词吗？", "连着的分隔切出了空的词；word 不空时才收下。"],
    en=[
        "Is there a word between two separators?",
        "Separators in a row give empty words; take a word only if it is not empty.",
    ],
)

edit(
    of="tokenize",
    name="letters_only",
    replace=[("isalnum", "isalpha")],
    zh=["“2024”是不是一个词？", "数字被当成了分隔；字母和数字都属于词，isalnum 两样都认。"],
    en=["Is “2024” a word?", "Digits were taken for separators; letters and digits both belong: isalnum takes either."],
)

# count_words


@mistake(
    of="count_words",
    zh=["同一个词第二次出现时，次数是多少？", "每次都写成了 1；应当在原来的次数上加 1。"],
    en=[
        "What is the count when a word comes the second time?",
        "The count is set to 1 each time; add 1 to what it was.",
    ],
)
def always_one(words):
    return dict.fromkeys(words, 1)


edit(
    of="count_words",
    name="starts_at_one",
    replace=[("get(word, 0)", "get(word, 1)")],
    zh=["第一次见到一个词之前，它出现过几次？", "次数都多了 1：还没见过的词，原来的次数是 0。"],
    en=[
        "How often was a word seen before it is seen first?",
        "Every count is one too high: a word not seen yet has the count 0.",
    ],
)


@mistake(
    of="count_words",
    zh=["要的是列表还是字典？", "返回的是一对一对的列表；应当返回字典 {词: 次数}。"],
    en=["Is a list wanted or a dict?", "This returns a list of pairs; return the dict {word: count}."],
)
def pairs_for_dict(words):
    return [(word, words.count(word)) for word in dict.fromkeys(words)]


# most_common

edit(
    of="most_common",
    name="least_common",
    replace=[("-item[1]", "item[1]")],
    zh=["排在最前面的应当是次数最多的。", "次数少的排到了前面；排序从小到大，所以次数要取负号。"],
    en=[
        "The most frequent word should come first.",
        "Small counts come first; sorting goes upwards, so put a minus before the count.",
    ],
)

edit(
    of="most_common",
    name="ties_as_they_come",
    replace=[("(-item[1], item[0])", "-item[1]")],
    zh=["次数相同的词，谁在前？", "只比了次数，次数相同的就按出现的先后排了；依据应当是一对：先次数，再词。"],
    en=[
        "Which of two words with the same count comes first?",
        "Only counts were compared, so ties stay as they came; sort by a pair, the count and then the word.",
    ],
)

edit(
    of="most_common",
    name="ties_backwards",
    replace=[
        ("key=lambda item: (-item[1], item[0])", "key=lambda item: (item[1], item[0]), reverse=True"),
    ],
    zh=["次数相同的词，谁在前？", "reverse=True 把词的次序也倒过来了；只让次数取负号，词照常从小到大。"],
    en=[
        "Which of two words with the same count comes first?",
        "reverse=True turned the words' order round too; put a minus before the count and leave the words rising.",
    ],
)

edit(
    of="most_common",
    name="words_without_counts",
    replace=[("ranking = ranking[:n]", "ranking = [word for word, count in ranking[:n]]")],
    zh=["每一项里有几样东西？", "只返回了词；每一项应当是一对 (词, 次数)。"],
    en=["How many things are in an item?", "Only words were returned; each item is a pair (word, count)."],
)

edit(
    of="most_common",
    name="always_three",
    replace=[("[:n]", "[:3]")],
    zh=["示例里的 n 是 3，别的时候呢？", "个数写死成了 3；应当用参数 n。"],
    en=["The example has n = 3; what about other calls?", "The number is fixed at 3; use the argument n."],
)

edit(
    of="most_common",
    name="all_of_them",
    replace=[("ranking = ranking[:n]", "pass")],
    zh=["要几个词？", "所有的词都返回了；排好以后只留前 n 个。"],
    en=["How many words are wanted?", "All words were returned; after sorting keep the first n."],
)

# frequency

edit(
    of="frequency",
    name="missing_counts_as_zero",
    replace=[("counts[word]", "counts.get(word, 0)")],
    zh=["没有这个词时应当怎样？", "get 把没有的词当成 0 次；这里应当抛出 KeyError，用方括号取就会。"],
    en=[
        "What should happen for a word that is not there?",
        "get takes an unknown word for 0; KeyError is wanted here, and square brackets raise it.",
    ],
)

edit(
    of="frequency",
    name="whole_division",
    replace=[(" / ", " // ")],
    zh=["比例是一个小数。", "// 是整除，结果几乎总是 0；应当用 /。"],
    en=["A frequency is a fraction.", "// divides to a whole number, nearly always 0; use /."],
)

edit(
    of="frequency",
    name="of_different_words",
    replace=[("sum(counts.values())", "len(counts)")],
    zh=["分母是什么的总数？", "除的是不同的词有几个；应当除以所有次数的和。"],
    en=[
        "What is the total below the line?",
        "This divides by the number of different words; divide by the sum of all counts.",
    ],
)

edit(
    of="frequency",
    name="in_percent",
    replace=[("share = counts", "share = 100 * counts")],
    zh=["比例在 0 和 1 之间。", "多乘了 100；不要化成百分数。"],
    en=["A frequency lies between 0 and 1.", "There is a factor 100 too many; it is no percentage."],
)

# parse_record

edit(
    of="parse_record",
    name="count_stays_text",
    replace=[("int(digits)", "digits")],
    zh=["次数应当是什么类型？", "返回的次数还是文字；用 int 变成整数。"],
    en=["Of which type is a count?", "The count is still a text; make it a whole number with int."],
)

edit(
    of="parse_record",
    name="spaces_kept",
    replace=[("word = word.strip()", "pass"), ("word.isalnum()", "word.strip()")],
    zh=["等号两边的空格怎么办？", "词的两边还有空格；切开以后用 strip() 去掉。"],
    en=["What about spaces around the sign?", "The word still has spaces around it; strip() it after splitting."],
)


@mistake(
    of="parse_record",
    zh=["不合格式的行应当怎样？", "不合格式时返回了 None；应当抛出 ValueError，写 raise ValueError(...)。"],
    en=[
        "What should happen to a line of another form?",
        "None is returned for it; raise ValueError(...) instead.",
    ],
)
def returns_none(line):
    word, sign, digits = line.partition("=")
    word, digits = word.strip(), digits.strip()
    if not (word.isalnum() and digits.isdecimal()):
        return None
    return word, int(digits)


@mistake(
    of="parse_record",
    zh=[
        "int 认得的写法比“只有数字”多。",
        "int 也接受正负号和下划线，词也没有检查；先用 isalnum 和 isdecimal 检查，再用 int。",
    ],
    en=[
        "int takes more than digits.",
        "int accepts signs and underscores too, and the word went unchecked; ask isalnum and isdecimal before int.",
    ],
)
def leaves_it_to_int(line):
    word, digits = line.split("=")
    return word.strip(), int(digits)


edit(
    of="parse_record",
    name="wrong_exception",
    replace=[("raise ValueError", "raise KeyError")],
    zh=["抛出的是哪一种异常？", "抛出的异常种类不对；格式不对用 ValueError。"],
    en=["Which exception is it?", "The exception is of another kind; a malformed line is a ValueError."],
)

edit(
    of="parse_record",
    name="count_unchecked",
    replace=[("(word.isalnum() and digits.isdecimal())", "word.isalnum()"), ("int(digits)", "int(digits or 0)")],
    zh=["“apple=”缺了什么？", "只检查了词；次数也要检查：用 isdecimal 问它是不是只由数字组成。"],
    en=[
        "What is missing in “apple=”?",
        "Only the word was checked; check the count too: isdecimal says whether it is digits only.",
    ],
)

# merge


@mistake(
    of="merge",
    zh=["两边都有的词，次数是多少？", "第二本的次数盖掉了第一本的；两边都有的词要相加。"],
    en=[
        "What is the count of a word that both have?",
        "The second's counts replace the first's; add them for a word in both.",
    ],
)
def replaces_counts(first, second):
    return {**first, **second}


@mistake(
    of="merge",
    zh=["只在第二本里的词去哪里了？", "只看了第一本里的词；第二本里多出来的词也要收进来。"],
    en=[
        "Where are the words that only the second has?",
        "Only words of the first were looked at; take those of the second in too.",
    ],
)
def words_of_first_only(first, second):
    return {word: count + second.get(word, 0) for word, count in first.items()}


# read_counts

edit(
    of="read_counts",
    name="last_line_wins",
    replace=[("merge(counts, {word: count})", "{**counts, word: count}")],
    zh=["同一个词出现在两行里，次数是多少？", "后一行盖掉了前一行；用 merge 把次数加起来。"],
    en=["What is the count of a word in two lines?", "The later line replaces the earlier; add them with merge."],
)

edit(
    of="read_counts",
    name="stops_at_blank_line",
    replace=[("if line.strip():", "if not line.strip():\n            break\n        if True:")],
    zh=["空白的行后面还有没有记录？", "遇到空白的行就停下了；应当跳过它，继续读。"],
    en=["Is anything left after a blank line?", "Reading stops at a blank line; skip it and go on."],
)

edit(
    of="read_counts",
    name="bad_lines_skipped",
    replace=[
        (
            "word, count = parse_record(line)",
            "try:\n                word, count = parse_record(line)\n"
            "            except ValueError:\n                continue",
        )
    ],
    zh=["不合格式的行应当怎样？", "ValueError 被接住了，那一行悄悄跳过了；不要接住它，让它传出去。"],
    en=[
        "What should happen at a malformed line?",
        "The ValueError was caught and the line left out in silence; let it through.",
    ],
)
