// The editor of a scheme with scripts: rows of the tree are dragged or moved by keys, menus close.
// Every move is sent to the server, which answers with the rows; nothing here counts points.
"use strict";

(() => {
  document.documentElement.classList.add("has-scripts");
  const form = document.getElementById("tree");

  // A menu closes when something else is clicked, or by Escape.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (menu !== except) {
        menu.open = false;
      }
    }
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest("details[data-menu][open]");
      closeMenus(null);
      if (menu) {
        menu.querySelector("summary").focus();
      }
    }
  });
  if (!form) {
    return;
  }

  // After a move the same row has the focus again.
  let focused = "";
  const rowOf = (node) => node.closest && node.closest(".edit-row");
  document.body.addEventListener("htmx:afterSettle", () => {
    const grip = focused && document.getElementById(`grip-${focused}`);
    if (grip) {
      focused = "";
      grip.focus();
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=move]");
    if (button) {
      focused = rowOf(button).dataset.code;
    }
  });

  // Keys: Alt and the arrows press the buttons of the row's menu.
  form.addEventListener("keydown", (event) => {
    const row = rowOf(event.target);
    if (event.altKey && row && event.key.startsWith("Arrow")) {
      const button = row.querySelector(`button[data-key=${event.key}]`);
      event.preventDefault();
      if (button) {
        button.click();
      }
    }
  });

  // Dragging: the upper third of a row is in front of it, the lower one behind it, the middle below it.
  const marks = ["drop-before", "drop-after", "drop-into"];
  let dragged = null;
  const clear = () => {
    for (const row of form.querySelectorAll(".edit-row")) {
      row.classList.remove(...marks, "is-dragged");
    }
  };
  const zone = (row, event) => {
    const box = row.getBoundingClientRect();
    const share = (event.clientY - box.top) / box.height;
    if (share < 0.34) {
      return "drop-before";
    }
    return share > 0.66 ? "drop-after" : "drop-into";
  };
  form.addEventListener("dragstart", (event) => {
    dragged = rowOf(event.target);
    if (dragged) {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.code);
      event.dataTransfer.setDragImage(dragged, 10, 10);
      dragged.classList.add("is-dragged");
    }
  });
  form.addEventListener("dragover", (event) => {
    const row = rowOf(event.target);
    if (dragged && row && row !== dragged) {
      event.preventDefault();
      const mark = zone(row, event);
      for (const other of form.querySelectorAll(".edit-row")) {
        other.classList.remove(...marks);
      }
      row.classList.add(mark);
    }
  });
  form.addEventListener("dragend", () => {
    dragged = null;
    clear();
  });
  form.addEventListener("drop", (event) => {
    const row = rowOf(event.target);
    if (!dragged || !row || row === dragged) {
      return;
    }
    event.preventDefault();
    const mark = zone(row, event);
    const siblings = [...form.querySelectorAll(".edit-row")].filter(
      (one) => one.dataset.below === row.dataset.below && one !== dragged,
    );
    const next = siblings[siblings.indexOf(row) + 1];
    const before = { "drop-before": row.dataset.code, "drop-after": next ? next.dataset.code : "" };
    form.elements.dragged.value = dragged.dataset.code;
    form.elements.below.value = mark === "drop-into" ? row.dataset.code : row.dataset.below;
    form.elements.before.value = before[mark] || "";
    focused = dragged.dataset.code;
    clear();
    document.getElementById("drop").click();
    for (const name of ["dragged", "below", "before"]) {
      form.elements[name].value = "";
    }
  });
})();
