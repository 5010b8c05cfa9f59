// Puts the chat on other pages of ours: a button at the bottom right that opens a panel. No cookie, nothing inline.
"use strict";

(() => {
  if (location.pathname === "/chat" || window.top !== window || document.querySelector(".ask-here")) return;
  const every = __WORDS__;
  const language = document.documentElement.lang in every ? document.documentElement.lang : "vi";
  const words = every[language];
  const query = language === "vi" ? "" : `lang=${language}`;

  const make = (name, values = {}, ...children) => {
    const element = Object.assign(document.createElement(name), values);
    element.append(...children);
    return element;
  };
  const icon = (path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    svg.firstChild.setAttribute("d", path);
    return svg;
  };

  const button = make("button", { type: "button", className: "ask-here" }, icon("M4 5h16v11h-8l-5 4v-4H4z"), make("span", { textContent: words.ask }));
  button.setAttribute("aria-expanded", "false");
  const closer = make("button", { type: "button", title: words.close }, icon("M5 5l14 14M19 5L5 19"));
  closer.setAttribute("aria-label", words.close);
  const head = make("header", {}, make("h2", { id: "ask-title", textContent: words.title }));
  head.append(make("a", { href: `/chat${query && `?${query}`}`, textContent: words.whole }), closer);
  const panel = make("section", { className: "ask-panel", id: "ask-panel", hidden: true }, head);
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-labelledby", "ask-title");
  button.setAttribute("aria-controls", panel.id);

  const fillsScreen = () => matchMedia("(max-width: 39.99rem), (max-height: 29.99rem)").matches;
  let frame;
  let inHistory = false; // on a phone the panel is a step that the back button takes back

  const others = (inert) => {
    for (const element of document.body.children) if (element !== panel && element !== button) element.inert = inert;
  };
  const open = () => {
    if (!frame) {
      frame = make("iframe", { src: `/chat?${query && `${query}&`}embed=1`, title: words.title });
      panel.append(frame);
    }
    panel.hidden = false;
    button.hidden = true;
    button.setAttribute("aria-expanded", "true");
    document.documentElement.classList.add("ask-open");
    if (fillsScreen()) {
      others(true);
      history.pushState({ ask: true }, "");
      inHistory = true;
    }
    frame.focus();
  };
  const put = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    others(false);
    button.hidden = false;
    button.setAttribute("aria-expanded", "false");
    document.documentElement.classList.remove("ask-open");
    button.focus();
  };
  const close = () => {
    put();
    if (inHistory) {
      inHistory = false;
      history.back();
    }
  };

  button.addEventListener("click", open);
  closer.addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) close();
  });
  window.addEventListener("popstate", () => {
    inHistory = false;
    put();
  });
  window.addEventListener("message", (event) => {
    if (event.origin === location.origin && frame && event.source === frame.contentWindow && event.data === "chat:close") close();
  });

  const style = make("link", { rel: "stylesheet", href: "__STYLE__" });
  // Before its style is there the button would lie unstyled at the foot of the page.
  style.addEventListener("load", () => document.body.append(button, panel));
  document.head.append(style);
})();
