// The verifier's keyboard: J and K walk through the figures, a key that opens a form puts the cursor into it.
"use strict";

function rows() {
  return [...document.querySelectorAll("#review a[data-row]")];
}

function walk(step) {
  const all = rows();
  const at = all.findIndex((row) => row.hasAttribute("aria-current"));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  if (next) next.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  const key = event.key.toLowerCase();
  if (key !== "j" && key !== "k") return;
  if (!rows().length) return;
  event.preventDefault();
  walk(key === "j" ? 1 : -1);
});

// One form open at a time, the cursor in its first field.
document.addEventListener("toggle", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLDetailsElement) || !form.classList.contains("verify-form") || !form.open) return;
  document.querySelectorAll("details.verify-form[open]").forEach((other) => { if (other !== form) other.open = false; });
  const field = form.querySelector("textarea, input:not([type=hidden])");
  if (field) { field.focus(); if (field.select) field.select(); }
}, true);

// Escape leaves the field, so that the letters are keys again.
document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && event.target.closest("details.verify-form");
  if (!form) return;
  form.open = false;
  form.querySelector("summary").focus();
});

// After a verdict the page stands on the next figure: say so to the eye and to a screen reader.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.xhr && event.detail.xhr.status >= 400) return;
  const current = document.querySelector("#review [data-current]");
  if (!current) return;
  // Where the panes stand one below the other, what was chosen is below the table.
  const below = window.matchMedia("(max-width: 1080px)").matches;
  (below ? document.querySelector("#verify-cell") : current).scrollIntoView({ block: below ? "start" : "nearest" });
  const link = current.querySelector("a[data-row]");
  if (link) link.focus({ preventScroll: true });
});

// Rows are links; without a script the filter and the marks have a button of their own.
document.querySelectorAll("[data-scriptless]").forEach((button) => { button.hidden = true; });
document.addEventListener("htmx:afterSwap", () => {
  document.querySelectorAll("[data-scriptless]").forEach((button) => { button.hidden = true; });
});
