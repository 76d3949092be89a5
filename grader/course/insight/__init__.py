"""What a class understood: statistics of the items, misconceptions, a site that shows both, and new known mistakes."""
