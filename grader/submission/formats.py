"""What a file is by its bytes, whatever its name says: a notebook, a document, an archive, a picture, or text."""

from __future__ import annotations

import re

from grader.errors import Span, SubmissionError
from grader.language import Message, say

BEGINNING = 1 << 16
"""Bytes at the beginning of a file that tell what it is."""
_OFFICE = {
    b"word/": say("a Word document (.docx)"),
    b"xl/": say("an Excel workbook (.xlsx)"),
    b"ppt/": say("PowerPoint slides (.pptx)"),
    b"Index/Document.iwa": say("a Pages document"),
    b"mimetypeapplication/vnd.oasis.opendocument": say("an OpenDocument text (.odt)"),
}
_BEGINNINGS: tuple[tuple[bytes, Message], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", say("a document of Word, Excel or WPS (.doc, .xls, .wps)")),
    (b"%PDF-", say("a PDF document")),
    (b"{\\rtf", say("an RTF document")),
    (b"\x89PNG", say("a picture")),
    (b"\xff\xd8\xff", say("a picture")),
    (b"GIF8", say("a picture")),
    (b"Rar!\x1a\x07", say("a packed archive (.rar, .7z, .gz)")),
    (b"7z\xbc\xaf\x27\x1c", say("a packed archive (.rar, .7z, .gz)")),
    (b"\x1f\x8b\x08", say("a packed archive (.rar, .7z, .gz)")),
    (b"BZh9", say("a packed archive (.rar, .7z, .gz)")),
    (b"\xfd7zXZ", say("a packed archive (.rar, .7z, .gz)")),
    (b"\x93NUMPY", say("an array that NumPy saved (.npy)")),
    (b"\x7fELF", say("a program")),
    (b"bplist00", say("a web page")),
)
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html\b|\?xml\b)", re.IGNORECASE)
_PICTURE = re.compile(rb"RIFF....WEBP|....ftyp(?:heic|heix|mif1|avif)|BM....\0\0\0\0", re.DOTALL)
_COMPILED = re.compile(rb"..\r\n[\0-\x0f]\0\0\0", re.DOTALL)
_NOTEBOOK = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{(?=.*"(?:cells|worksheets)"\s*:)(?=.*"nbformat"\s*:\s*\d)', re.DOTALL)
_CODE = re.compile(r"^(?:async[ \t]+def|def|class|import|from|@|#)(?![\w])", re.MULTILINE)
_JSON = re.compile(r"[\s\ufeff]*[\[{\"]")


def disguised(data: bytes) -> Message | None:
    """Return what a file is that is neither Python nor a notebook; None for text."""
    if data.startswith(b"PK\x03\x04"):
        office = b"[Content_Types].xml" in data
        found = next((said for part, said in _OFFICE.items() if part in data and (office or len(part) > 5)), None)
        return found or say("a Word or WPS document (.docx), or a .zip archive")
    for beginning, said in _BEGINNINGS:
        if data.startswith(beginning):
            return said
    if _PAGE.match(data):
        return say("a web page")
    if _PICTURE.match(data):
        return say("a picture")
    if _COMPILED.match(data):
        return say("compiled Python (.pyc)")
    return None


def refuse_disguised(data: bytes, path: str) -> None:
    """Raise SubmissionError for a file that is a document, an archive or a picture, whatever its name."""
    if (found := disguised(data)) is not None:
        raise SubmissionError(
            say("This file is {kind}, not Python code; renaming it does not change that.", kind=found),
            hint=say("Save the code itself as plain text in a .py file, or hand in the notebook (.ipynb)."),
            at=Span(path=path),
        )


def is_notebook(data: bytes) -> bool:
    """Return whether the bytes seem to be a notebook's JSON."""
    return _NOTEBOOK.match(data) is not None


def is_code(data: bytes) -> bool:
    """Return whether the bytes are a notebook, or text with a line that begins as Python code does."""
    return is_notebook(data) or is_script(data.decode("utf-8", "replace"))


def is_script(text: str) -> bool:
    """Return whether a text that is no JSON has a line that begins as Python code does."""
    return _JSON.match(text) is None and _CODE.search(text) is not None
