// What the pages do better with JavaScript: keys, and a search in long lists. Everything works without it.
"use strict";

const KEYS_OFF = "opas-review-keys-off";
const keysAreOn = () => localStorage.getItem(KEYS_OFF) === null;

function isTyping(target) {
  return target.closest("textarea, select, input:not([type=radio]):not([type=checkbox]), [contenteditable]") !== null;
}

// Moves the focus to the next or the previous group of the queue.
function step(by) {
  const links = [...document.querySelectorAll("[data-step]")];
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))];
  if (next) next.focus();
}

// Does what a click would do, and leaves the focus where the next key is wanted.
function press(element) {
  const details = element.closest("details");
  if (details && element.tagName !== "SUMMARY") details.open = true;
  if (element.tagName === "SUMMARY") {
    details.open = true;
    const field = details.querySelector("input:not([type=hidden]), select, textarea, button");
    (field || element).focus();
  } else {
    element.focus();
    element.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !keysAreOn() || isTyping(event.target)) return;
  if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else {
    const element = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!element) return;
    press(element);
  }
  event.preventDefault();
});

// A line in the footer that switches the keys off: a speech user's words must not press them (WCAG 2.1.4).
for (const line of document.querySelectorAll("[data-keys]")) {
  const button = line.querySelector("button");
  const show = () => {
    button.textContent = keysAreOn() ? button.dataset.on : button.dataset.off;
  };
  button.addEventListener("click", () => {
    if (keysAreOn()) localStorage.setItem(KEYS_OFF, "1");
    else localStorage.removeItem(KEYS_OFF);
    show();
  });
  line.hidden = false;
  show();
}

// A search field above a long select: only what contains the words stays.
for (const field of document.querySelectorAll("[data-narrows]")) {
  const select = document.getElementById(field.dataset.narrows);
  const all = [...select.options].map((option) => [option, option.parentElement, option.textContent.toLowerCase()]);
  field.parentElement.hidden = false;
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const [option, parent, text] of all) {
      const fits = !option.value || words.every((word) => text.includes(word));
      if (fits) parent.append(option);
      else option.remove();
    }
    const first = [...select.options].find((option) => option.value);
    if (words.length && first) select.value = first.value;
  });
}

// Filters act at once; the button for it is there without JavaScript only.
for (const form of document.querySelectorAll("form[data-at-once]")) {
  form.addEventListener("change", () => form.requestSubmit());
  const button = form.querySelector("[data-without-script]");
  if (button) button.hidden = true;
}
