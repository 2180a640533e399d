"""The bare handler that the board page is held against: botocore, the same queries, JSON. Nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bench import told
from bench.entry import Event

_TABLE = f"{told.ENVIRONMENT['STACK']}-forum"

Row = Mapping[str, Mapping[str, Any]]


def board_page(client: Any, event: Event, *, reader_id: str | None = None) -> dict[str, Any]:
    """A page of a board, and which of it a reader likes: no session, no checks, no cursor, no log."""
    board_id = event["pathParameters"]["board_id"]
    rows = client.query(
        TableName=_TABLE,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"board#{board_id}"}},
        Limit=int(event["queryStringParameters"]["limit"]),
        ScanIndexForward=False,
    )["Items"]
    liked = _liked(client, board_id, reader_id, rows) if reader_id else set()
    page = {"items": [_card(board_id, row, liked) for row in rows], "next_cursor": None}
    body = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": body}


def _liked(client: Any, board_id: str, reader_id: str, rows: list[Row]) -> set[str]:
    found = client.query(
        TableName=_TABLE,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :oldest AND :newest",
        ExpressionAttributeValues={
            ":pk": {"S": f"reactions#{reader_id}#{board_id}"},
            ":oldest": rows[-1]["sk"],
            ":newest": rows[0]["sk"],
        },
    )["Items"]
    return {row["sk"]["S"] for row in found if row.get("l", {}).get("BOOL")}


def _card(board_id: str, row: Row, liked: set[str]) -> dict[str, Any]:
    member_id, nickname, badges, kind, title, teaser, audience = json.loads(row["card"]["S"])
    return {
        "post_id": row["sk"]["S"],
        "board_id": board_id,
        "author": {"member_id": member_id, "nickname": nickname, "badges": badges},
        "kind": kind,
        "title": title,
        "teaser": teaser,
        "locked": audience is not None,
        "counts": {name: int(row[name]["N"]) for name in "vlcf"},
        "liked": row["sk"]["S"] in liked,
    }
