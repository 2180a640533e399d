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
  doubtful: {
    title: `有朋友找过${DOUBTFUL_WORD}吗？`,
    text: `停车场收到${DOUBTFUL_WORD}的小卡片，说不用去检测站。这种靠谱吗？求有经验的朋友说说。`,
    audience: "everyone",
  },
};

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
