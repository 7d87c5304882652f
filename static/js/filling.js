// The filling pages with scripts: the status of saving, a guard against leaving with unsaved input,
// rows added and removed in place, the length of a text. Nothing here computes a score.
"use strict";

(() => {
  const form = document.querySelector("form[data-guard]");

  // On a narrow screen the tree starts folded; without scripts it is simply open.
  const tree = document.querySelector("[data-narrow-closed]");
  if (tree && window.matchMedia("(max-width: 61.99rem)").matches) {
    tree.open = false;
  }
  if (!form) {
    return;
  }

  // What the form holds, without the tokens that the server renews and without how conflicts are decided.
  const isDecision = (name) => /^(?:decide|seen):/.test(name);
  const held = () => {
    const entries = [...new FormData(form)].filter(
      ([name]) => name !== "version" && name !== "csrfmiddlewaretoken" && !isDecision(name),
    );
    return JSON.stringify(entries);
  };
  // Saving by script; what the browser would fill in on going back would stand beside another token than its own.
  const savesItself = form.getAttribute("hx-trigger") === "save";
  if (savesItself) {
    form.setAttribute("autocomplete", "off");
    form.setAttribute("hx-request", '{"timeout": 30000}');
  }
  // Going back in the browser brings what was typed and not saved, not what the server sent.
  const isRestored = () =>
    [...form.elements].some((field) => {
      if (field.type === "checkbox" || field.type === "radio") {
        return field.checked !== field.defaultChecked;
      }
      if (field.tagName === "SELECT") {
        const given = [...field.options].findIndex((option) => option.defaultSelected);
        return field.selectedIndex !== Math.max(given, 0);
      }
      return /^(text|textarea)$/.test(field.type) && field.value !== field.defaultValue;
    });
  let saved = form.hasAttribute("data-dirty") || isRestored() ? "" : held();
  let sent = saved;
  let isLeaving = false;
  let isSending = false;
  let waiting = null;
  const isOurs = (target) => target && target.form === form;
  const status = () => document.getElementById("save-status");
  const say = (text, isFailure) => {
    const place = status();
    if (place) {
      place.textContent = text;
      place.classList.toggle("save-failed", Boolean(isFailure));
    }
  };

  // What is typed is kept in the browser until the server has it: it survives a crash, an ended sign-in, a server away.
  // It belongs to one account and one page, and is never sent under another account.
  const keptName = () => `perfeval:${document.body.dataset.account}:${location.pathname}`;
  const keep = () => {
    if (!savesItself) {
      return;
    }
    try {
      if (held() === saved) {
        localStorage.removeItem(keptName());
      } else {
        const entries = [...new FormData(form)].filter(
          ([name, value]) =>
            name !== "csrfmiddlewaretoken" && !isDecision(name) && typeof value === "string",
        );
        localStorage.setItem(keptName(), JSON.stringify({ at: Date.now(), entries }));
      }
    } catch (error) {
      // Without storage the page works as before.
    }
  };
  const changed = () => {
    say(status() && held() !== saved ? status().dataset.unsaved : "");
    keep();
  };

  // Saving: soon after the last key, at once on leaving a field, again and again while the server is away.
  const PAUSE = 800;
  const LONGEST_PAUSE = 60000;
  let timer = 0;
  let failures = 0;
  let lastCode = 200;
  const saveIn = (pause) => {
    window.clearTimeout(timer);
    if (savesItself) {
      timer = window.setTimeout(saveNow, pause);
    }
  };
  const saveNow = () => {
    window.clearTimeout(timer);
    if (!savesItself || isSending || held() === saved || !document.body.dataset.account) {
      return;
    }
    // Two tabs of one person do not send at once.
    const send = () =>
      new Promise((resolve) => {
        if (held() === saved) {
          resolve();
          return;
        }
        form.addEventListener("htmx:afterRequest", resolve, { once: true });
        htmx.trigger(form, "save");
        if (!isSending) {
          resolve();
        }
      });
    if (navigator.locks) {
      navigator.locks.request(keptName(), send);
    } else {
      send();
    }
  };
  form.addEventListener("input", (event) => {
    if (isOurs(event.target)) {
      changed();
      saveIn(PAUSE);
    }
  });
  form.addEventListener("change", (event) => {
    // Leaving a field whose text was sent already is no change.
    if (isOurs(event.target) && event.target.type !== "file" && held() !== sent) {
      changed();
      saveIn(50);
    }
  });
  window.addEventListener("online", () => saveIn(0));
  document.addEventListener("visibilitychange", () => {
    // Who comes back may have signed in again meanwhile.
    if (document.visibilityState === "hidden" || lastCode === 401 || lastCode === 0) {
      saveNow();
    }
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      if (savesItself) {
        saveNow();
      } else {
        form.requestSubmit(form.querySelector("button[name=go][value=stay]"));
      }
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && held() !== saved) {
      event.preventDefault();
    }
  });
  form.addEventListener("submit", (event) => {
    // A save by hand waits for the one under way: else it would carry the version before it.
    if (isSending) {
      event.preventDefault();
      waiting = event.submitter;
      return;
    }
    isLeaving = true;
    // What is sent by hand is kept until the page that comes next says that it is saved (see site.js).
    try {
      sessionStorage.setItem("perfeval-sent", keptName());
    } catch (error) {
      // Without storage nothing was kept.
    }
  });

  window.addEventListener("pageshow", (event) => {
    isLeaving = false;
    if (event.persisted || isRestored()) {
      changed();
    }
    if (event.persisted && held() !== saved) {
      saveIn(PAUSE);
    }
  });

  const isAutosave = (event) => event.detail.elt === form;
  const signedOut = document.getElementById("signed-out");
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (isAutosave(event)) {
      isSending = true;
      sent = held();
      say(status() ? status().dataset.saving : "");
    }
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const code = event.detail.xhr.status;
    if (signedOut) {
      signedOut.hidden = code !== 401;
    }
    if (!isAutosave(event)) {
      sayAtFiles(event.detail.elt, code);
      return;
    }
    isSending = false;
    lastCode = code;
    const isAnswered = code >= 200 && code < 300;
    if (isAnswered) {
      failures = 0;
      saved = sent;
      if (held() !== saved) {
        changed();
        saveIn(PAUSE);
      }
      keep();
    } else if (code === 0 || code === 429 || code >= 500) {
      failures += 1;
      saveIn(Math.min(LONGEST_PAUSE, 2000 * 2 ** Math.min(failures, 6)));
    }
    if (isAnswered) {
      // Said by the answer.
    } else if (code === 401) {
      // The waiting save would end on a page of its own; here it can simply be pressed again.
      waiting = null;
      say("");
    } else if (code !== 409 && code !== 422) {
      say(status() ? status().dataset.failed : "", true);
    }
    if (code === 409 || code === 422) {
      // All but what is marked is stored; that stays typed here, and is kept. Typing back what stood here is a change too.
      saved = "";
      keep();
      if (held() !== sent) {
        saveIn(PAUSE);
      }
    }
    markErrors();
    if (waiting) {
      const button = waiting;
      waiting = null;
      form.requestSubmit(button);
    }
  });

  // A conflict is decided by hand, by somebody who sees what comes of it.
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (isAutosave(event)) {
      // Nor has a button been pressed, though one that was clicked before would be sent along.
      const decisions = [...new FormData(form).keys()].filter(isDecision);
      for (const name of [...decisions, "add", "remove", "go"]) {
        event.detail.formData.delete(name);
      }
    }
  });

  // Rows that came from the server are what is stored.
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.hasAttribute("data-stored") && form.contains(event.target)) {
      saved = held();
      say("");
    }
  });

  // A file that did not arrive: the server's own refusals come as the new list, the rest is said here.
  const sayAtFiles = (sender, code) => {
    const list = document.querySelector(sender.getAttribute("hx-target"));
    const place = list && list.querySelector("[data-failed]");
    if (place) {
      const isAnswered = (code >= 200 && code < 300) || code === 401;
      place.textContent = isAnswered ? "" : place.dataset.failed;
    }
  };

  // Errors came in beside the inputs, which stay as they are: tell those who hear the page.
  const markErrors = () => {
    for (const box of form.querySelectorAll(".field-error[id]")) {
      const input = document.getElementById(box.id.replace(/_error$/, ""));
      if (input && input.classList.contains("form-control")) {
        if (box.querySelector("p:not([class])")) {
          input.setAttribute("aria-invalid", "true");
        } else {
          input.removeAttribute("aria-invalid");
          input.classList.remove("is-invalid");
        }
      }
    }
  };

  // Rows: a copy of the template, numbered on; removing renumbers what follows.
  const rows = form.querySelector("[data-rows]");
  const template = form.querySelector("[data-row-template]");
  const count = form.querySelector("[data-row-count]");
  const rename = (row, number) => {
    for (const node of [row, ...row.querySelectorAll("*")]) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = node.getAttribute(name);
        if (value) {
          node.setAttribute(name, value.replace(/row-(?:\d+|__n__)/g, `row-${number}`));
        }
      }
      if (node.hasAttribute("data-row-number")) {
        node.textContent = String(number + 1);
      }
      if (node.hasAttribute("data-remove-row")) {
        node.value = String(number);
      }
    }
  };
  const renumber = () => {
    const all = [...rows.querySelectorAll("[data-row]")];
    all.forEach((row, number) => rename(row, number));
    count.value = String(all.length);
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !rows || !count) {
      return;
    }
    if (button.hasAttribute("data-add-row") && template) {
      event.preventDefault();
      const hint = rows.querySelector(".empty");
      if (hint) {
        hint.remove();
      }
      rows.append(template.content.cloneNode(true));
      renumber();
      const name = rows.lastElementChild.querySelector("input[name$='-row']");
      if (name) {
        const bytes = window.crypto.getRandomValues(new Uint8Array(6));
        name.value = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      }
      changed();
      const fields = rows.lastElementChild.querySelectorAll("input:not([type=hidden]), select, textarea");
      if (fields.length) {
        fields[0].focus();
      }
    } else if (button.hasAttribute("data-remove-row")) {
      event.preventDefault();
      button.closest("[data-row]").remove();
      renumber();
      changed();
      saveIn(PAUSE);
    }
  });

  // What an earlier visit could not send comes back, and is sent.
  const restore = () => {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(keptName()) || "null");
    } catch (error) {
      return;
    }
    if (!kept || !savesItself || form.hasAttribute("data-dirty")) {
      return;
    }
    const wanted = new Map();
    for (const [name, value] of kept.entries) {
      wanted.set(name, [...(wanted.get(name) || []), value]);
    }
    const more = Number((wanted.get("rows") || ["0"])[0]);
    const button = form.querySelector("[data-add-row]");
    while (rows && button && rows.querySelectorAll("[data-row]").length < more) {
      button.click();
    }
    while (rows && rows.querySelectorAll("[data-row]").length > more) {
      rows.lastElementChild.remove();
    }
    for (const field of form.elements) {
      if (!field.name || field.type === "file" || field.name === "csrfmiddlewaretoken") {
        continue;
      }
      const values = wanted.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = values.includes(field.value);
      } else if (values.length) {
        field.value = values[0];
      }
    }
    changed();
    saveIn(0);
  };
  restore();

  // How long the text is.
  for (const area of form.querySelectorAll("textarea[data-count]")) {
    const place = document.getElementById(area.dataset.count);
    const show = () => {
      const length = [...area.value].length;
      place.querySelector("[data-count-value]").textContent = String(length);
      const limit = Number(place.dataset.limit);
      place.classList.toggle("text-over", length > limit);
    };
    area.addEventListener("input", show);
  }
})();
