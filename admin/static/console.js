// The console's only script. Everything works without it; it saves waits and typing.
"use strict";

// --- keys ---------------------------------------------------------------------------------------
const typing = (target) =>
  target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]") !== null;
const rows = () => [...document.querySelectorAll("[data-item]")];

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("here"));
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("here", row === next));
  const link = next.querySelector("[data-open]");
  link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  c: () => document.querySelector("[data-key=c]")?.click(),
  r: () => document.querySelector("#short_answer")?.focus(),
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.querySelector("#keys")?.showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const marked = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const act = keys[event.key] ?? (marked && (() => { marked.focus(); marked.click(); }));
  if (act && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    act();
  }
});

// --- menus close when one clicks elsewhere ---------------------------------------------------------
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open], details.help[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape")
    document.querySelectorAll("details.menu[open], details.help[open]").forEach((menu) => { menu.open = false; });
});

// --- one more row for a legal basis when the last one is used --------------------------------------
document.querySelectorAll("[data-rows]").forEach((group) => {
  group.addEventListener("input", () => {
    const all = group.querySelectorAll("[data-row]");
    const last = all[all.length - 1];
    if (all.length >= 20 || ![...last.querySelectorAll("input")].some((input) => input.value.trim())) return;
    const fresh = last.cloneNode(true);
    fresh.querySelectorAll("input").forEach((input) => { input.value = ""; });
    group.append(fresh);
  });
});

// --- the draft saves itself ----------------------------------------------------------------------
const form = document.querySelector("[data-autosave]");
if (form) {
  const saved = form.querySelector("[data-saved]");
  const stash = `draft-${form.dataset.question}`;
  let last = "", timer = 0, busy = false, leaving = false;

  const content = () => {
    const data = new FormData(form);
    const articles = data.getAll("article");
    return {
      kind: data.get("kind"), short_answer: data.get("short_answer"), details: data.get("details"),
      topic: data.get("topic"), from_day: data.get("from_day"), to_day: data.get("to_day"),
      basis: data.getAll("document").map((number, at) => [number, articles[at] ?? ""]).filter((row) => row.some((text) => text.trim())),
    };
  };
  const say = (text, lost) => { saved.textContent = text; saved.classList.toggle("lost", lost); };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };

  async function save() {
    const now = JSON.stringify(content());
    if (busy || leaving || now === last) return;
    busy = true;
    sessionStorage.setItem(stash, now);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": form.elements.csrf.value },
        body: JSON.stringify({ ...JSON.parse(now), version: Number(form.elements.version.value) }),
      });
      const reply = await answer.json();
      if (answer.ok) {
        form.elements.version.value = reply.version;
        last = now;
        sessionStorage.removeItem(stash);
        say(reply.said, false);
        const personal = form.querySelector("[data-personal]");
        if (personal) {
          personal.textContent = reply.personal;
          personal.hidden = !reply.personal;
        }
      } else {
        say(reply.error.message, true);
        if (answer.status >= 500) later(5000);
      }
    } catch {
      say(form.dataset.lost, true);
      later(5000);
    } finally {
      busy = false;
    }
  }

  // What never reached the server (no connection, session over) comes back in the same tab.
  const kept = sessionStorage.getItem(stash);
  if (kept && kept !== JSON.stringify(content())) {
    const words = JSON.parse(kept);
    for (const name of ["short_answer", "details", "topic", "from_day", "to_day"])
      if (words[name]) form.elements[name].value = words[name];
    say(form.dataset.restore, false);
    later(1500);
  } else {
    last = JSON.stringify(content());
  }
  form.addEventListener("input", () => later(2500));
  form.addEventListener("focusout", () => save());
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (busy) {
      // A save is under way: let it end first, or the form would carry a version that is out of date.
      event.preventDefault();
      event.stopPropagation();
      setTimeout(() => form.requestSubmit(event.submitter), 100);
      return;
    }
    leaving = true;
    sessionStorage.removeItem(stash);
  });
}

// --- other forms warn before typed words are left behind; no form is sent twice ---------------------
document.querySelectorAll("form[data-guard]").forEach((guarded) => {
  let touched = false;
  guarded.addEventListener("input", () => { touched = true; });
  guarded.addEventListener("submit", () => { touched = false; });
  addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
});
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(() => { delete event.target.dataset.sent; }, 5000);
});

