// A wall: turns scenes, asks for news, says when it has heard nothing for long. One timer; scenes are swapped whole.
"use strict";

(() => {
  const { source, every, reloadIn } = document.body.dataset;
  const SCENE = Math.max(1, Number(every)) * 1000;
  const NEWS = 5 * 60 * 1000;
  const STALE = 24 * 3600 * 1000;
  const RELOAD = Math.max(60, Number(reloadIn)) * 1000;
  const RETRY = 60 * 1000;
  const GLIDE = { duration: 900, easing: "cubic-bezier(0.3, 0, 0.1, 1)" };

  const at = (id) => document.getElementById(id);
  const stage = at("stage");
  const wide = window.matchMedia("(min-aspect-ratio: 5/2)");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const begun = Date.now();
  let heard = begun; // when the server last answered
  let asked = 0;
  let asking = false;
  let tag = "";
  let told = null; // the newest JSON
  let here = 0;
  let turned = begun;
  let paused = false;
  let reloadTried = 0;

  // ---- Scenes ----
  function scenes() {
    if (!told) return [];
    const whole = told.scenes.filter((s) => !(wide.matches && s.key.startsWith("overall") && told.fixed));
    return whole.length ? whole : told.scenes;
  }

  function fill(place, html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    place.replaceChildren(made.content);
  }

  function show(number) {
    const all = scenes();
    if (!all.length) return;
    here = ((number % all.length) + all.length) % all.length;
    const scene = all[here];
    fill(stage, scene.html);
    stage.dataset.scene = scene.key;
    document.body.dataset.span = scene.span;
    turned = Date.now();
    at("where").textContent = `${here + 1}/${all.length}`;
  }

  function pause(wanted) {
    paused = wanted;
    turned = Date.now();
    document.querySelector("[data-do=pause]").setAttribute("aria-pressed", String(paused));
  }

  // ---- News: what moved glides from where it was; nothing else moves ----
  function lengths(root) {
    const found = new Map();
    root.querySelectorAll("[data-row]").forEach((row) => {
      const done = row.querySelector("[data-grown]");
      const run = row.querySelector("[data-run]");
      found.set(row.dataset.row, {
        top: row.getBoundingClientRect().top,
        width: done ? done.getAttribute("width") : "",
        x: run ? run.getAttribute("x") : "",
      });
    });
    return found;
  }

  function glide(root, before) {
    if (still.matches) return;
    root.querySelectorAll("[data-row]").forEach((row) => {
      const old = before.get(row.dataset.row);
      if (!old) return;
      const moved = old.top - row.getBoundingClientRect().top;
      if (row instanceof HTMLElement && Math.abs(moved) > 1) row.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], GLIDE);
      const done = row.querySelector("[data-grown]");
      if (done && old.width && old.width !== done.getAttribute("width")) done.animate([{ width: old.width }, { width: done.getAttribute("width") }], GLIDE);
      const run = row.querySelector("[data-run]");
      if (run && old.x && old.x !== run.getAttribute("x")) run.animate([{ x: old.x }, { x: run.getAttribute("x") }], GLIDE);
    });
  }

  function take(fresh) {
    const key = stage.dataset.scene;
    const first = told === null && key !== "over"; // the page came with these parts
    const same = (part) => told && told[part] === fresh[part];
    const swap = (place, html) => {
      const before = lengths(place);
      fill(place, html);
      glide(place, before);
    };
    if (!first && !same("head")) fill(at("head"), fresh.head);
    for (const part of ["left", "right", "fixed"]) if (!first && !same(part)) swap(at(part), fresh[part]);
    const was = told && told.scenes.find((s) => s.key === key);
    told = fresh;
    const all = scenes();
    const now = all.findIndex((s) => s.key === key);
    if (now < 0) return show(0);
    here = now;
    at("where").textContent = `${here + 1}/${all.length}`;
    if (was && was.html !== all[now].html) swap(stage, all[now].html);
    document.body.dataset.span = all[now].span;
  }

  function over() {
    told = null;
    tag = "";
    ["left", "right", "fixed"].forEach((part) => at(part).replaceChildren());
    stage.replaceChildren(at("over").content.cloneNode(true));
    stage.dataset.scene = "over";
    document.body.dataset.span = "12";
    at("where").textContent = "";
  }

  function news() {
    asked = Date.now();
    if (asking) return;
    asking = true;
    fetch(source, {
      cache: "no-store",
      credentials: "omit",
      headers: tag ? { "If-None-Match": tag } : {},
      signal: AbortSignal.timeout(RETRY),
    })
      .then(async (answer) => {
        if (answer.status === 404) {
          over();
        } else if (answer.ok) {
          const fresh = await answer.json();
          tag = answer.headers.get("ETag") || "";
          take(fresh);
        } else if (answer.status !== 304) {
          return; // a server that is being repaired says nothing about the race
        }
        heard = Date.now();
      })
      .catch(() => undefined) // the ribbon tells when it lasts
      .finally(() => { asking = false; });
  }

  // A screen that reloads while the server is away stays on the browser's error page for ever: ask first.
  function reload() {
    reloadTried = Date.now();
    fetch(source, { cache: "no-store", credentials: "omit" })
      .then((answer) => { if (answer.ok) window.location.reload(); })
      .catch(() => undefined);
  }

  // ---- The one timer ----
  function tick() {
    const now = Date.now();
    if (now - asked >= NEWS) news();
    if (!paused && now - turned >= SCENE && told) show(here + 1);
    at("stale").hidden = now - heard < STALE;
    if (now - begun >= RELOAD && now - reloadTried >= RETRY) reload();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button")) return;
    if (event.key === " ") pause(!paused);
    else if (event.key === "ArrowRight") show(here + 1);
    else if (event.key === "ArrowLeft") show(here - 1);
    else return;
    event.preventDefault();
  });
  at("turn").addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    if (button.dataset.do === "pause") pause(!paused);
    else show(here + (button.dataset.do === "next" ? 1 : -1));
    if (event.detail) button.blur(); // after a click the space bar holds the scene, it does not press again
  });
  wide.addEventListener("change", () => show(0));
  at("turn").hidden = false;
  news();
  setInterval(tick, Math.min(1000, SCENE));
})();
