/** 个人资料: everything that I told of myself, to be changed or taken back. */

import { h } from "../dom.js";
import { loading } from "../parts.js";
import { ASK, toldText } from "./about_me.js";
import { avatarChooser, ownAvatar } from "./avatars.js";
import { form } from "./form.js";
import * as nav from "./nav.js";
import { refusedView } from "./refused.js";
import { changeMe, me, refreshMe } from "./session.js";
import { toast } from "./sheet.js";

nav.register("profile", {
  tab: "me",
  title: () => "个人资料",
  mount({ body }) {
    let shown = false;
    const look = loading(
      body,
      refreshMe,
      (_, root) => {
        if (shown) return;
        root.replaceChildren(picture(), editor());
        shown = true;
      },
      { refused: refusedView },
    );
    // What is being typed stays.
    return async () => shown || look();
  },
});

function picture() {
  const slot = h("div", { class: "form-avatar" });
  const show = () => slot.replaceChildren(ownAvatar(me()), avatarChooser(show));
  show();
  return slot;
}

function editor() {
  const known = me();
  const controls = Object.entries(ASK).map(([name, control]) =>
    control({ value: known[name], hint: toldText(known.told?.[name]) }),
  );
  const before = answers(controls);
  return form({
    testid: "profile",
    submit: "保存",
    fields: controls.map(({ element }) => element),
    read: () => changesSince(before, answers(controls)),
    send: async (changes) => {
      if (Object.keys(changes).length) await changeMe(changes);
      toast("已保存");
      nav.back();
    },
  });
}

const answers = (controls) => Object.fromEntries(controls.map((control) => [control.name, control.value()]));

/** Only what is different: what is not named stays as it is. */
function changesSince(before, now) {
  const isNew = ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]);
  return Object.fromEntries(Object.entries(now).filter(isNew));
}
