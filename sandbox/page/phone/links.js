/** Where a link of the backend leads on this phone: mini-program paths and addresses of the community. */

import { boardById } from "./boards.js";
import * as nav from "./nav.js";
import { ignoreRefusal } from "./session.js";

const POST = /posts?(?:\/(?:index|detail|post))?(?:\/|\?(?:.*&)?(?:post_)?id=)([\w-]+)/;
const TRANSFER = /certification\/transfer\?(?:.*&)?id=([\w-]+)/;
const BOARD = /boards?(?:\/(?:index|detail|board))?(?:\/|\?(?:.*&)?(?:board_)?id=)([\w-]+)/;

/** What opens the link's target, or null where this phone knows none. */
export function opener(link) {
  if (!link) return null;
  const post = POST.exec(link);
  if (post) return () => nav.go("post", { post_id: post[1] });
  const board = BOARD.exec(link);
  if (board) return () => openBoard(board[1]);
  const transfer = TRANSFER.exec(link);
  if (transfer) return () => nav.go("transfer", { id: transfer[1] });
  if (/certif/.test(link)) return () => nav.go("certify");
  if (/vehicles?\b/.test(link)) return () => nav.go("vehicles");
  if (/account\b/.test(link)) return () => nav.go("account");
  if (/followers\b/.test(link)) return () => nav.go("followers");
  if (/\bme\b/.test(link)) return () => nav.go("me");
  return null;
}

function openBoard(boardId) {
  return boardById(boardId)
    .then((board) => nav.go("posts", { board }))
    .catch(ignoreRefusal);
}