// --- a text to begin with goes where the answer is short, at the cursor ----------------------------
document.querySelector("[data-templates]")?.addEventListener("change", (event) => {
  const box = document.querySelector("#short_answer");
  if (!event.target.value || !box) return;
  box.setRangeText(event.target.value, box.selectionStart, box.selectionEnd, "end");
  event.target.value = "";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
});

// --- who else is here, and whether the question changed ---------------------------------------------
const presence = document.querySelector("[data-presence]");
if (presence) {
  const tell = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(presence.dataset.presence, {
        method: "POST", credentials: "same-origin",
        headers: { Accept: "application/json", "X-CSRF-Token": presence.dataset.csrf },
      });
      if (!answer.ok) return;
      const now = await answer.json();
      const changed = String(now.version) !== presence.dataset.version;
      presence.textContent = changed ? presence.dataset.changed : now.said;
      presence.classList.toggle("changed", changed);
    } catch { /* no connection: the draft says so */ }
  };
  setInterval(tell, 20000);
  document.addEventListener("visibilitychange", tell);
}

// --- the queue says when there is something new ----------------------------------------------------
const fresh = document.querySelector("[data-fresh]");
const counts = document.body.dataset.counts;
if (fresh && counts) {
  let first = null;
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(counts, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) return;
      const now = await answer.json();
      first ??= now.untaken;
      document.querySelectorAll("[data-count]").forEach((count) => { count.textContent = now[count.dataset.count]; });
      const more = now.untaken - first;
      const link = fresh.querySelector("a");
      link.textContent = `${more} ${link.dataset.template}`;
      fresh.hidden = more <= 0;
    } catch { /* no connection: the next look will tell */ }
  };
  look();
  setInterval(look, 30000);
}

// --- an edit is tried on what was asked so far, told while it runs ------------------------------------
document.querySelectorAll("[data-trial]").forEach((button) => {
  const place = document.querySelector("#trial");
  if (!place || !window.ReadableStream) return;
  const progress = place.querySelector("[data-trial-progress]");
  const problem = place.querySelector("[data-trial-problem]");
  const result = place.querySelector("[data-trial-result]");
  const bar = progress.querySelector("progress");
  let running = null, told = false;

  const hear = (line) => {
    told ||= line.html !== undefined || Boolean(line.problem);
    if (line.html !== undefined) result.innerHTML = line.html; // our own template, escaped there
    else if (line.problem) fail(line.problem);
    else {
      if (line.of) { bar.max = line.of; bar.value = line.done; } else bar.removeAttribute("value");
      progress.querySelector("[role=status]").textContent = line.said;
    }
  };
  const fail = (words) => { problem.textContent = words; problem.hidden = false; };

  async function tryIt(form) {
    running?.abort();
    const mine = running = new AbortController();
    progress.hidden = false;
    problem.hidden = true;
    told = false;
    place.scrollIntoView({ block: "nearest" });
    const data = new FormData(form);
    data.set("act", "try");
    try {
      const answer = await fetch(form.action, {
        method: "POST", credentials: "same-origin", body: new URLSearchParams(data), signal: mine.signal,
        headers: { Accept: "application/x-ndjson, application/json", "X-CSRF-Token": form.elements.csrf.value },
      });
      if (!(answer.headers.get("Content-Type") ?? "").startsWith("application/x-ndjson")) {
        const text = await answer.text();
        const page = new DOMParser().parseFromString(text, "text/html").querySelector("#problem");
        fail(page ? page.textContent.trim() : JSON.parse(text).error.message);
        return;
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const lines = (rest + value).split("\n");
        rest = lines.pop();
        lines.filter(Boolean).forEach((line) => hear(JSON.parse(line)));
      }
      if (!told) fail(problem.dataset.lost);
    } catch {
      if (!mine.signal.aborted) fail(problem.dataset.lost);
    } finally {
      if (running === mine) { running = null; progress.hidden = true; }
    }
  }
  button.addEventListener("click", (event) => {
    event.preventDefault();
    tryIt(button.form);
  });
  progress.querySelector("[data-trial-stop]").addEventListener("click", () => running?.abort());
});
