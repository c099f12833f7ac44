// How a message looks. Whatever a bot or a person wrote goes into the page as text nodes, never as markup.
// Uses act(), t() and toast() of phone.js.
"use strict";

// -- small builders

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

// Line drawings instead of emoji: they look the same on every computer.
const DRAWINGS = {
  pin: "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20.5c.6-4 3.5-6 7.5-6s6.9 2 7.5 6",
  phone: "M6 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 6 6l1.5-2 4.5 1.5v3a2.5 2.5 0 0 1-2.5 2.5C10.5 20.5 3.5 13.5 3.5 6A2.5 2.5 0 0 1 6 3.5z",
  paper: "M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h7",
  photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  sticker: "M12 20.5a8.5 8.5 0 1 1 8.5-8.5l-8.5 8.5zM9 10h.01M15 10h.01M8.5 14c1 1.3 2.1 2 3.5 2",
  voice: "M12 14.5a3 3 0 0 0 3-3v-5a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3M6 11.5a6 6 0 0 0 12 0M12 17.5V21",
  clip: "M18.5 11l-7 7a4 4 0 0 1-6-6l8-8a2.8 2.8 0 0 1 4 4l-7.5 7.5a1.3 1.3 0 0 1-2-2l6.5-6.5",
};

function drawing(name) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "drawing");
  path.setAttribute("d", DRAWINGS[name]);
  svg.append(path);
  return svg;
}

function link(address, label, attributes = {}) {
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer", ...attributes }, label);
}

function isWebAddress(address) { return /^https?:\/\//i.test(address); }

// -- text with entities

// Lines become paragraphs of their own direction, and of the text's where they have no letter but in a foreign name;
// inside a line each piece sits in the elements of its entities.
function wording(text, entities) {
  const body = make("div", { class: "text", "data-testid": "text", dir: sideOf(text) });
  let quote = null;
  let at = 0;
  for (const line of text.split("\n")) {
    const end = at + line.length;
    const quoted = entities.find((e) => /blockquote$/.test(e.type) && e.offset <= at && at < e.offset + e.length);
    const paragraph = make("p", { dir: sideOf(line) && "auto" }, ...pieces(text, at, end, entities));
    if (line === "") paragraph.append(make("br"));
    if (quoted) {
      if (!quote || quote.entity !== quoted) {
        quote = { entity: quoted, node: make("blockquote", { dir: "auto" }) };
        body.append(quote.node);
      }
      quote.node.append(paragraph);
    } else {
      quote = null;
      body.append(paragraph);
    }
    at = end + 1;
  }
  return body;
}

// Of the first letter outside an isolate; null without any.
function sideOf(text) {
  const letter = text.replace(/[\u2066-\u2068][^\u2069]*\u2069/g, "").match(/[\p{L}\u200e\u200f]/u);
  return letter && (/[\p{Script=Arabic}\p{Script=Hebrew}\u200f]/u.test(letter[0]) ? "rtl" : "ltr");
}

function pieces(text, from, to, entities) {
  const here = entities.filter((e) => e.offset < to && e.offset + e.length > from);
  const cuts = new Set([from, to]);
  for (const e of here) {
    cuts.add(Math.max(e.offset, from));
    cuts.add(Math.min(e.offset + e.length, to));
  }
  const marks = [...cuts].sort((a, b) => a - b);
  const nodes = [];
  for (let i = 0; i + 1 < marks.length; i++) {
    const [begin, end] = [marks[i], marks[i + 1]];
    const around = here.filter((e) => e.offset <= begin && end <= e.offset + e.length);
    const isLink = around.some((e) => /^(text_link|url|email|phone_number|bot_command|code|pre)$/.test(e.type));
    let node = isLink ? text.slice(begin, end) : callable(text.slice(begin, end));
    for (const e of around.reverse()) node = wrapped(node, e, text.slice(e.offset, e.offset + e.length));
    nodes.push(node);
  }
  return nodes;
}

// National numbers too can be tapped, as on Android; no line ends inside one.
function callable(words) {
  const parts = document.createDocumentFragment();
  for (const part of words.split(/((?<!\d)(?:[+0]\d[\d ]{4,}\d|116\d{3}(?!\d)))/)) {
    parts.append(/^(?:[+0]\d|116)[\d ]*\d$/.test(part) ? call(part) : part);
  }
  return parts;
}

function call(words) {
  return make("a", { href: `tel:${words.replace(/[^+\d]/g, "")}`, dir: "ltr", class: "whole" }, words);
}

function wrapped(node, entity, words) {
  const plain = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "code" };
  if (plain[entity.type]) return make(plain[entity.type], {}, node);
  switch (entity.type) {
    case "text_link": return isWebAddress(entity.url) ? link(entity.url, node) : node;
    case "url": return link(isWebAddress(words) ? words : `https://${words}`, node);
    case "email": return make("a", { href: `mailto:${words}` }, node);
    case "phone_number": return call(words);
    case "bot_command": {
      const button = make("button", { type: "button", class: "command" }, node);
      button.addEventListener("click", () => act({ act: "write", text: words }));
      return button;
    }
    case "spoiler": {
      const cover = make("button", { type: "button", class: "spoiler", "aria-expanded": "false" }, node);
      cover.addEventListener("click", () => cover.setAttribute("aria-expanded", "true"));
      return cover;
    }
    default: return node;
  }
}

