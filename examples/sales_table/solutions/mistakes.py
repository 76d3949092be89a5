# ruff: noqa: F821
"""六个函数的典型错误，附由浅入深的提示。这个文件只被读取，从不运行。"""

# clean

edit(
    of="clean",
    name="rows_dropped",
    replace=[("df.copy()", "df.dropna()")],
    zh=["整理以后少了几行？", "dropna 把有缺失的行整个丢掉了；行要留着，用 fillna 填上缺失的格子。"],
    en=[
        "How many rows are gone?",
        "dropna throws away each row in which a cell is missing; keep the rows and fill the cells with fillna.",
    ],
)

edit(
    of="clean",
    name="rows_dropped_and_numbered",
    replace=[("df.copy()", "df.dropna().reset_index(drop=True)")],
    zh=["整理以后少了几行？", "dropna 把有缺失的行整个丢掉了；行要留着，用 fillna 填上缺失的格子。"],
    en=[
        "How many rows are gone?",
        "dropna throws away each row in which a cell is missing; keep the rows and fill the cells with fillna.",
    ],
)

edit(
    of="clean",
    name="zero_everywhere",
    replace=[("df.copy()", "df.fillna(0)")],
    zh=["缺失的地区应当填什么？", "整张表都填了 0，地区也成了 0；一列一列地填：units 填 0，region 填 unknown。"],
    en=[
        "What belongs into a missing region?",
        "The whole table was filled with 0, the regions too; fill column by column: units by 0, region by unknown.",
    ],
)

edit(
    of="clean",
    name="dates_stay_text",
    replace=[('pd.to_datetime(tidy["date"])', 'tidy["date"]')],
    zh=["date 这一列是什么类型？", "日期还是文字；用 pd.to_datetime 变成日期，后面才能取月份。"],
    en=[
        "Of which type is the column date?",
        "The dates are still texts; pd.to_datetime makes dates of them, which know their month.",
    ],
)

edit(
    of="clean",
    name="units_stay_floats",
    replace=[(".astype(int)", "")],
    zh=["件数是整数，表里是什么？", "有缺失的列读进来是小数，填上 0 以后还是小数；再用 astype(int) 变成整数。"],
    en=[
        "Units are whole numbers; what is in the table?",
        "A column with missing cells holds floats, and still does once it is filled; make it whole with astype(int).",
    ],
)

edit(
    of="clean",
    name="regions_stay_missing",
    replace=[('tidy["region"].fillna("unknown")', 'tidy["region"]')],
    zh=["还有缺失的格子吗？", '地区也有缺失：tidy["region"].fillna("unknown")。'],
    en=["Is any cell still missing?", 'Regions are missing, too: tidy["region"].fillna("unknown").'],
)

# add_revenue

edit(
    of="add_revenue",
    name="only_the_column",
    replace=[("df.assign(revenue=df[", "(df["), ('df["price"])', 'df["price"]).rename("revenue")')],
    zh=["要的是一列，还是整张表？", "只返回了这一列；要把它加到表里，返回整张表。"],
    en=["Is a column wanted, or the table?", "Only the column is returned; add it to the table and return that."],
)

# by_month

edit(
    of="by_month",
    name="left_in_the_index",
    replace=[('["revenue"].sum().reset_index()', '[["revenue"]].sum()')],
    zh=["month 是一列，还是行号？", "分组以后，月份成了行号；最后用 reset_index() 把它变回一列。"],
    en=[
        "Is month a column, or the row labels?",
        "groupby turns the months into row labels; end with reset_index() to make them a column again.",
    ],
)

edit(
    of="by_month",
    name="a_series",
    replace=[(".reset_index()", "")],
    zh=["返回的是表，还是一个 Series？", "分组求和得到一个 Series，月份成了行号；用 reset_index() 变成两列的表。"],
    en=[
        "Is a table returned, or a Series?",
        "The grouped sum is a Series with the months as row labels; reset_index() makes it a table of two columns.",
    ],
)

