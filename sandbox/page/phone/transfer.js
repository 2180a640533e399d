/** Somebody applies for my car: has it changed hands? */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import { doing } from "./doing.js";
import { keyed } from "./keys.js";
import * as nav from "./nav.js";
import { refusalNote } from "./refused.js";
import { asMember } from "./session.js";
import { toast } from "./sheet.js";

const ANSWERS = [
  ["hand_over", "已经转让给对方", "认证会转到对方名下，您的车主身份随之结束", "primary"],
  ["refuse", "没有转让", "由版主核实双方资料", ""],
  ["same_person", "对方就是我本人", "两个微信号会合并为一位会员，对方也需要确认", ""],
];

nav.register("transfer", {
  tab: "me",
  title: () => "车辆转移确认",
  mount({ body }, { id }) {
    const status = h("div", {});
    const submission = keyed();
    const say = (answer) =>
      submission({ answer }, (key) =>
        asMember("POST", `/v1/certifications/${id}/transfer`, { body: { answer }, key }),
      );
    body.append(
      h(
        "section",
        { class: "box", testid: "transfer" },
        h("p", { class: "box-head" }, icon("swap"), h("b", {}, "有人申请成为您爱车的车主")),
        h("p", {}, "如果车已经转让，请确认；如果没有，请告诉我们。7 天内没有回应，将由版主审核。"),
        ANSWERS.map((answer) => answerButton(answer, say, status)),
        status,
      ),
    );
  },
});

function answerButton([answer, label, meaning, tone], say, status) {
  const button = h(
    "button",
    {
      class: `btn wide ${tone}`,
      type: "button",
      testid: `transfer-${answer}`,
      "aria-describedby": `meaning-${answer}`,
    },
    label,
  );
  button.onclick = () =>
    working(button, async () => {
      status.replaceChildren();
      try {
        await say(answer);
        toast("已收到您的回答");
        poke();
        nav.replace("certify");
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        status.replaceChildren(refusalNote(error));
      }
    });
  return h("div", { class: "answer" }, button, h("p", { class: "muted", id: `meaning-${answer}` }, meaning));
}

/** Whoever applies says that the holder is indeed themselves. */
export function confirmSamePerson(certificationId, done) {
  return doing(
    "是同一人，合并账号",
    "same-person",
    async () => {
      const body = { answer: "same_person" };
      await asMember("POST", `/v1/certifications/${certificationId}/transfer`, { body });
      toast("已合并为一位会员");
      poke();
      await done();
    },
    "primary",
  );
}
