/** The fields of a post: filled with a draft or a published post, read as the API takes them. */

import { h } from "../dom.js";
import { audienceText } from "./blocks.js";
import { radioControl, textControl } from "./controls.js";
import { picturesControl } from "./pictures.js";
import { asItIs, pollControl } from "./poll.js";
import { me } from "./session.js";

const TITLE_CHARS_MAX = 50;
const TEXT_CHARS_MAX = 5000;
const TEASER_CHARS_MAX = 80;
const MODEL_CHARS_MAX = 40;
const BEIJING = "+08:00";

const EVERYONE = {};
const OWNERS = { identity: ["owner"] };
const KINDS = { discussion: "讨论", question: "提问", poll: "投票" };
const OF_BADGES = { official: { article: "文章", announcement: "公告" }, staff: { announcement: "公告" } };
const AUDIENCES = { everyone: EVERYONE, owners: OWNERS };
const PARTS = {
  none: ["不加", null],
  owner: ["车主", OWNERS],
  t1: ["T1 以上", { tier_min: "T1" }],
  t2: ["T2 以上", { tier_min: "T2" }],
  t3: ["T3 以上", { tier_min: "T3" }],
};
/** What the server says where an author said nothing. */
const MADE_TEASER = /^全文共 \d+ 字，解锁后可阅读$/;

/**
 * The controls of a post in the order in which they are shown. `before` is what the API told of a post or what a
 * draft keeps; of what `isPublished`, its kind and its poll stay as they are.
 */
export function writing(before, { isPublished }) {
  const kind = radioControl("kind", "类型", { options: kinds(before, isPublished), value: before.kind ?? "discussion" });
  const title = textControl("title", "标题", {
    value: before.title,
    maxlength: TITLE_CHARS_MAX,
    placeholder: "一句话说清楚",
  });
  const text = textControl("text", "正文", {
    value: before.text,
    rows: 6,
    maxlength: TEXT_CHARS_MAX,
    placeholder: "分享您的用车经验…",
    hint: "可用 **加粗**、- 列表、> 引用、[文字](链接)",
  });
  const pictures = picturesControl(isPublished ? ofPost(before) : ofDraft(before));
  const poll = isPublished ? pollAsItIs(before.poll) : pollControl(before.poll);
  const at = textControl("publish_at", "定时发布（选填，北京时间）", {
    type: "datetime-local",
    value: inBeijing(before.publish_at),
  });
  const topics = textControl("topics", "话题（选填）", {
    value: (before.topics ?? []).join(" "),
    placeholder: "最多 5 个，用空格分开",
  });
  const model = textControl("model", "车型（选填）", { value: before.model, maxlength: MODEL_CHARS_MAX });
  const part = partControl(before.part);
  const audience = audienceChoice(before.audience);
  const teaser = textControl("teaser", "公开简介（选填）", {
    value: MADE_TEASER.test(before.teaser) ? null : before.teaser,
    maxlength: TEASER_CHARS_MAX,
    placeholder: "不能看全文的人看到的一句话",
    hint: "不填则只显示全文字数",
  });
  const value = () => ({
    kind: kind.value(),
    title: title.value() ?? "",
    text: text.value() ?? "",
    audience: audience.value(),
    teaser: isOpen(audience.value()) ? null : teaser.value(),
    model: model.value(),
    topics: (topics.value() ?? "").split(/[\s,，、]+/).filter(Boolean),
    ...pictures.value(),
    part: part.value(),
    poll: kind.value() === "poll" ? poll.value() : null,
    publish_at: kind.value() === "article" && at.value() ? `${at.value()}:00${BEIJING}` : null,
  });
  const controls = [kind, title, text, poll, pictures, at, topics, model, audience, teaser, part];
  return {
    elements: controls.map(({ element }) => element),
    poll,
    value,
    kind: kind.value,
    isUploading: pictures.isUploading,
    asDraft: () => withoutNothing(value()),
  };
}

const isOpen = (audience) => Object.keys(audience).length === 0;

const withoutNothing = (body) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));

function kinds(before, isPublished) {
  const all = Object.assign({}, KINDS, ...(me()?.badges ?? []).map((badge) => OF_BADGES[badge]));
  return isPublished ? { [before.kind]: all[before.kind] ?? before.kind } : all;
}

const ofPost = ({ pictures, video }) => ({ pictures, video: video?.media_id });

const ofDraft = ({ pictures, video }) => ({ pictures: pictures?.map((id) => ({ media_id: id })), video });

function pollAsItIs(poll) {
  return { element: h("div", { hidden: true }), value: () => poll && asItIs(poll) };
}

/** As an input for moments takes it. */
function inBeijing(moment) {
  if (!moment) return null;
  return new Date(new Date(moment).getTime() + 8 * 3_600_000).toISOString().slice(0, 16);
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function audienceChoice(audience = EVERYONE) {
  const known = Object.keys(AUDIENCES).find((name) => same(AUDIENCES[name], audience));
  const all = known ? AUDIENCES : { ...AUDIENCES, kept: audience };
  const choice = (value, label, text) =>
    h(
      "label",
      { class: "choice" },
      h("input", {
        type: "radio",
        name: "audience",
        value,
        checked: value === (known ?? "kept"),
        testid: `audience-${value}`,
      }),
      h("span", {}, h("b", {}, label), h("small", {}, text)),
    );
  const element = h(
    "fieldset",
    { class: "field", data: { field: "audience" } },
    h("legend", {}, "可见范围"),
    h(
      "div",
      { class: "choices" },
      choice("everyone", "所有人", "大家都能看到全文"),
      choice("owners", "仅车主", "潜客只看到标题和简介"),
      !known && choice("kept", "保持不变", audienceText(audience)),
    ),
  );
  return { element, value: () => all[element.querySelector(":checked").value] };
}

/** A part of the post for some, with a text of its own. */
function partControl(part) {
  const known = part ? Object.keys(PARTS).find((name) => same(PARTS[name][1], part.audience)) : "none";
  const all = known ? PARTS : { ...PARTS, kept: [audienceText(part.audience), part.audience] };
  const who = radioControl("part", "专享内容（选填）：仅部分人可见的一段", {
    options: Object.fromEntries(Object.entries(all).map(([name, [label]]) => [name, label])),
    value: known ?? "kept",
    hint: "其他人只看到这段有多少字，以及怎样解锁",
  });
  const text = h("textarea", {
    rows: 3,
    maxlength: TEXT_CHARS_MAX,
    value: part?.text ?? "",
    placeholder: "只有选中的会员能读到这里",
    "aria-label": "专享内容",
    testid: "part-text",
  });
  who.element.classList.add("part-field");
  who.element.querySelector(".field-note").before(text);
  const value = () => {
    const audience = all[who.value()][1];
    return audience && { audience, text: text.value.trim() };
  };
  return { element: who.element, value };
}
