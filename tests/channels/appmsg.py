"""A group note as WeChat writes it: an appmsg whose title is the note, with the places of its entries."""

from __future__ import annotations

from xml.sax.saxutils import escape

FRAME = """wxid_wang:
<?xml version="1.0"?>
<msg>
\t<appmsg appid="" sdkver="0">
\t\t<title>{title}</title>
\t\t<des />
\t\t<type>53</type>
\t\t<appattach><aeskey></aeskey></appattach>
\t\t<extinfo>
\t\t\t<solitaire_info><![CDATA[<solitaire><tt>0-8</tt><s>.</s><au>wxid_wang</au><hrt>1</hrt><loss>0</loss>\
<content><s>{count}</s>{places}</content></solitaire>]]></solitaire_info>
\t\t</extinfo>
\t</appmsg>
\t<fromusername>wxid_wang</fromusername>
</msg>
"""


def units(text: str) -> int:
    """WeChat counts UTF-16 units: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def appmsg(note: str, *entries: str) -> str:
    places = "".join(
        f"<i><u>wxid_wang</u><h>0</h><s>.</s><t>1764036000</t><r>{units(note[: note.index(entry)])}-{units(entry)}</r></i>"
        for entry in entries
    )
    return FRAME.format(title=escape(note), count=len(entries), places=places)
