// The browser phone: what the server tells it and what the person does. Words: words.js; looks: messages.js.
"use strict";

const $ = (id) => document.getElementById(id);
const log = $("log");
const shown = new Map(); // message id → its element
let tab = kept("tab") || keep("tab", fresh());
let language = kept("language") || keep("language", firstLanguage());
let source = null;
const TOGETHER_MS = 5000; // the messages of one answer come within that; what comes later came unasked
let cameAt = 0;
let answer = null; // id of the first message with which the bot answered what was written or pressed last

// Not randomUUID: a page that is opened over the network by plain http does not have it.
function fresh() { return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""); }
function kept(key) { return sessionStorage.getItem(`phone.${key}`); }
function keep(key, value) { sessionStorage.setItem(`phone.${key}`, value); return value; }
function firstLanguage() {
  const code = navigator.language.slice(0, 2);
  return [...LANGUAGES, ...OTHER_LANGUAGES].some(([known]) => known === code) ? code : "en";
}
function t(key) { return (TEXTS[language] || TEXTS.en)[key]; }

// -- what the server tells

function put(seen) {
  const node = bubble(seen);
  const old = shown.get(seen.id);
  if (old) old.replaceWith(node);
  else log.append(node);
  shown.set(seen.id, node);
}

const happenings = {
  screen(event) {
    log.setAttribute("aria-live", "off"); // nobody wants a whole talk read out on reconnecting
    log.replaceChildren();
    shown.clear();
    for (const seen of event.messages) put(seen);
    log.setAttribute("aria-live", "polite");
    about(event);
    begun(event.started);
    toEnd();
  },
  message(event) {
    const near = atEnd();
    begun(true);
    put(event);
    if (event.from_bot) $("typing").hidden = true;
    const isLater = Date.now() - cameAt > TOGETHER_MS;
    answer = event.from_bot ? (!isLater && answer) || event.id : null;
    cameAt = Date.now();
    if (!event.from_bot) toEnd();
    else if (near) toAnswer();
  },
  edit(event) { const near = atEnd(); put(event); if (near) toEnd(); },
  delete(event) { shown.get(event.id)?.remove(); shown.delete(event.id); },
  action() {
    const near = atEnd();
    $("typing").hidden = false;
    clearTimeout(happenings.timer);
    happenings.timer = setTimeout(() => { $("typing").hidden = true; }, 5000);
    if (near) toEnd();
  },
  toast(event) {
    for (const busy of log.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
    if (event.url && isWebAddress(event.url)) window.open(event.url, "_blank", "noopener");
    if (!event.text) return;
    if (!event.alert) return toast(event.text);
    $("alert-text").textContent = event.text;
    $("alert").showModal();
  },
  profile(event) { about(event); },
};

function about({ name, description, commands }) {
  $("name").textContent = document.title = name;
  $("face").textContent = [...name][0] || "";
  $("description").textContent = description;
  $("description").hidden = !description;
  $("commands").hidden = commands.length === 0;
  $("commands-menu").replaceChildren(...commands.map(({ command, description: words }) =>
    choice(() => act({ act: "write", text: `/${command}` }),
      make("bdi", { dir: "ltr", class: "slash" }, `/${command}`), make("span", { dir: "auto" }, words))));
}

function begun(started) {
  $("welcome").hidden = started;
  $("start").hidden = started;
  $("composer").hidden = !started;
}

function atEnd() { const box = $("scroll"); return box.scrollHeight - box.scrollTop - box.clientHeight < 120; }
// Not smoothly: while one message glides in, the next would find the list away from its end and stay there.
function toEnd() { $("scroll").scrollTop = $("scroll").scrollHeight; }
// A long answer is read from its beginning, where the number to call stands; a short one stands whole at the end.
function toAnswer() {
  const box = $("scroll");
  box.scrollTop += shown.get(answer).getBoundingClientRect().top - box.getBoundingClientRect().top - 12;
}

function toast(words) {
  const box = $("toast");
  box.replaceChildren(make("span", { dir: "auto" }, words));
  box.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { box.hidden = true; }, 3000 + 60 * words.length);
}

function listen() {
  source?.close();
  source = new EventSource(`phone/events?${new URLSearchParams({ tab, language })}`);
  source.onopen = () => { $("state").textContent = t("tagline"); };
  source.onmessage = ({ data }) => { const event = JSON.parse(data); happenings[event.event]?.(event); };
  source.onerror = () => {
    $("state").textContent = t("reconnecting");
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000); // the browser gave up; we do not
  };
}

async function act(wish) {
  closeMenus();
  answer = null; // a button is answered too, and nothing else tells of it
  try {
    const done = await fetch("phone/do", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ tab, language, ...wish }),
    });
    if (!done.ok) throw new Error(done.status);
    return true;
  } catch {
    for (const busy of log.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
    toast(t("failed"));
    return false;
  }
}

// -- the person's hands

function choice(chosen, ...children) {
  const button = make("button", { type: "button" }, ...children);
  button.addEventListener("click", chosen);
  return make("li", {}, button);
}

function closeMenus() {
  for (const opener of [$("commands"), $("attach")]) {
    opener.setAttribute("aria-expanded", "false");
    $(opener.getAttribute("aria-controls")).hidden = true;
  }
}

function opens(opener) {
  const menu = $(opener.getAttribute("aria-controls"));
  opener.addEventListener("click", () => {
    const wasHidden = menu.hidden;
    closeMenus();
    $("toast").hidden = true;
    menu.hidden = !wasHidden;
    opener.setAttribute("aria-expanded", String(wasHidden));
    if (wasHidden) menu.querySelector("button")?.focus();
  });
  menu.addEventListener("keydown", (event) => {
    const buttons = [...menu.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
  });
}

function translate() {
  const own = TEXTS[language] ? language : "en";
  document.documentElement.lang = own;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
  const options = (list) => list.map(([code, name]) => make("option", { value: code, lang: code }, name));
  $("language").replaceChildren(...options(LANGUAGES), make("optgroup", { label: t("other") }, ...options(OTHER_LANGUAGES)));
  $("language").value = language;
  $("attach-menu").replaceChildren(...Object.entries({ sticker: "sticker", photo: "photo", voice: "voice", location: "pin", contact: "person" })
    .map(([kind, icon]) => choice(() => act({ act: "send", kind }),
      drawing(icon), make("span", {}, t(kind)))));
}

function fit() {
  const input = $("input");
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
}

async function say() {
  const text = $("input").value.trim();
  if (text && await act({ act: "write", text })) {
    $("input").value = "";
    fit();
  }
  $("input").focus();
}

$("composer").addEventListener("submit", (event) => { event.preventDefault(); say(); });
$("input").addEventListener("input", fit);
$("input").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); say(); }
});
$("start").addEventListener("click", async () => { await act({ act: "write", text: "/start" }); $("input").focus(); });
$("language").addEventListener("change", () => {
  language = keep("language", $("language").value);
  translate();
  listen(); // the whole screen again, in the new language
});
$("new-person").addEventListener("click", () => {
  tab = keep("tab", fresh());
  closeMenus();
  listen();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(); });
document.addEventListener("click", (event) => { if (!event.target.closest(".bottom")) closeMenus(); });
// A browser keeps six connections to one server: tabs that are not looked at let go of theirs.
document.addEventListener("visibilitychange", () => { if (document.hidden) source?.close(); else listen(); });

opens($("commands"));
opens($("attach"));
translate();
listen();
