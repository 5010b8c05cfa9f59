"""A reply as the messages a platform can carry: long texts in parts, buttons it doesn't have as a numbered list."""

import unicodedata
from dataclasses import replace

from bot.channels.protocol import Limits
from bot.channels.split import split_text
from bot.conversation.message import Reply


def in_parts(reply: Reply, limits: Limits) -> list[Reply]:
    """The messages to send, in order; the buttons go under the last. Texts are in NFC, which platforms count."""
    if len(reply.options) > limits.buttons:
        reply = _numbered(reply)
    texts = split_text(unicodedata.normalize("NFC", reply.text), limits.text)
    bare = replace(reply, options=())
    return [*(replace(bare, text=text) for text in texts[:-1]), replace(reply, text=texts[-1])]


def _numbered(reply: Reply) -> Reply:
    """The options as lines of the text, numbered as the dialogue counts them; choices are so already."""
    if reply.decision == "suggest":
        return replace(reply, options=())
    first = reply.first_number
    lines = [f"{number}. {one.label}" if first else f"• {one.label}" for number, one in enumerate(reply.options, first)]
    return replace(reply, text="\n".join([reply.text, "", *lines]), options=())
