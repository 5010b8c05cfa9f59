"""A copy of all that is kept: by a number from the chat, once, with nothing of others; and what is told of rights."""

from datetime import timedelta

from bot.conversation.message import Incoming
from bot.inbox import Inbox
from knowledge_base.own_data import as_values
from knowledge_base.storage import copy_store
from knowledge_base.storage.database import Database


async def _number(inbox: Inbox) -> str:
    await inbox.receive(Incoming("sms", "may-1", "1", "text", "làm sao đăng ký kết hôn với người xã bên"))
    await inbox.receive(Incoming("sms", "may-1", "2", "text", "/xem ở xã nào"))
    told = await inbox.receive(Incoming("sms", "may-1", "3", "text", "/dulieu"))
    return "".join(part for part in told.replies[0].text.split("\n")[0].split(": ")[-1] if part.isdigit())


async def test_a_number_opens_the_copy_once_and_for_an_hour(inbox: Inbox, database: Database, clock) -> None:
    await inbox.receive(Incoming("sms", "may-2", "9", "text", "chuyện của người khác thì hỏi ai ở xã"))
    number = await _number(inbox)
    assert database.write_now(copy_store.use_code, "000 000 000 000 000") is None
    kept = database.write_now(copy_store.use_code, number)
    assert kept
    values = as_values(kept)
    assert values["questions"][0]["words"] == "làm sao đăng ký kết hôn với người xã bên"
    assert "hỏi ai ở xã" not in str(values)
    assert [one["words"] for one in values["written"]][-1] == "/dulieu"
    assert database.write_now(copy_store.use_code, number) is None
    late = await _number_again(inbox)
    clock.advance(timedelta(hours=1))
    assert database.write_now(copy_store.use_code, late) is None


async def _number_again(inbox: Inbox) -> str:
    told = await inbox.receive(Incoming("sms", "may-1", "4", "text", "cho em xin bản sao dữ liệu của em"))
    return "".join(part for part in told.replies[0].text.split("\n")[0].split(": ")[-1] if part.isdigit())
