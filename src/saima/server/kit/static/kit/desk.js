// What every page of the desk can do beyond plain HTML. Everything works without it, only less handily.
"use strict";

const words = document.body ? document.body.dataset : {};

function ready(run) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run);
  else run();
}

// ---- Dialogs ----
function dialogOf(build) {
  const box = document.createElement("dialog");
  box.className = "dialog";
  build(box);
  document.body.append(box);
  box.addEventListener("close", () => box.remove());
  box.showModal();
  return box;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

// Asks before something that cannot be undone; resolves to true or false.
function ask(question, { title = "", confirm = "", danger = false } = {}) {
  return new Promise((resolve) => {
    let answer = false;
    const box = dialogOf((box) => {
      const head = element("h2", "", title || words.wordsSure);
      head.id = "ask-title";
      box.setAttribute("aria-labelledby", head.id);
      const foot = element("div", "actions");
      const no = element("button", "btn", words.wordsCancel);
      const yes = element("button", danger ? "btn btn-danger" : "btn btn-primary", confirm || words.wordsConfirm);
      no.type = yes.type = "button";
      no.addEventListener("click", () => box.close());
      yes.addEventListener("click", () => { answer = true; box.close(); });
      foot.append(no, yes);
      box.append(head, element("p", "pre-line", question), foot);
      no.autofocus = true;
    });
    box.addEventListener("close", () => resolve(answer));
  });
}

function asked(source) {
  return ask(source.dataset.confirm, {
    title: source.dataset.confirmTitle,
    confirm: source.dataset.confirmYes || source.textContent.trim().slice(0, 40),
    danger: source.classList.contains("btn-danger") || source.hasAttribute("data-danger"),
  });
}

// data-confirm on a button or link (or on a form: asked for each of its buttons).
const confirmed = new WeakSet();
document.addEventListener("click", (event) => {
  const source = event.target.closest("a[data-confirm], button[data-confirm]");
  if (!source || confirmed.has(source) || isHtmx(source)) return;
  event.preventDefault();
  event.stopPropagation();
  asked(source).then((yes) => {
    if (!yes) return source.focus();
    confirmed.add(source);
    source.click();
    confirmed.delete(source);
  });
}, true);
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || confirmed.has(form) || isHtmx(form)) return;
  event.preventDefault();
  event.stopPropagation();
  const button = event.submitter;
  ask(form.dataset.confirm, {
    title: form.dataset.confirmTitle,
    confirm: form.dataset.confirmYes || (button ? button.textContent.trim().slice(0, 40) : ""),
    danger: Boolean(button && button.classList.contains("btn-danger")),
  }).then((yes) => {
    if (!yes) return;
    confirmed.add(form);
    if (button && button.form === form) form.requestSubmit(button);
    else form.requestSubmit();
    confirmed.delete(form);
  });
}, true);
function isHtmx(node) {
  return ["hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete"].some((name) => node.hasAttribute(name));
}
document.addEventListener("htmx:confirm", (event) => {
  const source = event.detail.elt;
  if (!source.dataset || !source.dataset.confirm) return;
  event.preventDefault();
  asked(source).then((yes) => { if (yes) event.detail.issueRequest(true); });
});

// data-dialog="#id" opens a <dialog> of the page; data-close closes the one around it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const box = document.querySelector(opener.dataset.dialog);
    if (box && box.showModal) { event.preventDefault(); box.showModal(); }
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) { const box = closer.closest("dialog"); if (box) { event.preventDefault(); box.close(); } }
});

// ---- What the server says to parts of a page ----
document.addEventListener("htmx:configRequest", (event) => {
  if (words.csrf) event.detail.headers["X-CSRFToken"] = words.csrf;
});
// A refusal never replaces the thing that was asked about, unless that thing says it wants to show it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (!xhr || xhr.status < 400 || !/^\s*<[^>]*\sdata-refused[\s>=]/.test(event.detail.serverResponse || "")) return;
  if (target && target.closest("[data-refused-here]")) return;
  const place = document.getElementById("messages");
  if (!place) return;
  event.detail.target = place;
  event.detail.swapOverride = "innerHTML";
  event.detail.selectOverride = "unset";
  requestAnimationFrame(() => place.scrollIntoView({ block: "nearest" }));
});
document.addEventListener("htmx:responseError", () => toast(words.wordsFailed, "refused"));
document.addEventListener("htmx:sendError", () => toast(words.wordsOffline, "refused"));
document.addEventListener("htmx:timeout", () => toast(words.wordsOffline, "refused"));

function toast(text, kind = "good") {
  let place = document.querySelector(".toasts");
  if (!place) {
    place = element("div", "toasts");
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  const note = element("div", `notice notice-${kind}`);
  note.append(element("div", "", text));
  place.append(note);
  setTimeout(() => note.remove(), kind === "good" ? 3000 : 12000);
}
window.saima = Object.freeze({ ask, toast });

// ---- Menus: one open at a time, closed by Escape or a click elsewhere ----
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLDetailsElement) || !menu.classList.contains("menu") || !menu.open) return;
  document.querySelectorAll("details.menu[open]").forEach((other) => { if (other !== menu) other.open = false; });
}, true);
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

