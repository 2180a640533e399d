/** The few line icons of the page, drawn here so that nothing is fetched from elsewhere. */

const PATHS = {
  home: "M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1h-4.5v-5h-5v5H5a1 1 0 0 1-1-1z",
  bell: "M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 2h-15zM10 21h4",
  headset: "M4 15v-3a8 8 0 0 1 16 0v3M4 14h3v5.5H5.5A1.5 1.5 0 0 1 4 18zM20 14h-3v5.5h1.5A1.5 1.5 0 0 0 20 18z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-3.8 3.8-5.5 7.5-5.5s6.7 1.7 7.5 5.5",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  heart: "M12 20s-7.5-4.6-7.5-10A4.3 4.3 0 0 1 12 7.4 4.3 4.3 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z",
  comment: "M4 5h16v11h-8l-4.5 4v-4H4z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  back: "M15 4.5 7.5 12l7.5 7.5",
  next: "M9 5l7 7-7 7",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
  shield: "M12 3.5l7.5 2.5v6c0 4.5-3.2 7.3-7.5 8.5-4.3-1.2-7.5-4-7.5-8.5V6zM8.8 12l2.4 2.4 4.2-4.6",
  pen: "M4 20l1-4L16.5 4.5l3 3L8 19z",
  car: "M3.5 16.5v-4l2-1 2-4.5h9l2 4.5 2 1v4h-2.2M3.5 16.5h1.7M9 16.5h6M5.2 16.8a1.9 1.9 0 1 0 3.8 0 1.9 1.9 0 1 0-3.8 0M15 16.8a1.9 1.9 0 1 0 3.8 0 1.9 1.9 0 1 0-3.8 0M6 11.5h12",
  wrench: "M20 6.5l-3 3-2.5-2.5 3-3a5 5 0 0 0-6.4 6.4L4 17.5 6.5 20l7.1-7.1A5 5 0 0 0 20 6.5z",
  tag: "M4 4h8l8.5 8.5-8 8L4 12zM8 8h.01",
  megaphone: "M4 10v4h3l9 4.5v-13L7 10zM19 9.5a3.5 3.5 0 0 1 0 5M7.5 14.5 9 20h2.5l-1.2-4",
  crown: "M4.5 19h15M4.5 15.5 3.5 8l5 3.5L12 5l3.5 6.5 5-3.5-1 7.5z",
  robot: "M5.5 9h13v10h-13zM12 9V5.5M9.5 13h.01M14.5 13h.01M9.5 16h5M3 12.5v3M21 12.5v3",
  warning: "M12 4l9 16H3zM12 10v4.5M12 17.2h.01",
  swap: "M4 8h14l-3.5-3.5M20 16H6l3.5 3.5",
  empty: "M4 13l2.5-8h11L20 13v6H4zM4 13h5l1 2.5h4l1-2.5h5",
  link: "M10 14a4 4 0 0 0 6 .4l2.6-2.6a4 4 0 0 0-5.7-5.7L11.5 7.5M14 10a4 4 0 0 0-6-.4l-2.6 2.6a4 4 0 0 0 5.7 5.7l1.4-1.4",
  app: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.8 12.6a1.9 1.9 0 1 0 2.2 1.9v-5a1.9 1.9 0 1 1 2.2 1.900",
  picture: "M4 5h16v14H4zM4 16l4.5-5 4 4.5 2.5-2.5 5 4.5M15.5 9.5h.01",
  phone: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2",
  key: "M14.5 4.5a5 5 0 1 1-3.7 8.3L4 19.5V20h3v-2h2v-2h2l1.5-1.7M16 8.5h.01",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.6-3.4 3.2-5 6.5-5s5.9 1.6 6.5 5M16 5a3.3 3.3 0 0 1 0 6.3M18 14.8c1.9.7 3.1 2.3 3.5 4.7",
  download: "M12 4v11M7.5 10.5 12 15l4.5-4.5M5 20h14",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20",
  plus: "M12 5v14M5 12h14",
  spark: "M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8zM18.5 16.5v4M16.5 18.5h4",
  tools: "M4 7h10M18 7h2M14 5v4M4 17h2M10 17h10M10 15v4",
  star: "M12 4l2.5 5.2 5.5.8-4 4 1 5.7-5-2.7-5 2.7 1-5.7-4-4 5.5-.8z",
  share: "M14 5l6 5.5-6 5.5v-3.5c-5 0-8 1.5-10 5.5 0-6 3.5-9.5 10-10z",
  bulb: "M9 17.5h6M10 20.5h4M12 3.5a6 6 0 0 0-3.5 10.9v1.6h7v-1.6A6 6 0 0 0 12 3.5z",
  play: "M4 5h16v14H4zM10 9l5 3-5 3z",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13",
};

const SVG = "http://www.w3.org/2000/svg";

/** A decorative icon: it takes the colour and the size of the text around it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
