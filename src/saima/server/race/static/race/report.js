// The report's table as it is typed into: every cell is kept by itself half a second after the last key, moving
// works as in a table program, columns are pasted, files are dropped on rows. Without this the form is posted whole.
"use strict";
(() => {
  const form = document.querySelector("form[data-report]");
  if (!form) return;
  form.classList.add("live");
  const WAIT = 500;
  const AGAIN = 5000;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const timers = new Map();
  const running = new Set();
  const waiting = new Set();

  const by = (id) => document.getElementById(id);
  const address = (kind, cell) => form.dataset[kind].replace("/0/", `/${cell}/`);
  const cellOf = (element) => element.closest("[data-cell]")?.dataset.cell;
  const figures = () => [...form.querySelectorAll("input.figure")];

  function dot(cell, state, words) {
    const mark = by(`dot-${cell}`);
    if (!mark) return;
    mark.className = `dot dot-${state}`;
    mark.title = words;
    mark.querySelector("span").textContent = words;
  }

  // Takes over what follows from a save, and never what somebody is typing in.
  function take(html, conflict) {
    const parts = new DOMParser().parseFromString(html, "text/html");
    for (const row of parts.querySelectorAll("tr[data-cell]")) {
      const cell = row.dataset.cell;
      const version = parts.getElementById(`v${cell}`);
      if (version && by(`v${cell}`) && Number(version.value) < Number(by(`v${cell}`).value)) continue; // overtaken
      for (const name of ["dot", "change", "done", "pace", "clip"]) {
        const fresh = parts.getElementById(`${name}-${cell}`);
        const old = by(`${name}-${cell}`);
        if (fresh && old) old.replaceWith(fresh);
      }
      const busy = timers.has(cell) || (running.has(cell) && !conflict);
      if (version && by(`v${cell}`) && !busy) by(`v${cell}`).value = version.value;
      under(parts, cell);
      const input = by(`t${cell}`);
      const fresh = parts.getElementById(`t${cell}`);
      if (input && fresh && !busy && document.activeElement !== input && !waiting.has(cell)) {
        input.value = fresh.value;
        input.placeholder = fresh.placeholder;
        by(`k${cell}`).value = parts.getElementById(`k${cell}`).value;
        const note = by(`n${cell}`);
        if (document.activeElement !== note) note.value = parts.getElementById(`n${cell}`).value;
      }
    }
    const progress = parts.getElementById("progress");
    if (progress) by("progress").replaceWith(progress);
  }

  function under(parts, cell) {
    const fresh = parts.getElementById(`under-${cell}`);
    const old = by(`under-${cell}`);
    if (!fresh || !old) return;
    const answer = by(`a${cell}`);
    const kept = answer ? answer.value : "";
    const typing = document.activeElement === answer;
    old.replaceWith(fresh);
    if (by(`a${cell}`)) {
      by(`a${cell}`).value = kept;
      if (typing) by(`a${cell}`).focus();
    }
  }

  async function send(url, data, last = false) {
    const answer = await fetch(url, {
      method: "POST",
      body: data,
      keepalive: last, // goes out even when the page is left meanwhile
      headers: { "X-CSRFToken": token, "X-Saima-Parts": "1", "HX-Request": "true" },
    });
    if (answer.status === 422 || answer.status === 403) throw new Refused(await answer.text());
    if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
    return [await answer.text(), answer.status === 409];
  }

  class Refused extends Error {}

  function refuse(cell, html) {
    const said = new DOMParser().parseFromString(html, "text/html").querySelector("[data-refused], .notice");
    const place = by(`under-${cell}`);
    if (!said || !place) return;
    place.classList.remove("under-empty");
    place.querySelector(".under-in").replaceChildren(said);
  }

  function saySaving(cell) {
    waiting.add(cell);
    dot(cell, "unsaved", form.dataset.wordsSaving);
    clearTimeout(timers.get(cell));
    timers.set(cell, setTimeout(() => save(cell), WAIT));
  }

  async function save(cell) {
    clearTimeout(timers.get(cell));
    timers.delete(cell);
    if (running.has(cell)) {
      timers.set(cell, setTimeout(() => save(cell), 100));
      return;
    }
    running.add(cell);
    const data = new FormData();
    for (const name of ["t", "k", "n", "v"]) {
      const field = by(`${name}${cell}`);
      if (field) data.append(`${name}${cell}`, field.value);
    }
    try {
      const [html, conflict] = await send(address("cellUrl", cell), data, true);
      running.delete(cell);
      if (!timers.has(cell)) waiting.delete(cell);
      take(html, conflict);
      version(html, cell);
    } catch (error) {
      running.delete(cell);
      if (error instanceof Refused) {
        dot(cell, "refused", form.dataset.wordsFailed);
        refuse(cell, error.message);
      } else {
        dot(cell, "refused", form.dataset.wordsFailed);
        timers.set(cell, setTimeout(() => save(cell), AGAIN));
      }
    }
  }

  // Typed on while the save was under way: the next save builds on what was just kept.
  function version(html, cell) {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(`v${cell}`);
    if (fresh) by(`v${cell}`).value = fresh.value;
  }

  function move(from, steps) {
    const all = figures();
    const to = all[all.indexOf(from) + steps];
    if (to) {
      to.focus();
      to.select();
    } else if (steps > 0) form.querySelector('button[value="check"]')?.focus();
  }

  form.addEventListener("input", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.target.type === "file") return;
    if (event.target.matches(".figure") && event.target.value && by(`k${cell}`).value) by(`k${cell}`).value = "";
    if (event.target.matches(".kind") && event.target.value) by(`t${cell}`).value = "";
    saySaving(cell);
  });

  form.addEventListener("focusout", (event) => {
    const cell = cellOf(event.target);
    if (cell && timers.has(cell)) save(cell);
  });

  form.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    if (event.altKey && !event.ctrlKey && !event.metaKey) {
      const kind = { KeyN: "not_yet", KeyA: "not_applicable" }[event.code];
      if (kind) {
        event.preventDefault();
        by(`k${cell}`).value = kind;
        by(`t${cell}`).value = "";
        saySaving(cell);
        if (kind === "not_applicable") by(`n${cell}`).focus();
      } else if (event.code === "KeyM") {
        event.preventDefault();
        by(`n${cell}`).focus();
      }
      return;
    }
    if (!event.target.matches(".figure") || event.isComposing) return;
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      move(event.target, step);
    }
  });

  form.addEventListener("paste", async (event) => {
    const input = event.target;
    if (!input.matches?.(".figure")) return;
    const text = event.clipboardData.getData("text/plain");
    if (!/[\n\r\t]/.test(text.replace(/[\r\n]+$/, ""))) return; // one figure: as any other field
    event.preventDefault();
    const cell = cellOf(input);
    const seen = {};
    for (const field of form.querySelectorAll("input[name^=v]")) seen[field.name.slice(1)] = Number(field.value);
    const data = new FormData();
    data.append("block", text);
    data.append("seen", JSON.stringify(seen));
    dot(cell, "unsaved", form.dataset.wordsSaving);
    input.blur();
    try {
      const [html, conflict] = await send(address("pasteUrl", cell), data);
      take(html, conflict);
    } catch (error) {
      dot(cell, "refused", form.dataset.wordsFailed);
      if (error instanceof Refused) refuse(cell, error.message);
    }
  });

  form.addEventListener("click", (event) => {
    const mine = event.target.closest("[data-keep-mine]");
    const theirs = event.target.closest("[data-take-theirs]");
    const link = event.target.closest("[data-to-cell]");
    const add = event.target.closest("[data-add-file]");
    if (add) {
      const chooser = document.createElement("input");
      chooser.type = "file";
      chooser.multiple = true;
      chooser.addEventListener("change", () => addFiles(add.dataset.addFile, chooser.files));
      chooser.click();
    } else if (mine) {
      event.preventDefault();
      save(mine.dataset.keepMine);
    } else if (theirs) {
      event.preventDefault();
      const cell = theirs.dataset.takeTheirs;
      by(`t${cell}`).value = theirs.dataset.text;
      by(`k${cell}`).value = theirs.dataset.kind;
      by(`n${cell}`).value = theirs.dataset.note;
      save(cell);
    } else if (link) {
      by(`t${link.dataset.toCell}`)?.focus();
    }
  });

  const rowOver = (event) => event.target.closest?.("[data-cell], [data-under]");
  form.addEventListener("dragover", (event) => {
    if (rowOver(event) && event.dataTransfer.types.includes("Files")) {
      event.preventDefault();
      rowOver(event).classList.add("drop");
    }
  });
  form.addEventListener("dragleave", (event) => rowOver(event)?.classList.remove("drop"));
  async function addFiles(cell, files) {
    const data = new FormData();
    for (const file of files) data.append("file", file);
    try {
      take((await send(address("evidenceUrl", cell), data))[0], false);
    } catch (error) {
      if (error instanceof Refused) refuse(cell, error.message);
      else dot(cell, "refused", form.dataset.wordsFailed);
    }
  }

  form.addEventListener("drop", async (event) => {
    const row = rowOver(event);
    if (!row || !event.dataTransfer.files.length) return;
    event.preventDefault();
    row.classList.remove("drop");
    await addFiles(row.dataset.cell || row.dataset.under, event.dataTransfer.files);
  });

  for (const link of document.querySelectorAll("#problems [data-to-cell]")) {
    link.addEventListener("click", () => by(`t${link.dataset.toCell}`)?.focus());
  }
  window.addEventListener("pagehide", () => {
    for (const cell of [...timers.keys()]) save(cell);
  });
  form.addEventListener("submit", () => {
    for (const timer of timers.values()) clearTimeout(timer); // the form carries everything
    timers.clear();
  });
})();
