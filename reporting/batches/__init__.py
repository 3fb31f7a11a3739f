"""批量导出: the score sheets of a list as one file, made in the background, fetched later, removed after its term."""
