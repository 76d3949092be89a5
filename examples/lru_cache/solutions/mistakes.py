# ruff: noqa: F821
"""类 LRUCache 和函数 hits 的典型错误，附由浅入深的提示。这个文件只被读取，从不运行。"""

edit(
    of="LRUCache",
    name="get_is_no_use",
    replace=[("value = self.items.pop(key)", "value = self.items[key]")],
    zh=["取出来算不算用过？", "get 之后，这个键要排到最后：先 pop 取走，再放回去。"],
    en=["Does getting a value count as using it?", "After a get the key comes last: pop it, and put it in again."],
)

edit(
    of="LRUCache",
    name="put_keeps_the_place",
    replace=[("self.items.pop(key, None)\n", "pass\n")],
    zh=["给已有的键换一个值，它排在哪里？", "字典里已有的键换值时位置不变；先取走旧的，新的才会排到最后。"],
    en=[
        "Where does a key stand that is put once more?",
        "A dict leaves a key in its place when it gets a new value; take the old one out first.",
    ],
)

edit(
    of="hits",
    name="misses_counted",
    replace=[("found += 1\n", "pass\n"), ("cache.put(page, None)", "cache.put(page, None)\n            found += 1")],
    zh=["数的是在缓存里的页，还是不在的？", "数成了不在缓存里的次数；get 成功时才加 1。"],
    en=[
        "Which pages are counted, those that are there or those that are not?",
        "This counts the pages that are not there; add 1 where get succeeds.",
    ],
)


@mistake(
    of="hits",
    zh=["在缓存里的页又要了一次，算不算用过？", "keys() 只是看一看，这一页还会被当成很久没用的；用 get 去取。"],
    en=[
        "A page that is there is wanted once more: was it used?",
        "keys() only looks, so the page still counts as old and is dropped too early; fetch it with get.",
    ],
)
def only_looks(capacity, pages):
    cache = LRUCache(capacity)
    found = 0
    for page in pages:
        if page in cache.keys():
            found += 1
        else:
            cache.put(page, None)
    return found


edit(
    of="hits",
    name="never_full",
    replace=[("LRUCache(capacity)", "LRUCache(len(pages) + 1)")],
    zh=["缓存最多能放几页？", "缓存大得什么都放得下；容量是参数 capacity。"],
    en=["How many pages fit into the cache?", "This cache holds everything; its capacity is the argument capacity."],
)
