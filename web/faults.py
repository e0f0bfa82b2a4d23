"""What the pages refuse, as one line a person understands; the words stand in `words.yaml`.

PageFault
├── Unknown         a group, a person or a message that is not in the list
├── Unreadable      not what the page sends
├── TooLong         more text than the assistant reads
├── Empty           nothing was written
├── BadPicture      not an image, or too large
├── NotSimulated    a real channel runs: nobody speaks here for others
└── StreamsFull     too many open pages
"""

from __future__ import annotations


class PageFault(Exception):
    status = 422
    word = "unreadable"


class Unknown(PageFault):
    status = 404
    word = "unknown"


class Unreadable(PageFault):
    pass


class TooLong(PageFault):
    status = 413
    word = "too_long"


class Empty(PageFault):
    word = "empty"


class BadPicture(PageFault):
    word = "picture"


class NotSimulated(PageFault):
    status = 409
    word = "not_simulated"


class StreamsFull(PageFault):
    status = 503
    word = "streams"
