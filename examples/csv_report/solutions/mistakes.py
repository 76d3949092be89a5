# ruff: noqa: F821
"""三个函数和程序的典型错误，附由浅入深的提示。这个文件只被读取，从不运行。"""

# greet

edit(
    of="greet",
    name="returns_it",
    replace=[("print(", "return (")],
    zh=["打印和返回是一回事吗？", "return 在第一次循环就结束了函数，而且什么也没有打印；这里要用 print。"],
    en=[
        "Are printing and returning the same thing?",
        "return ends the function in its first round and prints nothing; use print here.",
    ],
)

edit(
    of="greet",
    name="on_one_line",
    replace=[('!")', '!", end=" ")')],
    zh=["一行打印几次？", 'print 自己会换行；不要写 end=" "。'],
    en=["How many greetings are in a line?", 'print ends the line by itself; leave end=" " out.'],
)

edit(
    of="greet",
    name="commas_make_spaces",
    replace=[('print(f"Hello, {name}!")', 'print("Hello,", name, "!")')],
    zh=["感叹号前面有空格吗？", "print 在用逗号分开的几项之间各放一个空格；写成一个 f 字符串。"],
    en=[
        "Is there a space before the exclamation mark?",
        "print puts a space between what commas separate; write one f-string.",
    ],
)

# read_marks

edit(
    of="read_marks",
    name="marks_stay_text",
    replace=[('int(line["math"])', 'line["math"]'), ('int(line["art"])', 'line["art"]')],
    zh=["从文件里读到的是什么类型？", "分数还是文字；用 int 变成整数。"],
    en=["Of which type is what a file gives?", "The marks are still texts; make them whole numbers with int."],
)

edit(
    of="read_marks",
    name="one_file_only",
    replace=[("open(path", 'open("marks.csv"')],
    zh=["别的文件也能读吗？", "文件名写死了；应当打开参数 path。"],
    en=["Can it read another file?", "The file's name is fixed; open the argument path."],
)


@mistake(
    of="read_marks",
    zh=["名字里有逗号时会怎样？", "split 不认引号，会在名字里切开；用 csv.DictReader。"],
    en=["What if there is a comma in a name?", "split knows no quotes and cuts a name in two; use csv.DictReader."],
)
def splits_at_commas(path):
    rows = []
    with open(path, encoding="utf-8") as file:
        next(file)
        for line in file:
            *words, first, second = line.strip().split(",")
            rows.append({"name": words[0], "math": int(first), "art": int(second)})
    return rows


# best

edit(
    of="best",
    name="lowest",
    replace=[("max(", "min(")],
    zh=["要的是最高分还是最低分？", "min 取的是最低分；用 max。"],
    en=["Is it the highest mark or the lowest?", "min takes the lowest; use max."],
)

edit(
    of="best",
    name="whole_row",
    replace=[('top["name"]', "top")],
    zh=["要的是名字，还是整本字典？", '返回的是一整行；只要 top["name"]。'],
    en=["Is the name wanted or the whole dict?", 'This returns the whole row; only top["name"] is wanted.'],
)

edit(
    of="best",
    name="last_of_equals",
    replace=[("max(rows, key=lambda row: row[subject])", "sorted(rows, key=lambda row: row[subject])[-1]")],
    zh=["同分的人里，返回的是谁？", "排序以后取最后一个，同分时就是文件里靠后的人；max 取靠前的。"],
    en=[
        "Who is returned where two have the same mark?",
        "The last one after sorting is the later of two that are equal; max takes the first.",
    ],
)


# 程序 report：改的是整个文件

edit(
    of="report",
    name="names_to_the_right",
    replace=[(":8}", ":>8}")],
    zh=["名字靠哪一边？", "> 让文字靠右；名字靠左，写 :8 或 :<8。"],
    en=["On which side are the names?", "> puts a text to the right; a name is on the left: write :8 or :<8."],
)

edit(
    of="report",
    name="whole_mean",
    replace=[(":6.1f}", ":6.0f}")],
    zh=["平均分有几位小数？", "6.0f 四舍五入成整数；一位小数写 6.1f。"],
    en=["How many decimals has the mean?", "6.0f rounds it to a whole number; one decimal is 6.1f."],
)

edit(
    of="report",
    name="ends_as_if_well",
    replace=[("sys.exit(1)", "sys.exit()")],
    zh=["没有这门课时，退出码是几？", "sys.exit() 的退出码是 0，意思是一切正常；写 sys.exit(1)。"],
    en=[
        "With which exit code does it end without such a subject?",
        "sys.exit() gives 0, which means that all went well; write sys.exit(1).",
    ],
)

edit(
    of="report",
    name="goes_on_after_the_message",
    replace=[("        sys.exit(1)\n", "")],
    zh=[
        "打印了 no such subject 以后，程序还做什么？",
        "它接着往下走，用了一门没有的课；打印以后要用 sys.exit(1) 结束。",
    ],
    en=[
        "What does it do after it has printed no such subject?",
        "It goes on with a subject that is not there; end it with sys.exit(1) after the message.",
    ],
)
