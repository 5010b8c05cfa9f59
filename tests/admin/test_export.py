"""The queue as a file: what the filter shows, formulas made text, and a deed on the trail."""

import csv
import io

from openpyxl import load_workbook

from knowledge_base.storage import audit_store
from tests.admin.conftest import Desk

NASTY = ("=HYPERLINK(1)", "+84 912", "-1+1", "@SUM(A1)", "\t=1", "bình thường, có dấu phẩy")


async def test_csv_and_xlsx_hold_the_same_and_no_formula(desk: Desk) -> None:
    for number, text in enumerate(NASTY):
        desk.ask(text, address=f"r{number}")
    browser = desk.signed_in("can-bo")
    page = await browser.get("/admin/queue/export?tab=open&as=csv")
    rows = list(csv.reader(io.StringIO(page.body.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO((await browser.get("/admin/queue/export?tab=open&as=xlsx")).body)).active
    assert sheet
    cells = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    assert [[cell.strip() for cell in row] for row in rows] == [[cell.strip() for cell in row] for row in cells]
    assert len(rows) == len(NASTY) + 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert "bình thường, có dấu phẩy" in {row[-1] for row in rows}
    newest = desk.database.read_now(audit_store.newest, "0/", act="queue_export")
    assert len(newest) == 2
    assert newest[0].deed.data["shape"] == "xlsx"


async def test_an_unknown_shape_is_said_and_collaborators_take_nothing_along(desk: Desk) -> None:
    assert (await desk.signed_in("can-bo").get("/admin/queue/export?as=pdf")).status == 400
    assert (await desk.signed_in("cong-tac").get("/admin/queue/export?as=csv")).status == 403
