"""What the pages refuse, as one line a person understands; the words stand in `words.yaml`.

PageFault
├── Unknown         a group, a person or a message that is not in the list
├── Unreadable      not what the page sends
├── TooLong         more text than the assistant reads
├── Empty           nothing was written
├── BadPicture      not an image, or too large
├── FileGone        a file that was sent too long ago to be kept here
├── NotSimulated    a real channel runs: nobody speaks here for others
├── CaseNotThere    no such case, photo or report
├── SessionNotThere no session of this number
├── ReviewGone      a session that was said back too long ago to go out
├── OfficerUnknown  nobody of the staff, or not any more
├── Unfilled        a button whose one field was left empty
├── DayPast         a new date that is not to come
├── NoReason        somebody wants to see what is masked, and does not say why
├── NotShown        somebody whose role is not shown who reported
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


class FileGone(PageFault):
    status = 404
    word = "file"


class NotSimulated(PageFault):
    status = 409
    word = "not_simulated"


class StreamsFull(PageFault):
    status = 503
    word = "streams"


class CaseNotThere(PageFault):
    status = 404
    word = "case"


class SessionNotThere(PageFault):
    status = 404
    word = "session"


class ReviewGone(PageFault):
    status = 409
    word = "review_gone"


class OfficerUnknown(PageFault):
    status = 403
    word = "officer"


class Unfilled(PageFault):
    word = "unfilled"


class DayPast(PageFault):
    word = "day_past"


class NoReason(PageFault):
    word = "no_reason"


class NotShown(PageFault):
    status = 403
    word = "not_shown"
