"""成绩单：会打印的函数，读文件的函数，和一个从命令行运行的程序。"""

import csv
import sys


# 评分函数:greet
def greet(name, times):
    """打印“Hello, 名字!”，一行一次，共 times 行。没有返回值。

    参数：
    name -- 名字
    times -- 打印几行，可以是 0
    """
    ### 在此处编写代码 ###
    # 循环 times 次，每次 print 一行（2 行代码）
    for _ in range(times):
        print(f"Hello, {name}!")
    ### 代码结束 ###


# 评分函数:read_marks
def read_marks(path):
    """读一个 CSV 文件，第一行是列名：name,math,art。

    参数：
    path -- 文件的路径

    返回：
    rows -- 字典的列表，一个人一本：{"name": 名字, "math": 整数, "art": 整数}，次序与文件相同
    """
    ### 在此处编写代码 ###
    # 打开文件，用 csv.DictReader 一行一行地读；读到的都是文字，分数要变成整数（约 4 行代码）
    rows = []
    with open(path, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            rows.append({"name": line["name"], "math": int(line["math"]), "art": int(line["art"])})
    ### 代码结束 ###

    return rows


# 评分函数:best
def best(path, subject):
    """返回一门课分数最高的人的名字；有几个人同分时，返回文件里最靠前的。

    参数：
    path -- CSV 文件的路径，至少有一个人
    subject -- "math" 或 "art"

    返回：
    name -- 名字
    """
    ### 在此处编写代码 ###
    # 用 read_marks 读文件；max 的 key 说明按什么比，同分时它取最靠前的（约 3 行代码）
    rows = read_marks(path)
    top = max(rows, key=lambda row: row[subject])
    name = top["name"]
    ### 代码结束 ###

    return name


# 程序：python report.py 文件
if __name__ == "__main__":  # 等价: __name__ == "__main__" → True — 评分时没有别的文件导入它
    ### 在此处编写代码 ###
    # 文件是命令行的第一个参数，课程用 input 读一行（2 行代码）
    path = sys.argv[1]
    subject = input("subject? ")
    # 没有这门课，就打印 no such subject，以退出码 1 结束（3 行代码）
    # 等价: math", "art → art", "math — 次序不要紧
    if subject not in ("math", "art"):
        print("no such subject")
        sys.exit(1)
    # 一人一行：名字靠左占 8 格，分数靠右占 4 格（约 3 行代码）
    rows = read_marks(path)
    for row in rows:
        print(f"{row['name']:8}{row[subject]:4}")
    # 平均分保留一位小数，靠右占 6 格；最后是最高分的人（2 行代码）
    print(f"mean  {sum(row[subject] for row in rows) / len(rows):6.1f}")
    print(f"best: {best(path, subject)}")
    ### 代码结束 ###
