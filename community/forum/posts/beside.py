"""What stands beside a post in the forum table: its part for some, and what it was before.

| pattern                | key condition                                    | units              |
|------------------------|--------------------------------------------------|--------------------|
| its part               | get `post#<id>` / `part`                          | 0.5 RCU each 4 KB   |
| put its part           | in the post's transaction: put                    | 2 WCU each KB       |
| note what it was       | in the post's transaction: put `post#<id>` / `edit#<n>` | 2 WCU each KB  |
| its earlier versions   | query `post#<id>`, sk `edit#…`                    | 0.5 RCU each 4 KB   |
| forget them            | the same, consistent; delete them in batches     | 1 RCU each 4 KB + 1 WCU each KB |
"""

from __future__ import annotations

import msgspec
from pynamodb.transactions import TransactWrite

from community.forum.posts.rows import PartRow, VersionRow, text_of
from community.forum.posts.rules import EDITS_MAX, PartDraft, Post, Version


def part(post_id: str, *, as_it_is_now: bool = False) -> PartDraft | None:
    try:
        row = PartRow.get(f"post#{post_id}", "part", consistent_read=as_it_is_now)
    except PartRow.DoesNotExist:
        return None
    return msgspec.json.decode(row.part, type=PartDraft)


def put_part(write: TransactWrite, post_id: str, part: PartDraft) -> None:
    write.save(PartRow(f"post#{post_id}", "part", part=text_of(part)))


def delete_part(write: TransactWrite, post_id: str) -> None:
    write.delete(PartRow(f"post#{post_id}", "part"))


def put_version(write: TransactWrite, post: Post, version: Version) -> None:
    row = VersionRow(f"post#{post.post_id}", f"edit#{post.edits:06}", version=text_of(version))
    write.save(row)


def versions(post_id: str, *, before: str | None, limit: int) -> list[tuple[str, Version]]:
    """Earlier versions, latest first, and the place of each."""
    older = VersionRow.sk.between("edit#", before or "edit#~")
    # Both ends are part of that: one more, and without the place itself.
    rows = VersionRow.raw_page(f"post#{post_id}", older, limit=limit + 1, newest_first=True)
    found = [(row["sk"]["S"], _version(row["version"]["S"])) for row in rows]
    return [each for each in found if each[0] != before][:limit]


def every_version(post: Post) -> list[Version]:
    """All that a post was before, latest first."""
    found = versions(post.post_id, before=None, limit=EDITS_MAX) if post.edits else []
    return [version for _, version in found]


def forget_versions(post: Post) -> set[str]:
    """Delete all earlier versions; gives all files that they or the post had."""
    files = {each.media_id for each in (*post.pictures, post.video) if each}
    edits = VersionRow.sk.startswith("edit#")
    rows = list(VersionRow.query(f"post#{post.post_id}", edits, consistent_read=True))
    with VersionRow.batch_write() as batch:
        for row in rows:
            version = _version(row.version)
            files |= {each for each in (*version.pictures, version.video) if each}
            batch.delete(row)
    return files


def _version(text: str) -> Version:
    return msgspec.json.decode(text, type=Version)