edit(
    of="by_month",
    name="orders_counted",
    replace=[(".sum()", ".count()")],
    zh=["要的是有几张订单，还是一共卖了多少？", "count 数的是订单；销售额之和用 sum。"],
    en=["Is it how many orders there are, or how much they come to?", "count counts the orders; sum adds them up."],
)

edit(
    of="by_month",
    name="averages",
    replace=[(".sum()", ".mean()")],
    zh=["要的是平均每单，还是一共？", "mean 是平均；销售额之和用 sum。"],
    en=["Is it the average of an order, or all of them together?", "mean is the average; sum adds them up."],
)

edit(
    of="by_month",
    name="days_for_months",
    replace=[("dt.month", "dt.day")],
    zh=["month 这一列里有大于 12 的数吗？", "dt.day 是几号；月份是 dt.month。"],
    en=["Is a number above 12 in the column month?", "dt.day is the day of the month; the month is dt.month."],
)

# top_products

edit(
    of="top_products",
    name="lowest_first",
    replace=[("ascending=[False, True]", "ascending=True")],
    zh=["排在最前面的应当是销售额最高的。", "sort_values 从小到大排；销售额要写 ascending=False。"],
    en=["The highest revenue should come first.", "sort_values sorts upwards; say ascending=False for the revenue."],
)

edit(
    of="top_products",
    name="ties_backwards",
    replace=[("ascending=[False, True]", "ascending=False")],
    zh=["销售额相同的两种商品，谁在前？", "商品名也倒过来排了；两列各有各的次序：ascending=[False, True]。"],
    en=[
        "Which of two products with the same revenue comes first?",
        "The names are sorted downwards as well; each column has its own order: ascending=[False, True].",
    ],
)

edit(
    of="top_products",
    name="old_row_numbers",
    replace=[(".reset_index(drop=True)", "")],
    zh=["行号是 0、1、2……吗？", "排序以后，行还带着原来的行号；用 reset_index(drop=True) 重新编号。"],
    en=[
        "Are the row labels 0, 1, 2, …?",
        "The rows keep their labels when they are sorted; reset_index(drop=True) numbers them anew.",
    ],
)

edit(
    of="top_products",
    name="old_row_numbers_as_a_column",
    replace=[("reset_index(drop=True)", "reset_index()")],
    zh=["表里多了哪一列？", "reset_index() 把原来的行号留成了一列 index；不要它就写 drop=True。"],
    en=[
        "Which column is there that should not be?",
        "reset_index() keeps the old labels as a column index; drop=True leaves them out.",
    ],
)

edit(
    of="top_products",
    name="orders_counted",
    replace=[(".sum()", ".count()")],
    zh=["要的是有几张订单，还是一共卖了多少？", "count 数的是订单；销售额之和用 sum。"],
    en=["Is it how many orders there are, or how much they come to?", "count counts the orders; sum adds them up."],
)


@mistake(
    of="top_products",
    zh=["先取前 n 个，还是先排序？", "取 n 行的时候还没有排序，留下的是商品名最小的几种；先排序，再 head(n)。"],
    en=[
        "What comes first, taking n or sorting?",
        "n rows are taken before they are sorted, so the first names stay; sort first, then head(n).",
    ],
)
def takes_before_sorting(df, n):
    totals = df.groupby("product")["revenue"].sum().reset_index().head(n)
    return totals.sort_values(["revenue", "product"], ascending=[False, True]).reset_index(drop=True)


@mistake(
    of="top_products",
    zh=["同一种商品会出现两次吗？", "排的是一张张订单；先按商品分组求和，再排序。"],
    en=["Can a product be there twice?", "These are single orders; group them by product and add them up first."],
)
def single_orders(df, n):
    ranked = df[["product", "revenue"]].sort_values(["revenue", "product"], ascending=[False, True])
    return ranked.head(n).reset_index(drop=True)


# month_by_region

edit(
    of="month_by_region",
    name="averages",
    replace=[(', aggfunc="sum"', "")],
    zh=["一个格子里有几张订单时，怎样合成一个数？", 'pivot_table 不说怎样合就取平均；写 aggfunc="sum"。'],
    en=[
        "What becomes of several orders in one cell?",
        'pivot_table takes their average if it is not told otherwise; write aggfunc="sum".',
    ],
)

