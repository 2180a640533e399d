/** What the mini program offers where a member chooses: ids as the API takes them, and their words. */

export const INTERESTS = {
  road_trips: "自驾游",
  camping: "露营",
  off_road: "越野",
  track: "赛道驾驶",
  tuning: "改装",
  technology: "智能科技",
  family: "亲子出行",
  pets: "宠物",
  food: "美食",
  music: "音乐",
  sports: "运动",
  photography: "摄影",
};

export const ACCESSORIES = {
  floor_mats: "脚垫",
  sunshades: "遮阳帘",
  films: "车衣贴膜",
  dashcam: "行车记录仪",
  child_seat: "儿童座椅",
  charger: "充电桩",
  roof_box: "车顶箱",
  camping_gear: "露营装备",
  care_products: "养护用品",
  wheels_and_tyres: "轮毂轮胎",
  audio: "音响",
};

export const WHEN = {
  within_month: "一个月内",
  three_months: "三个月内",
  half_year: "半年内",
  later: "半年以后",
};

export const CITIES = ["上海", "北京", "广州", "深圳", "杭州", "成都"];
