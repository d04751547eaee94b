// Set-up pages: a form with unsaved entries warns before the page is left, and a column copied from a spreadsheet
// fills the inputs below the one it is pasted into. Everything works without this script.
const dirty = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[method=post]");
  if (form && form.querySelector("input[name=seen]")) dirty.add(form);
});
document.addEventListener("submit", (event) => dirty.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if (dirty.size) event.preventDefault();
});

document.addEventListener("paste", (event) => {
  const input = event.target.closest(".setup-target, .setup-weight");
  const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
  if (!input || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const column = input.closest("td").cellIndex;
  let row = input.closest("tr");
  for (const line of text.replace(/\r/g, "").replace(/\n$/, "").split("\n")) {
    if (!row) break;
    line.split("\t").forEach((value, n) => {
      const cell = row.cells[column + n];
      const target = cell && cell.querySelector("input");
      if (target) {
        target.value = value.trim().replace(/[,，]/g, "");
        target.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    row = row.nextElementSibling;
  }
});
