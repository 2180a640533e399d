/** Example content, so that a newcomer needs no typing: forms offer it as 填入示例. */

export const DOUBTFUL_WORD = "代办年检";

export const POSTS = {
  discussion: {
    title: "第一次自己换空调滤芯，十分钟搞定",
    text: "副驾手套箱拆下来就能看到滤芯盒，注意箭头朝下。4S 店报价 180 元，自己换只花了 35 元，给新手车主参考。",
    audience: "everyone",
  },
  owners: {
    title: "车主专享：门店工时费减半的预约方法",
    text: "打电话预约时报会员号即可，周二到周四不用排队。机油升级套餐也能一起优惠，名额每周二十个。",
    teaser: "亲测有效的省钱办法，细节写在正文里。",
    audience: "owners",
  },
  question: {
    title: "冷车启动有哒哒声，正常吗？",
    text: "最近早上冷车启动，前几秒有轻微的哒哒声，热车后消失。\n\n- 行驶 **2.3 万公里**\n- 上次保养是三个月前\n\n有遇到过的车友吗？",
    audience: "everyone",
  },
  poll: {
    title: "国庆自驾，你打算去哪里？",
    text: "选出你最想去的方向，人多的话我来组织车队。",
    audience: "everyone",
    options: ["川西环线", "青甘大环线", "海边露营", "在家休息"],
  },
  doubtful: {
    title: `有朋友找过${DOUBTFUL_WORD}吗？`,
    text: `停车场收到${DOUBTFUL_WORD}的小卡片，说不用去检测站。这种靠谱吗？求有经验的朋友说说。`,
    audience: "everyone",
  },
};

const SKIES = [
  ["#8fd3c8", "#2f6f8f"],
  ["#f6c978", "#99504a"],
  ["#b9c8f2", "#5b3fb8"],
  ["#b7e0a4", "#067a46"],
];

const LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";
const DIGITS = "0123456789";
// GB 16735: the value of each sign, the weight of each place; place nine is the check digit.
const SIGNS = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** A car nobody else has: valid VIN with check digit, a plate, a model. */
export function sampleCar() {
  return { model: "星途 X7 长续航版", vin: sampleVin(), plate_number: `沪${pick(LETTERS)}${times(5, DIGITS)}` };
}

/** What stands on the licence of such a car. */
export function sampleLicence() {
  const { vin, plate_number: plate } = sampleCar();
  return { plate_num: plate, vin, model: "星途牌XT7150EV", owner: "林安", engine_num: `E${times(7, DIGITS)}` };
}

/** A mobile number that nobody else has, for all one can tell. */
export const samplePhone = () => `138${times(8, DIGITS)}`;

function sampleVin() {
  const signs = [..."LSVAA4180P2", ...times(6, DIGITS)];
  const sum = signs.reduce((total, sign, place) => total + (SIGNS.indexOf(sign) % 10) * WEIGHTS[place], 0);
  signs[8] = "0123456789X"[sum % 11];
  return signs.join("");
}

function times(count, alphabet) {
  return Array.from({ length: count }, () => pick(alphabet)).join("");
}

function pick(alphabet) {
  return alphabet[crypto.getRandomValues(new Uint32Array(1))[0] % alphabet.length];
}

/** A photo that nobody else has: a road under a sky, as image/png. */
export function samplePicture() {
  const [width, height] = [960, 720];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  const [sky, ground] = pick(SKIES);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "#fff8e6";
  pen.beginPath();
  pen.arc(width * (0.2 + Math.random() * 0.6), height * (0.15 + Math.random() * 0.2), height * 0.1, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = ground;
  pen.fillRect(0, height * 0.58, width, height);
  pen.fillStyle = "#ffffffcc";
  pen.beginPath();
  pen.moveTo(width * 0.48, height * 0.58);
  pen.lineTo(width * 0.52, height * 0.58);
  pen.lineTo(width * 0.68, height);
  pen.lineTo(width * 0.32, height);
  pen.fill();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
