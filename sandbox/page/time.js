/** The sandbox's time: real time, moved ahead by the toolbar. */

const ZONE = "Asia/Shanghai";
const MINUTE_MS = 60_000;
const TICK_MS = 20_000;
const HOUR_MS = 60 * MINUTE_MS;

let aheadS = 0;

export function setAhead(seconds) {
  aheadS = seconds;
  tick();
}

export function now() {
  return new Date(Date.now() + aheadS * 1000);
}

export function clockText(moment) {
  return new Date(moment).toLocaleTimeString("zh-CN", {
    timeZone: ZONE,
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
}

export function dayText(date) {
  return date.toLocaleDateString("zh-CN", { timeZone: ZONE, month: "long", day: "numeric", weekday: "short" });
}

/** A day with its year, for what is far off: 2028年11月22日. */
export const dateText = (value) =>
  new Date(value).toLocaleDateString("zh-CN", { timeZone: ZONE, year: "numeric", month: "long", day: "numeric" });

/** A moment to the minute: 11月29日周日 15:04. */
export const momentText = (value) => `${dayText(new Date(value))} ${clockText(value)}`;

/** How long ago, as a person says it. */
export function agoText(value) {
  const date = new Date(value);
  const passed = now() - date;
  if (passed < MINUTE_MS) return "刚刚";
  if (passed < HOUR_MS) return `${Math.floor(passed / MINUTE_MS)} 分钟前`;
  if (dayText(date) === dayText(now())) return clockText(date);
  if (passed < 7 * 24 * HOUR_MS) return `${dayText(date)} ${clockText(date)}`;
  return date.toLocaleDateString("zh-CN", { timeZone: ZONE });
}

/** Keeps every <time data-at> on the page saying how long ago it was. */
export function startTicking() {
  setInterval(tick, TICK_MS);
}

function tick() {
  for (const element of document.querySelectorAll("time[data-at]")) element.textContent = agoText(element.dataset.at);
}

/** How far ahead the clock is: "+2 天 1 小时". */
export function aheadText() {
  if (aheadS <= 0) return "";
  const days = Math.floor(aheadS / 86_400);
  const hours = Math.floor((aheadS % 86_400) / 3600);
  const minutes = Math.round((aheadS % 3600) / 60);
  const parts = [days && `${days} 天`, hours && `${hours} 小时`, minutes && `${minutes} 分钟`];
  return `+${parts.filter(Boolean).join(" ")}`;
}
