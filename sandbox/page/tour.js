/** 两分钟体验: what to try next, ticked off as it really happens. */

import { h, working } from "./dom.js";
import { icon } from "./icons.js";
import { showPane } from "./panes.js";
import { boardById } from "./phone/boards.js";
import * as nav from "./phone/nav.js";
import { fetchPost } from "./phone/post.js";
import { ignoreRefusal, isOwner, me, user } from "./phone/session.js";
import { toast } from "./phone/sheet.js";
import { askToSignIn } from "./phone/sign_in.js";
import { DOUBTFUL_WORD } from "./samples.js";
import * as sandbox from "./sandbox.js";
import { emit, on } from "./signals.js";

const STORE = "sandbox.tour";

const STEPS = [
  { id: "sign-in", label: "登录", hint: "新建一位微信用户并登录", act: askToSignIn },
  {
    id: "refused",
    label: "被拒",
    hint: "潜客在「养车无忧」发帖会被拒绝，并得知怎样解锁",
    act: () => write("car-care", "discussion"),
  },
  { id: "certify", label: "认证", hint: "提交车主认证：拍一张示例行驶证，内容自动填好", act: () => nav.go("certify") },
  { id: "approve", label: "审核", hint: "在企业微信里，由张三点「通过」", act: lookAtPending },
  {
    id: "post",
    label: "发帖",
    hint: "现在是车主了：发一篇「仅车主」可见的帖子",
    act: () => write("car-care", "owners"),
  },
  { id: "teaser", label: "预览", hint: "换一位新用户（潜客）看这篇帖子：只有简介和解锁方式", act: lookAtTeaser },
  { id: "held", label: "存疑", hint: `把“${DOUBTFUL_WORD}”设为存疑再发帖：先不公开，等版主`, act: writeDoubtful },
  { id: "released", label: "放行", hint: "在企业微信里点「通过」，帖子随即公开", act: lookAtPending },
  { id: "notified", label: "通知", hint: "回到手机「消息」，看看收到的通知", act: () => nav.go("messages") },
];
const AND_THEN = "全部体验完毕。再到「我的」看看：资料、手机号、车辆、导出与注销";
const IN_WECOM = new Set(["approve", "released"]);

const AT_START = { held: null, forOwners: null };

let progress = { ...AT_START, done: [], ...stored() };
let root = null;

export function startTour(element) {
  root = element;
  listen();
  render();
}

function listen() {
  on("signed_in", () => tick("sign-in"));
  on("refused", () => tick("refused"));
  on("certification_submitted", () => tick("certify"));
  on("member", () => isOwner() && progress.done.includes("certify") && tick("approve"));
  on("post_published", ({ post, forOwners }) => {
    if (!forOwners) return;
    progress.forOwners = post.post_id;
    store();
    tick("post");
  });
  on("handed_over", () => next()?.id === "teaser" && isProspect() && lookAtTeaser().catch(ignoreRefusal));
  on("teaser_seen", () => progress.done.includes("post") && tick("teaser"));
  on("post_held", ({ post }) => {
    progress.held = post.post_id;
    tick("held");
  });
  on("notified", () => lookAtHeld().catch(ignoreRefusal));
  on("notices_read", () => progress.done.includes("released") && tick("notified"));
}

async function lookAtHeld() {
  if (!progress.held || progress.done.includes("released")) return;
  if ((await fetchPost(progress.held)).state === "published") tick("released");
}

const next = () => STEPS.find(({ id }) => !progress.done.includes(id));

function tick(id) {
  if (progress.done.includes(id)) return;
  progress.done.push(id);
  store();
  render();
}

function render() {
  const step = next();
  const again = h("button", { class: "link", type: "button", testid: "tour-restart", onclick: restart }, "重新开始");
  root.replaceChildren(
    h(
      "h2",
      { class: "tour-title" },
      "两分钟体验",
      h("span", { class: "tour-count" }, `${progress.done.length}/${STEPS.length}`),
    ),
    h(
      "ol",
      { class: "tour-steps" },
      STEPS.map((each) => stepItem(each, each === step)),
    ),
    h(
      "p",
      { class: "tour-hint", role: "status", testid: "tour-hint" },
      step ? [h("b", {}, "下一步　"), step.hint] : AND_THEN,
    ),
    step ? goButton(step) : again,
  );
}

function stepItem({ id, label }, isNext) {
  const done = progress.done.includes(id);
  return h(
    "li",
    {
      class: done ? "step done" : "step",
      "aria-current": isNext ? "step" : null,
      testid: `tour-${id}`,
      data: { done: String(done) },
    },
    done && icon("check"),
    label,
    done && h("span", { class: "sr" }, "（已完成）"),
  );
}

function goButton(step) {
  const button = h(
    "button",
    { class: "btn small primary", type: "button", testid: "tour-go", onclick: () => working(button, () => lead(step)) },
    "带我去",
  );
  return button;
}

async function lead(step) {
  if (!IN_WECOM.has(step.id)) showPane("phone");
  try {
    await step.act();
  } catch (error) {
    ignoreRefusal(error);
    toast(error.detail);
  }
}

function lookAtPending() {
  showPane("wecom");
  emit("look_at_pending");
}

async function write(boardId, sample) {
  if (!user()) return askToSignIn();
  return nav.go("publish", { board: await boardById(boardId), sample });
}

const isProspect = () => Boolean(me()) && !isOwner();

/** The post for owners only, as a prospect sees it; whoever is no prospect lets one have the phone first. */
async function lookAtTeaser() {
  if (!isProspect()) return askToSignIn();
  if (progress.forOwners) return nav.go("post", { post_id: progress.forOwners });
  return nav.go("posts", { board: await boardById("car-care") });
}

async function writeDoubtful() {
  await sandbox.setVerdict(DOUBTFUL_WORD, "review");
  await write("new-car-shopping", "doubtful");
}

function restart() {
  progress = { ...AT_START, done: [] };
  store();
  render();
}

function stored() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
}

function store() {
  localStorage.setItem(STORE, JSON.stringify(progress));
}
