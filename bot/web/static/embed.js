// Puts the chat on a page, ours or another's, with one line: <script src="https://HOST/chat/embed.js" async></script>
// A button at the bottom right opens our own page in a frame, which nothing of the page around it can read or change.
// No cookie, nothing stored, nobody else asked. Styles are set by script, so that a portal's policy on styles may be strict.
"use strict";

(() => {
  const script = document.currentScript;
  const chat = script.src.replace(/\/embed\.js.*/, "");
  const ours = new URL(chat).origin === location.origin;
  const TAG = "hoi-dap-giam-ngheo";
  if (window.top !== window || chat === location.origin + location.pathname || document.querySelector(TAG)) return;
  const every = __WORDS__;
  const wanted = (script.dataset.lang || document.documentElement.lang).slice(0, 2).toLowerCase();
  const language = wanted in every ? wanted : "vi";
  const words = every[language];
  const page = language === "vi" ? `${chat}?` : `${chat}?lang=${language}&`;

  const make = (name, values = {}, ...children) => {
    const element = Object.assign(document.createElement(name), values);
    element.append(...children);
    return element;
  };
  const mark = (element, marks) => {
    for (const name in marks) element.setAttribute(name, marks[name]);
  };

  const host = make(TAG, { lang: language });
  const root = host.attachShadow({ mode: "open" });
  const [svg, path] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  mark(svg, { viewBox: "0 0 24 24", "aria-hidden": true });
  mark(path, { d: "M4 5h16v11h-8l-5 4v-4H4z" });
  svg.append(path);
  const button = make("button", { type: "button", className: "ask" }, svg, words.ask);
  mark(button, { "aria-haspopup": "dialog" });
  const closer = make("button", { type: "button", title: words.close }, "×");
  mark(closer, { "aria-label": words.close });
  const whole = make("a", { href: page.slice(0, -1) }, words.whole);
  if (!ours) whole.target = "_blank";
  const panel = make("section", { hidden: true, className: "panel" }, make("header", {}, make("h2", { id: "title" }, words.title), whole, closer));
  mark(panel, { role: "dialog", "aria-labelledby": "title" });

  const corner = matchMedia("(min-width: 640px) and (min-height: 480px)");
  let frame;
  // On a phone, on our own pages, the panel is a step that the back button takes back.
  let stepped = false;
  // What can't be reached while the panel fills the screen.
  let asleep = [];

  const open = () => {
    if (!frame) {
      frame = make("iframe", { src: `${page}embed=1`, title: words.title, allow: "clipboard-write", referrerPolicy: "no-referrer" });
      panel.append(frame);
    }
    panel.hidden = false;
    button.hidden = true;
    if (!corner.matches) {
      asleep = [...document.body.children].filter((element) => element !== host && !element.inert);
      for (const element of asleep) element.inert = true;
      if (ours) {
        history.pushState({ ask: true }, "");
        stepped = true;
      }
    }
    frame.focus();
  };
  const put = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    button.hidden = false;
    for (const element of asleep) element.inert = false;
    asleep = [];
    button.focus();
  };
  const close = () => {
    put();
    if (stepped) history.back();
    stepped = false;
  };

  button.onclick = open;
  closer.onclick = close;
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) close();
  });
  addEventListener("popstate", () => {
    if (stepped) put();
    stepped = false;
  });
  addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow && event.data === "chat:close") close();
  });

  const style = __STYLE__;
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Browsers from before 2023.
    root.append(make("style", { textContent: style }));
  }
  root.append(button, panel);
  const add = () => document.body.append(host);
  if (document.body) add();
  else addEventListener("DOMContentLoaded", add);
})();
