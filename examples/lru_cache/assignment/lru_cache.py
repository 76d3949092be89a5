"""缓存：一个类，容量满了就丢掉最久没有用过的；一个用它的函数。"""


# 评分类:LRUCache
class LRUCache:
    """最多存 capacity 项的缓存。存入和取出都算用过；放不下时，丢掉最久没有用过的一项。

    参数：
    capacity -- 最多存几项，小于 1 时抛出 ValueError
    """

    def __init__(self, capacity):
        """造一个空的缓存。"""
        ### 在此处编写代码 ###
        # 容量不对就抛出 ValueError（2 行代码）
        # 每个缓存有自己的字典；字典记得键放进去的先后（2 行代码）
        ### 代码结束 ###

    def get(self, key):
        """返回 key 的值，它就成了刚刚用过的。没有这个键时抛出 KeyError。"""
        ### 在此处编写代码 ###
        # pop 取走一项，没有时自己就会抛出 KeyError；再放回去，它就排到了最后（2 行代码）
        value = None
        ### 代码结束 ###
        return value

    def put(self, key, value):
        """存入 key 和它的值，它就成了刚刚用过的；项数超过容量时，丢掉最久没有用过的一项。"""
        ### 在此处编写代码 ###
        # 已经有这个键时，先取走旧的，新的才会排到最后（2 行代码）
        # 太多了就丢掉排在最前面的（2 行代码）
        ### 代码结束 ###

    def keys(self):
        """返回所有键的列表，最久没有用过的在前。只是看一看，不算用过。"""
        ### 在此处编写代码 ###
        names = None
        ### 代码结束 ###
        return names

    def __len__(self):
        """返回现在存了几项。"""
        ### 在此处编写代码 ###
        count = None
        ### 代码结束 ###
        return count


# 评分函数:hits
def hits(capacity, pages):
    """依次访问许多页，数一数有几次要的页已经在缓存里。

    不在缓存里的页，访问以后存入缓存。

    参数：
    capacity -- 缓存的容量
    pages -- 页号的列表，按访问的次序

    返回：
    found -- 要的页已经在缓存里的次数
    """
    ### 在此处编写代码 ###
    # 每一页先 get，成功就加 1；抛出 KeyError 说明不在，就 put，值用不到，存 None（约 8 行代码）
    cache = None
    found = None
    ### 代码结束 ###

    return found
