"""The Chinese of what the commands' help says, paragraph by paragraph and option by option."""

CHINESE = {
    # what commands do
    "Grade submissions: files, notebooks, folders or zip archives.": "评提交：文件、笔记本、文件夹或 zip 压缩包。",
    "Exit code 0: full required marks; 1: not; 2: usage or rubric; 3: not graded, by a fault of ours.": (
        "退出码 0：必做满分；1：没有满分；2：用法或评分标准有误；3：没有评成，是我们的问题。"
    ),
    "Grade once, then again what was edited whenever the file is saved. Ctrl-C ends it.": (
        "先评一次，以后每次保存，就重评改过的函数。按 Ctrl-C 结束。"
    ),
    (
        "Show the cases that a rubric draws, of one FUNCTION or of all: for instructors, since hidden ones are shown."
    ): "列出评分标准抽取的用例，一个函数的或者全部。隐藏的也会列出，所以只供教师使用。",
    "Check a rubric without grading anyone.": "检查评分标准，不评任何人。",
    (
        "Its reference gets full marks and its stub none, known mistakes are noticed, every check can fail, "
        "tolerances fit, two runs and two seeds agree, and the student kit is right."
    ): (
        "参考实现得满分，空白作业得零分，典型错误都能发现，每项检查都有可能不通过，容差合适，运行两次、换个种子结果都一样，"
        "学生包没有问题。"
    ),
    "Exit code 0: all of it holds; 1: something does not; 2: the rubric has faults.": (
        "退出码 0：全部成立；1：有不成立的；2：评分标准写错了。"
    ),
    "Show how strong a rubric is.": "看评分标准有多强。",
    (
        "Slips are made in the reference, one at a time, and graded: which get full marks all the same? So are the "
        "author's known mistakes, and answers with nothing in them. A slip that changes nothing is marked in the "
        "reference: `# equivalent: zeros → ones — every entry is set later`."
    ): (
        "在参考实现里故意写错，一次错一处，逐个评分：哪些错了还是满分？典型错误和空壳作答也一样评。"
        "什么也没有改变的错，在参考实现里注明：`# 等价: zeros → ones — 每一格随后都会写上`。"
    ),
    "Exit code 0; 1: below --min, or a known mistake or a hollow answer gets full marks; 2: usage or rubric.": (
        "退出码 0：没有问题；1：低于 `--min`，或者有典型错误、空壳作答得了满分；2：用法或评分标准有误。"
    ),
    "Make a working assignment in the new folder NAME: stub, reference, mistakes, rubric, README, CI file.": (
        "在新文件夹 NAME 里生成一份马上就能评的作业：学生文件、参考实现、典型错误、评分标准、README、CI 文件。"
    ),
    "Nothing is overwritten.": "不会覆盖任何文件。",
    "Write the student kit into the folder OUT: stubs, public rubric, expected values of public checks.": (
        "把学生包写进文件夹 OUT：学生文件、公开的评分标准、公开检查的期望值。"
    ),
    (
        "Exit code 0: done; 1: the assignment no longer follows from the reference, or the kit would give something "
        "away; 2: usage or rubric."
    ): "退出码 0：完成；1：学生文件与参考实现不再一致，或者学生包会泄露什么；2：用法或评分标准有误。",
    "Try every forbidden thing inside a worker and show what really holds.": (
        "在隔离的进程里真的去试每件不许做的事，看哪些真的拦得住。"
    ),
    "Exit code 0 if official grading is possible here, 3 if not.": "退出码 0：这台机器可以正式评分；3：不可以。",
    # options
    "The rubric; else the nearest grading.yaml upwards.": "评分标准；不写就从当前文件夹往上找最近的 grading.yaml。",
    "The reference; else the rubric's.": "参考实现；不写就用评分标准里的。",
    "Grade this function only (may be repeated).": "只评这个函数（可以写几次）。",
    "Who reads the report; an instructor also sees the hidden cases.": "报告给谁看；教师还看得到隐藏的用例。",
    "Write the report to this file.": "把报告写进这个文件。",
    "A folder stands for the submissions in it: its files and folders, one each.": (
        "文件夹代表里面的提交：每个文件或文件夹各算一份。"
    ),
    "Write one report per submission into this folder, as --format says.": (
        "每份提交各写一份报告到这个文件夹，格式由 `--format` 决定。"
    ),
    "The report's language; else the rubric's.": "报告的语言；不写就用评分标准里的。",
    "Refuse to grade where student code cannot be confined (the default where CI is set).": (
        "隔离不了学生代码就拒绝评分（设置了 `CI` 时默认如此）。"
    ),
    "Which try this is: one hint more each (else counted here).": "这是第几次：每次多一条提示（不写就在本机计数）。",
    "Other hidden numbers for each ID, such as a student's number.": "每个 ID（例如学号）用不同的隐藏的数。",
    "One case: `function.check[index]`; without --script or --repl its script.": (
        "一个用例：`函数.检查名[序号]`；不写 `--script` 和 `--repl` 就打印它的脚本。"
    ),
    "Write a script that makes the case's calls, for a debugger.": "写出一个进行同样调用的脚本，便于调试。",
    "Open a prompt with the case's names and the reference's answer.": "打开交互环境，里面有用例的名字和参考答案。",
    "Whose code --script and --repl call; else the rubric's submission.": (
        "`--script` 和 `--repl` 调用谁的代码；不写就用评分标准里的提交。"
    ),
    "The cases of `grade --variant ID`.": "`grade --variant ID` 的用例。",
    "Else the environment's.": "语言；不写就用环境的语言。",
    "Show more than 6 details of a finding.": "每一项超过 6 处也全部列出。",
    "Make slips in the reference too, as `grade audit` does (slow).": "也像 `grade audit` 那样故意写错（慢）。",
    "Audit this function only (may be repeated).": "只看这个函数（可以写几次）。",
    "Exit with 1 below this score, such as 98%.": "低于这个比例（如 98%）时退出码为 1。",
    "Write the audit to this file.": "把结果写进这个文件。",
    "Show every survivor.": "列出漏过的每一处。",
    "Start from a solved notebook (.ipynb).": "从一个做好的笔记本（.ipynb）开始。",
    "The assignment's language; else the environment's.": "作业的语言；不写就用环境的语言。",
    "Only check that the assignment still follows from the reference.": "只检查学生文件是否仍与参考实现一致。",
    "Write the stubs into the assignment's folder first.": "先把学生文件写进作业文件夹。",
    "Add a notebook version.": "再加一份笔记本。",
    "Write OUT.zip too.": "同时写出 OUT.zip。",
    "Add hidden checks, their answers sealed.": "也放进隐藏的检查，答案封存。",
    "Draw the kit's cases with this seed, not the rubric's.": "学生包的用例用这个种子抽取，不用评分标准里的。",
    "How students install the grader, for the kit's README.": "学生怎样安装，写进学生包的 README。",
}