edit(
    of="month_by_region",
    name="orders_counted",
    replace=[('aggfunc="sum"', 'aggfunc="count"')],
    zh=["要的是有几张订单，还是一共卖了多少？", 'count 数的是订单；写 aggfunc="sum"。'],
    en=["Is it how many orders there are, or how much they come to?", 'count counts the orders; write aggfunc="sum".'],
)

edit(
    of="month_by_region",
    name="holes",
    replace=[(", fill_value=0", "")],
    zh=["没有订单的格子里是什么？", "那里是缺失；写 fill_value=0，就填上 0。"],
    en=["What is in a cell without any order?", "It is missing; fill_value=0 puts 0 there."],
)

edit(
    of="month_by_region",
    name="turned",
    replace=[('index="month", columns="region"', 'index="region", columns="month"')],
    zh=["一行是一个月，还是一个地区？", "行和列反了：index 是行，写 month；columns 是列，写 region。"],
    en=[
        "Is a row a month, or a region?",
        "Rows and columns are exchanged: index names the rows, which are months, and columns the regions.",
    ],
)

edit(
    of="month_by_region",
    name="months_as_a_column",
    replace=[("fill_value=0)", "fill_value=0).reset_index()")],
    zh=["月份是行号，还是一列？", "这里月份就该留在行号里；不要 reset_index。"],
    en=["Are the months row labels, or a column?", "Here they are to stay the row labels; leave reset_index out."],
)

# plot_revenue

edit(
    of="plot_revenue",
    name="no_legend",
    replace=[("ax.legend()", "pass")],
    zh=["哪一条线是哪个地区？", "图例要做两件事：画线时用 label=region 起名字，最后调用 ax.legend() 把它画出来。"],
    en=[
        "Which line is which region?",
        "A legend takes two things: label=region names a line, and ax.legend() at the end draws the legend.",
    ],
)

edit(
    of="plot_revenue",
    name="no_labels",
    replace=[('ax.set_xlabel("month")', "pass"), ('ax.set_ylabel("revenue")', "pass")],
    zh=["看图的人怎么知道两个轴是什么？", '两个轴都没有名称；用 ax.set_xlabel("month") 和 ax.set_ylabel("revenue")。'],
    en=[
        "How does one know what the axes are?",
        'Neither axis has a label; write ax.set_xlabel("month") and ax.set_ylabel("revenue").',
    ],
)

edit(
    of="plot_revenue",
    name="no_title",
    replace=[('ax.set_title("Revenue by month")', "pass")],
    zh=["这张图叫什么？", '没有标题；用 ax.set_title("Revenue by month")。'],
    en=["What is the plot called?", 'There is no title; write ax.set_title("Revenue by month").'],
)

edit(
    of="plot_revenue",
    name="bars",
    replace=[("ax.plot(", "ax.bar(")],
    zh=["要的是折线图，还是柱形图？", "bar 画的是柱形，几个地区还会叠在一起，互相挡住；折线用 plot。"],
    en=[
        "Are lines wanted, or bars?",
        "bar draws bars, and those of the regions hide each other; plot draws lines.",
    ],
)

edit(
    of="plot_revenue",
    name="months_from_zero",
    replace=[("ax.plot(table.index, table[region]", "ax.plot(table[region].to_numpy()")],
    zh=["横轴从几月开始？", "只给了纵坐标，横坐标就是 0、1、2……；第一个参数写 table.index。"],
    en=[
        "With which month does the axis begin?",
        "Only the heights were given, so x counts 0, 1, 2, …; pass table.index first.",
    ],
)

edit(
    of="plot_revenue",
    name="regions_along_the_axis",
    replace=[
        ("for region in table.columns", "for region in table.index"),
        ("table.index, table[region]", "table.columns, table.loc[region]"),
    ],
    zh=["一条线是一个地区，还是一个月？", "行和列反了，一条线成了一个月；按 table.columns 循环，一列一条线。"],
    en=[
        "Is a line a region, or a month?",
        "Rows and columns are exchanged, so each line is a month; loop over table.columns, a line for each.",
    ],
)
