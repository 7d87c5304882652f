// The preview beside a form: the page as it will print, of the form as it stands, typed and not saved yet included.
// Runs before the page is drawn, so that a hidden preview never flashes up. One request is under way at a time; what was
// typed meanwhile is asked for after it, so no older picture replaces a newer one. Nothing here saves or holds up typing.
"use strict";

(() => {
  const root = document.documentElement;
  const wide = window.matchMedia("(min-width: 75rem)");
  const TYPED_MS = 600;
  const MOVED_MS = 150;
  const BUSY_MS = 1500;
  const MOST_MS = 5000;
  const WORDS = 20;
  const TABLE_END = 0.91; // of the width of a wide page

  // What the browser remembers; where it may not, the usual look.
  const recall = (name, usual) => {
    try {
      return window.localStorage.getItem(`perfeval-preview-${name}`) || usual;
    } catch {
      return usual;
    }
  };
  const remember = (name, value) => {
    try {
      window.localStorage.setItem(`perfeval-preview-${name}`, value);
    } catch {
      // Remembered until the page is left.
    }
  };
  const layout = () => (wide.matches ? "wide" : "narrow");
  const mark = () => {
    root.dataset.preview = recall(layout(), wide.matches ? "shown" : "hidden");
  };
  const isShown = () => root.dataset.preview === "shown";
  mark();

  const start = () => {
    const aside = document.getElementById("page-preview");
    if (!aside) {
      return;
    }
    const form = aside.hasAttribute("data-is-typed") ? document.querySelector("form[data-guard]") : null;
    const the = (name) => aside.querySelector(`[data-preview-${name}]`);
    const [toggle, sheet, picture, spot] = ["toggle", "sheet", "picture", "spot"].map(the);
    const [busy, problem, told, number] = ["busy", "problem", "told", "number"].map(the);
    const steps = [...aside.querySelectorAll("[data-preview-step]")];
    const zooms = [...aside.querySelectorAll("[data-preview-zoom]")];

    let page = 0;
    let pages = 0;
    let wanted = 0; // a page that was leafed to; 0 follows what is being written
    let anchor = null;
    let shown = "";
    let timer = 0;
    let took = 0;
    let isBusy = false;
    let isWaiting = false;
    const leaving = new AbortController();

    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => String(values[name]));
    const say = (place, text) => {
      if (place.textContent !== text) {
        place.textContent = text;
      }
    };

    // ---- what is being written: an indicator, a line of the table, a row by its name, the words at the cursor

    const words = (area) => {
      const at = area.selectionStart;
      const before = area.value.slice(0, at).trimEnd().split("\n").pop();
      return before.slice(-WORDS) || area.value.slice(at).trimStart().slice(0, WORDS);
    };
    const place = () => {
      if (!anchor || !anchor.isConnected) {
        return "";
      }
      if (anchor.dataset.place) {
        return anchor.dataset.place;
      }
      const name = anchor.querySelector("input[name$='-name']");
      return name ? name.value : words(anchor);
    };
    const anchorOf = (node) =>
      node && node.closest
        ? node.closest("[data-place], [data-row]") || (node.matches("textarea[data-count]") ? node : null)
        : null;

    // ---- asking

    const token = () => {
      const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
      return found ? decodeURIComponent(found[1]) : "";
    };
    const asked = () => {
      const address = new URL(aside.dataset.preview, window.location.href);
      address.searchParams.set("part", aside.dataset.part);
      if (wanted) {
        address.searchParams.set("page", String(wanted));
      } else if (place()) {
        address.searchParams.set("place", place());
      }
      if (!form) {
        address.searchParams.set("revision", aside.dataset.revision);
        return { address, body: null, key: String(address) };
      }
      const body = new FormData(form);
      body.delete("version");
      body.delete("csrfmiddlewaretoken");
      const key = JSON.stringify([String(address), [...body]]);
      body.set("csrfmiddlewaretoken", token() || form.elements.csrfmiddlewaretoken.value);
      return { address, body, key };
    };
    const asData = (blob) =>
      new Promise((done, failed) => {
        const reader = new FileReader();
        reader.addEventListener("load", () => done(reader.result));
        reader.addEventListener("error", () => failed(reader.error));
        reader.readAsDataURL(blob);
      });

    const show = async (answer) => {
      const source = await asData(await answer.blob());
      const next = new Image();
      next.src = source;
      await next.decode(); // the old picture stays until the new one can be drawn
      const before = `${page} ${spot.style.top}`;
      page = Number(answer.headers.get("Preview-Page"));
      pages = Number(answer.headers.get("Preview-Pages"));
      const top = answer.headers.get("Preview-Spot");
      const values = { page, pages };
      picture.src = source;
      await picture.decode();
      picture.width = next.naturalWidth;
      picture.height = next.naturalHeight;
      picture.alt = fill(aside.dataset.alt, values);
      picture.hidden = false;
      spot.hidden = !top;
      spot.style.top = top ? `${Number(top) * 100}%` : "";
      say(number, fill(aside.dataset.pageOf, values));
      if (wanted) {
        say(told, fill(aside.dataset.pageOf, values));
      }
      for (const step of steps) {
        const there = page + Number(step.dataset.previewStep);
        step.setAttribute("aria-disabled", String(there < 1 || there > pages));
      }
      if (sheet.hasAttribute("data-is-wide") !== isWidePage()) {
        enlarge(zoomOf());
      } else if (before !== `${page} ${spot.style.top}`) {
        bring();
      }
    };
    const isWidePage = () => picture.naturalWidth > picture.naturalHeight;
    // The score sheet can't be read in the width of the column.
    const zoomOf = () => (isWidePage() ? recall("zoom-of-wide-pages", "large") : recall("zoom", "width"));
    // Scrolls the sheet so that the spot stands in its upper third; points and reasons stand on the right of a wide page.
    const bring = () => {
      sheet.scrollTop = spot.hidden ? 0 : spot.offsetTop - sheet.clientHeight / 3;
      sheet.scrollLeft = isWidePage() ? sheet.scrollWidth * TABLE_END - sheet.clientWidth : 0;
    };

    const refusal = async (answer) => {
      if (answer.status === 401 || answer.redirected) {
        return aside.dataset.signedOut;
      }
      if (answer.status === 422) {
        return aside.dataset.unreadable;
      }
      if (answer.status === 409) {
        const reason = await answer.json();
        return `${reason.told} ${reason.advice}`;
      }
      return aside.dataset.failed;
    };
    const ask = async ({ address, body, key }) => {
      const answer = await fetch(address, {
        method: body ? "POST" : "GET",
        body,
        headers: { Accept: "image/png, application/json" },
        signal: leaving.signal,
      });
      if (answer.ok && answer.headers.get("Content-Type") === "image/png") {
        await show(answer);
        shown = key;
        say(problem, "");
      } else if (answer.status === 503 && answer.headers.get("Content-Type") === "application/json") {
        // Many are looking at their pages. Not all of them come back at the same moment.
        soon(BUSY_MS * (1 + Math.random()));
      } else {
        say(problem, await refusal(answer));
      }
    };
    const run = async () => {
      window.clearTimeout(timer);
      if (!isShown()) {
        return;
      }
      if (isBusy) {
        isWaiting = true;
        return;
      }
      const question = asked();
      if (question.key === shown) {
        say(problem, "");
        return;
      }
      isBusy = true;
      const began = performance.now();
      // A quick answer is not worth a word.
      const slow = window.setTimeout(() => {
        busy.hidden = false;
      }, 250);
      try {
        await ask(question);
      } catch {
        if (!leaving.signal.aborted) {
          say(problem, aside.dataset.failed);
        }
      } finally {
        took = performance.now() - began;
        window.clearTimeout(slow);
        busy.hidden = true;
        isBusy = false;
        if (isWaiting) {
          isWaiting = false;
          soon(TYPED_MS);
        }
      }
    };
    // A long report, which takes its time, is asked for less often.
    const soon = (wait) => {
      window.clearTimeout(timer);
      timer = window.setTimeout(run, Math.min(Math.max(wait, took * 1.5), MOST_MS));
    };

    // ---- following the writer

    const follow = (node) => {
      const found = anchorOf(node);
      if (found && (found !== anchor || found.matches("textarea"))) {
        wanted = found === anchor ? wanted : 0;
        anchor = found;
        soon(MOVED_MS);
      }
    };
    document.addEventListener("focusin", (event) => follow(event.target));
    if (form) {
      const typed = (event) => {
        // The letters of a Chinese character that is being composed are no text yet.
        if (!event.isComposing) {
          wanted = 0;
          anchor = anchorOf(event.target) || anchor;
          soon(TYPED_MS);
        }
      };
      form.addEventListener("input", typed);
      form.addEventListener("compositionend", typed);
      form.addEventListener("click", (event) => {
        if (event.target.closest("[data-add-row], [data-remove-row]")) {
          soon(TYPED_MS);
        } else if (event.target.matches("textarea")) {
          follow(event.target);
        }
      });
    }
    window.addEventListener("online", () => soon(TYPED_MS));
    window.addEventListener("pagehide", () => leaving.abort());

    // ---- the buttons

    for (const step of steps) {
      step.addEventListener("click", () => {
        if (step.getAttribute("aria-disabled") !== "true") {
          wanted = page + Number(step.dataset.previewStep);
          run();
        }
      });
    }
    const enlarge = (zoom) => {
      sheet.dataset.zoom = zoom;
      sheet.toggleAttribute("data-is-wide", isWidePage());
      for (const button of zooms) {
        button.setAttribute("aria-pressed", String(button.dataset.previewZoom === zoom));
      }
      bring();
    };
    for (const button of zooms) {
      button.addEventListener("click", () => {
        remember(isWidePage() ? "zoom-of-wide-pages" : "zoom", button.dataset.previewZoom);
        enlarge(button.dataset.previewZoom);
      });
    }
    const label = () => {
      toggle.setAttribute("aria-expanded", String(isShown()));
      toggle.textContent = isShown() ? toggle.dataset.hide : toggle.dataset.show;
    };
    const turn = (state) => {
      remember(layout(), state);
      root.dataset.preview = state;
      label();
      run();
    };
    toggle.addEventListener("click", () => turn(isShown() ? "hidden" : "shown"));
    for (const link of document.querySelectorAll("a[href='#page-preview']")) {
      link.addEventListener("click", () => turn("shown"));
    }
    wide.addEventListener("change", () => {
      mark();
      label();
      run();
    });

    label();
    enlarge(zoomOf());
    anchor = anchorOf(window.location.hash ? document.getElementById(window.location.hash.slice(1)) : null);
    run();
  };
  document.addEventListener("DOMContentLoaded", start);
})();