// -- messages

function content(message) {
  if (message.text !== undefined) return [wording(message.text, message.entities || [])];
  if (message.venue) {
    const { title, address, location } = message.venue;
    return [card("venue", "pin", make("strong", {}, make("bdi", {}, title)), make("bdi", {}, address), map(location))];
  }
  if (message.location) return [card("location", "pin", make("strong", {}, t("location")), map(message.location))];
  if (message.contact) {
    const { phone_number: number, first_name: first, last_name: last } = message.contact;
    const name = [first, last].filter(Boolean).join(" ");
    const call = make("a", { class: "call", href: `tel:${number.replace(/[^+\d*#]/g, "")}`, "data-testid": "call" },
      drawing("phone"), make("span", {}, t("call")), make("bdi", { dir: "ltr" }, number));
    return [card("contact", "person", make("strong", {}, make("bdi", {}, name)), make("bdi", { dir: "ltr", class: "number" }, number)), call];
  }
  const caption = message.caption === undefined ? [] : [wording(message.caption, message.caption_entities || [])];
  if (message.document) {
    const { file_id: id, file_name: name, file_size: size } = message.document;
    const get = make("a", { href: `phone/files/${encodeURIComponent(id)}`, download: name, "data-testid": "download" }, t("download"));
    return [card("document", "paper", make("strong", {}, make("bdi", {}, name)), make("span", {}, bytes(size)), get), ...caption];
  }
  const kind = ["photo", "sticker", "voice"].find((name) => message[name]);
  return [card(kind || "other", kind || "clip", make("span", {}, kind ? t(kind) : "…")), ...caption];
}

function card(kind, icon, ...lines) {
  return make("div", { class: "card", "data-testid": `card-${kind}` },
    drawing(icon), make("div", { class: "lines" }, ...lines));
}

function map({ latitude, longitude }) {
  return link(`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`, t("map"), { "data-testid": "map" });
}

function bytes(size) {
  const unit = size < 1024 ? [size, "byte"] : size < 1048576 ? [size / 1024, "kilobyte"] : [size / 1048576, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit: unit[1], unitDisplay: "short", maximumFractionDigits: 1 }).format(unit[0]);
}

function keyboard(id, rows) {
  const board = make("div", { class: "keyboard", "data-testid": "keyboard" });
  for (const row of rows) {
    board.append(make("div", { class: "row" }, ...row.map((button) => key(id, button))));
  }
  return board;
}

function key(id, button) {
  const attributes = { class: `key ${/^[a-z]+$/.test(button.style || "") ? button.style : ""}`, dir: "auto", "data-testid": "key" };
  const address = button.url || button.web_app?.url;
  if (address) {
    if (!isWebAddress(address)) return make("span", attributes, button.text);
    return link(address, make("span", {}, button.text), attributes);
  }
  const node = make("button", { type: "button", ...attributes }, button.text);
  node.addEventListener("click", async () => {
    if (button.copy_text) {
      await navigator.clipboard.writeText(button.copy_text.text);
      toast(t("copied"));
    } else if (button.callback_data !== undefined) {
      node.setAttribute("aria-busy", "true");
      setTimeout(() => node.removeAttribute("aria-busy"), 4000); // a bot may forget to answer
      act({ act: "press", message: id, data: button.callback_data });
    }
  });
  return node;
}

function bubble({ id, from_bot: fromBot, kind, message }) {
  const when = new Date(message.date * 1000);
  const time = make("time", { datetime: when.toISOString() },
    when.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", numberingSystem: "latn" }));
  const edited = message.edit_date && fromBot ? `${t("edited")} · ` : "";
  const meta = make("span", { class: "meta" }, edited, time);
  const rows = message.reply_markup?.inline_keyboard || [];
  return make("article", { class: `message ${fromBot ? "bot" : "mine"} ${kind}`, "data-testid": "message", "data-id": id,
    "data-from": fromBot ? "bot" : "person" },
  make("div", { class: "bubble" }, ...content(message), meta), rows.length ? keyboard(id, rows) : null);
}