// On a narrow page the header's navigation is a strip: this page stands in sight.
ready(() => {
  const strip = document.querySelector(".site-nav");
  const here = strip && strip.querySelector("[aria-current]");
  if (here && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
});

// ---- Rows that are links: <tr class="row-link" data-href="..."> or with an <a> inside ----
document.addEventListener("click", (event) => {
  const row = event.target.closest(".row-link");
  if (!row || event.defaultPrevented || event.target.closest("a, button, input, select, textarea, label, summary")) return;
  if (String(window.getSelection())) return;
  const link = row.querySelector("a[href]");
  const href = row.dataset.href || (link && link.href);
  if (!href) return;
  if (event.metaKey || event.ctrlKey) window.open(href, "_blank", "noopener");
  else window.location.assign(href);
});

// ---- Small buttons ----
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    const from = button.dataset.copy.startsWith("#") && document.querySelector(button.dataset.copy);
    const text = from ? ("value" in from ? from.value : from.textContent).trim() : button.dataset.copy;
    copy(text).then(() => toast(words.wordsCopied), () => from && from.select && from.select());
    return;
  }
  if (event.target.closest("[data-print]")) window.print();
  else if (event.target.closest("[data-back]")) window.history.back();
});
function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // Plain http in an office network has no clipboard interface.
  const area = element("textarea", "visually-hidden");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done ? Promise.resolve() : Promise.reject(new Error("copy"));
}
// <select data-submit> and the like send their form when changed.
document.addEventListener("change", (event) => {
  const control = event.target.closest("[data-submit]");
  if (control && control.form) control.form.requestSubmit();
});

// ---- Keyboard: data-key="l" is reached by g then l; data-key-here="j" at once; "?" lists them ----
let waiting = 0;
function typing(target) {
  return target.closest && target.closest("input, textarea, select, [contenteditable], dialog");
}
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "?") { event.preventDefault(); showKeys(); return; }
  const letter = event.key.toLowerCase();
  if (!/^[a-z0-9/]$/.test(letter)) return;
  const jump = Date.now() - waiting < 1200;
  waiting = 0;
  if (jump) {
    const link = find("key", letter);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  const here = find("keyHere", letter);
  if (here) {
    event.preventDefault();
    if (here.matches("input, textarea, select")) here.focus(); else here.click();
    return;
  }
  if (letter === "g") waiting = Date.now();
});
function find(name, letter) {
  const attribute = name === "key" ? "data-key" : "data-key-here";
  return [...document.querySelectorAll(`[${attribute}]`)].find((n) => n.getAttribute(attribute) === letter && (n.getClientRects().length || n.closest("details.menu")));
}
function showKeys() {
  const rows = [];
  document.querySelectorAll("[data-key-here], [data-key]").forEach((node) => {
    const at = node.dataset.keyHere ? [node.dataset.keyHere] : ["g", node.dataset.key];
    rows.push([at, node.dataset.keyWords || node.getAttribute("aria-label") || node.textContent.trim()]);
  });
  // Pages whose own script listens to keys list them in <template data-keys><i data-key-name="J / K">words</i></template>.
  document.querySelectorAll("template[data-keys]").forEach((list) => {
    list.content.querySelectorAll("[data-key-name]").forEach((n) => rows.push([n.dataset.keyName.split(" "), n.textContent]));
  });
  rows.push([["?"], words.wordsKeysHelp]);
  dialogOf((box) => {
    const head = element("h2", "", words.wordsKeys);
    head.id = "keys-title";
    box.setAttribute("aria-labelledby", head.id);
    const list = element("dl", "keys");
    rows.forEach(([keys, text]) => {
      const term = element("dt");
      keys.forEach((k, n) => { if (n) term.append(" "); term.append(element("kbd", "kbd", k.toUpperCase())); });
      list.append(term, element("dd", "", text));
    });
    const foot = element("div", "actions");
    const close = element("button", "btn btn-primary", words.wordsClose);
    close.type = "button";
    close.addEventListener("click", () => box.close());
    foot.append(close);
    box.append(head, list, foot);
  });
}

// ---- Progress: <div data-poll="/jobs/7/" data-poll-every="1000"> is replaced until the answer has no data-poll ----
function poll(node) {
  const every = Math.max(500, Number(node.dataset.pollEvery) || 1500);
  setTimeout(async () => {
    if (!node.isConnected) return;
    if (document.hidden) return poll(node);
    try {
      const answer = await fetch(node.dataset.poll, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.body.firstElementChild;
      if (!fresh) return;
      node.replaceWith(fresh);
      if (window.htmx) window.htmx.process(fresh);
      if (fresh.dataset.then) window.location.assign(fresh.dataset.then);
      else start(fresh.parentElement || document);
    } catch {
      node.dataset.pollEvery = String(Math.min(every * 2, 15000));
      poll(node);
    }
  }, every);
}
const polled = new WeakSet();
function start(root) {
  root.querySelectorAll("[data-poll]").forEach((node) => {
    if (polled.has(node)) return;
    polled.add(node);
    poll(node);
  });
}
ready(() => start(document));
document.addEventListener("htmx:afterSwap", () => start(document));
