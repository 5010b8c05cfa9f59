"""Long texts in parts that are whole in themselves."""


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, which is how the messengers count."""
    return len(text.encode("utf-16-le")) // 2


def split_text(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` UTF-16 units: at blank lines, else at line ends, else at blanks."""
    parts: list[str] = []
    while utf16_length(text) > limit:
        # A character is one or two units, so this many characters always fit.
        head = text[: limit // 2] if utf16_length(text[:limit]) > limit else text[:limit]
        cut = max((head.rfind(mark) for mark in ("\n\n▪", "\n\n")), default=-1)
        if cut <= 0:
            cut = head.rfind("\n")
        if cut <= 0:
            cut = head.rfind(" ")
        if cut <= 0:
            cut = len(head)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text] if text or not parts else parts
