/** Starts the page: toolbar, tour, and the three windows. */

import { startGroup } from "./group.js";
import { startLive } from "./live.js";
import { startPanes } from "./panes.js";
import { startPhone } from "./phone/phone.js";
import { on } from "./signals.js";
import { startTicking } from "./time.js";
import { startToolbar } from "./toolbar.js";
import { startTour } from "./tour.js";
import { startWecom } from "./wecom.js";

const find = (id) => document.getElementById(id);

on("live", ({ ok }) => {
  const light = find("live");
  light.dataset.ok = String(ok);
  light.textContent = ok ? "实时" : "正在重新连接…";
});

startPanes(find("switch"), find("stage"));
startTour(find("tour"));
startToolbar(find("toolbar"));
startWecom(find("wecom"));
startGroup(find("group"));
startPhone(find("phone"));
startTicking();
startLive();
