// What every page shares: the first error summary takes the focus, so that it is read out at once, and
// every form is sent with the token that counts now.
"use strict";

(() => {
  document.addEventListener("DOMContentLoaded", () => {
    const target = document.querySelector("[data-focus]");
    if (target) {
      target.focus();
    }
  });

  // Signing in, in whatever window, makes a new token; a page that stood open carries the old one.
  const token = () => {
    const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    return found ? decodeURIComponent(found[1]) : "";
  };
  document.addEventListener(
    "submit",
    (event) => {
      const field = event.target.querySelector("input[name=csrfmiddlewaretoken]");
      if (field && token()) {
        field.value = token();
      }
    },
    true,
  );
  document.addEventListener("htmx:configRequest", (event) => {
    // What stands in a page belongs to the account that it was made for.
    if (document.body.dataset.account) {
      event.detail.headers["X-Account"] = document.body.dataset.account;
    }
    // A page that is only asked for needs none, and its address stands in logs.
    if (token() && event.detail.verb !== "get") {
      event.detail.parameters.csrfmiddlewaretoken = token();
      event.detail.headers["X-CSRFToken"] = token();
    }
  });

  // What a form sent by hand is no longer kept in the browser once a page says that it is saved; before that page's
  // own script looks for it.
  try {
    const sent = sessionStorage.getItem("perfeval-sent");
    sessionStorage.removeItem("perfeval-sent");
    if (sent && document.querySelector(".messages .notice-success")) {
      localStorage.removeItem(sent);
    }
  } catch (error) {
    // Without storage nothing is kept.
  }

  // Who signs out while something typed is not saved is asked first; it stays in the browser, for this account only.
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.kept;
    const account = document.body.dataset.account;
    if (!question || !account) {
      return;
    }
    let isKept = false;
    try {
      isKept = Object.keys(localStorage).some((name) => name.startsWith(`perfeval:${account}:`));
    } catch (error) {
      // Without storage nothing is kept.
    }
    if (isKept && !window.confirm(question)) {
      event.preventDefault();
    }
  });
})();
