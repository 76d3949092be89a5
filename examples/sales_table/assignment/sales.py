"""销售表：用 pandas 整理、汇总一张订单表，再用 matplotlib 画出来。"""

import matplotlib.pyplot as plt
import pandas as pd


def orders():
    """返回 sales.csv 里的订单表，还没有整理过。"""
    return pd.read_csv("sales.csv")


# 评分函数:clean
def clean(df):
    """整理一张订单表：补上缺失的格子，把每一列变成该有的类型。

    参数：
    df -- 订单表，有 date、region、product、units、price 五列；不能改变它

    返回：
    tidy -- 新的表，行和列都不变：date 是日期，缺失的 units 是 0，整列是整数，缺失的 region 是 "unknown"
    """
    ### 在此处编写代码 ###
    # 先复制，再改复制品（1 行代码）
    tidy = None
    # pd.to_datetime 把文字变成日期；fillna 填上缺失的格子；astype 换类型（3 行代码）
    ### 代码结束 ###

    return tidy


# 评分函数:add_revenue
def add_revenue(df):
    """加上一列 revenue：每张订单的销售额，即件数乘单价。

    参数：
    df -- 整理好的订单表；不能改变它

    返回：
    table -- 新的表，最后多一列 revenue
    """
    ### 在此处编写代码 ###
    # 两列直接相乘，不用循环；assign 返回新的表（1 行代码）
    table = None
    ### 代码结束 ###

    return table


# 评分函数:by_month
def by_month(df):
    """算出每个月的销售额。

    参数：
    df -- 有 date 和 revenue 两列的订单表；不能改变它

    返回：
    totals -- 新的表，两列：month（月份，1 到 12）和 revenue（这个月的销售额之和），月份从小到大
    """
    ### 在此处编写代码 ###
    # 月份是 df["date"].dt.month；先把它加成一列，再按它分组求和（约 2 行代码）
    dated = None
    totals = None
    ### 代码结束 ###

    return totals


# 评分函数:top_products
def top_products(df, n):
    """找出销售额最高的 n 种商品。

    参数：
    df -- 有 product 和 revenue 两列的订单表；不能改变它
    n -- 最多要几种；商品不足 n 种时，有几种就返回几种

    返回：
    best -- 新的表，两列：product 和 revenue（这种商品的销售额之和）；销售额高的在前，
            相同时按商品名从小到大；行号是 0、1、2……
    """
    ### 在此处编写代码 ###
    # 分组求和，排序，取前 n 行，再重新编行号（约 3 行代码）
    totals = None
    ranked = None
    best = None
    ### 代码结束 ###

    return best


# 评分函数:month_by_region
def month_by_region(df):
    """做一张交叉表：一行一个月，一列一个地区，格子里是销售额之和。

    参数：
    df -- 有 date、region 和 revenue 三列的订单表；不能改变它

    返回：
    table -- 新的表，行号是月份，列名是地区，都从小到大；没有订单的格子是 0
    """
    ### 在此处编写代码 ###
    # pivot_table 的 index、columns、values 和 aggfunc 说明怎样交叉，fill_value 填上空格（约 2 行代码）
    dated = None
    table = None
    ### 代码结束 ###

    return table


# 评分函数:plot_revenue
def plot_revenue(table):
    """把交叉表画成折线图，一个地区一条线。

    标题是 Revenue by month，横轴写 month，纵轴写 revenue，图例里是地区。没有返回值。

    参数：
    table -- month_by_region 做的表；不能改变它
    """
    ### 在此处编写代码 ###
    # 新开一张图（1 行代码）
    fig, ax = None, None
    # 一列一条线，label 给图例用（2 行代码）
    # 标题、两个轴的名称、图例（约 4 行代码）
    ### 代码结束 ###


# 问题：sales.csv 里所有订单的销售额一共是多少？
### 在此处编写代码 ###
# 用上面的函数算（约 1 行代码）
total = None
### 代码结束 ###
