"""Names of uploaded files: what people call them, checked and kept as text; never a path on any disk.

A name that would climb out of a folder, hide its true ending or break a log line is refused, not mended: the clerk
renames the file and the record stays true.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from models.errors import BadInput
from serving.api.wire import is_plain


def name_in_path(raw_path: bytes, marker: bytes) -> str:
    """The percent-encoded UTF-8 name behind `marker` in the path as it was sent; raises BadInput for other bytes."""
    _, found, raw_name = raw_path.partition(b"?")[0].partition(marker)
    if not found:
        raise BadInput("filename.missing", "the address ends with the file's name, percent-encoded")
    try:
        return unquote_to_bytes(raw_name).decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("filename.encoding", "send the file's name as percent-encoded UTF-8") from None


def checked_name(name: str, max_chars: int) -> str:
    """`name` as it is kept; raises BadInput saying what to change."""
    if not name.strip():
        raise BadInput("filename.empty", "the file needs a name")
    if len(name) > max_chars:
        raise BadInput("filename.too_long", f"a file name has at most {max_chars} characters")
    if "/" in name or "\\" in name or name.strip() in (".", ".."):
        raise BadInput("filename.path", "give a file name without folders: no / and no \\")
    if not is_plain(name):
        raise BadInput("filename.characters", "the file name holds control characters; rename the file")
    return name
