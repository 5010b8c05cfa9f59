// Draws turns. Everything is set as text, never as HTML. `bot/web/bubbles.py` does the same for the plain page.

import { receipt } from "./receipt.js";

export const words = JSON.parse(document.body.dataset.words);
const said = (id) => document.getElementById(id).content;
const ZONE = "Asia/Ho_Chi_Minh";
const MARKS = { "▪ ": "heading", "• ": "item" };

export function make(name, values = {}, ...children) {
  const element = Object.assign(document.createElement(name), values);
  element.append(...children);
  return element;
}

const unseen = (text) => make("span", { className: "unseen", textContent: text });

function line(text) {
  const kind = MARKS[text.slice(0, 2)];
  return kind ? make("p", { className: kind, textContent: text.slice(2) }) : make("p", { textContent: text });
}

function time(at) {
  const clock = at.toLocaleTimeString("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
  return make("time", { dateTime: at.toISOString(), textContent: clock });
}

/** The day in Viet Nam, as 23/11/2026. */
export const dayOf = (at) => at.toLocaleDateString("en-GB", { timeZone: ZONE });

/** The line between days; "today" in words. */
export const dayLine = (day) => make("p", { className: "day", textContent: day === dayOf(new Date()) ? words.today : day });

function kindOf(block, index, reply, code) {
  if ([...words.labels, "ℹ️"].some((opening) => block.startsWith(opening))) return "label";
  if (code && block.includes(code)) return "receipt";
  return reply.decision === "confident" && index === 0 ? "about" : "words";
}

function blocks(reply) {
  const code = ["receipt", "unknown"].includes(reply.decision) ? reply.reference : null;
  const numbered = new Set(reply.options.map((option, index) => `${index + 1}. ${option.label}`));
  return reply.text.split("\n\n").flatMap((block, index) => {
    const kind = kindOf(block, index, reply, code);
    let lines = block.split("\n").filter((text) => text.trim() && !numbered.has(text)); // the buttons say these
    if (kind === "receipt") lines = lines.filter((text) => !text.endsWith(`: ${code}`)); // the card shows it large
    if (!lines.length) return [];
    if (kind === "receipt") return [receipt(code, lines, line)];
    const [first, end] = reply.vietnamese || [0, 0];
    const lang = first <= index && index < end ? { lang: "vi" } : {};
    return [make("div", { className: kind, ...lang }, ...lines.map(line))];
  });
}

function choices(options, press, numbered) {
  const group = make("div", { className: numbered ? "choices" : "choices quick" });
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", said("choices-name").textContent);
  options.forEach((option, index) => {
    const button = make("button", { type: "button" }, make("span", { textContent: option.label }));
    if (numbered) button.prepend(make("span", { className: "number", textContent: index + 1 }));
    button.dataset.option = option.id;
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") press(option);
    });
    group.append(button);
  });
  return group;
}

/** A reply of the bot. `press` is called with the option whose button is pressed. */
export function reply(body, press) {
  const at = new Date(body.at);
  const spoken = body.language || "vi";
  const bubble = make("div", { className: "bubble" }, unseen(words.bot), ...blocks(body));
  if (spoken !== document.documentElement.lang) bubble.lang = spoken;
  const turn = make("article", { className: "turn bot" }, bubble);
  if (body.options.length) turn.append(choices(body.options, press, body.decision === "suggest"));
  turn.append(time(at));
  turn.dataset.reply = body.id;
  return turn;
}

/** The resident's own words. */
export function own(text, at, id) {
  const lines = make("div", { className: "words" }, ...text.split("\n").filter((part) => part.trim()).map(line));
  const turn = make("article", { className: "turn own" }, make("div", { className: "bubble" }, unseen(words.you), lines));
  turn.append(time(at), make("p", { className: "sent", hidden: true }));
  turn.dataset.message = id;
  return turn;
}

/** How sending a message stands: "" (sent), "sending", "unsent" (with a button) or a sentence. */
export function mark(turn, state, again) {
  const sent = turn.querySelector(".sent");
  turn.classList.toggle("failed", state !== "" && state !== "sending");
  sent.hidden = state === "";
  sent.textContent = words[state] ?? state;
  if (state !== "unsent") return;
  const retry = said("retry").firstElementChild.cloneNode(true);
  retry.addEventListener("click", again);
  sent.append(retry);
}

/** Mark a choice as made: the others can no longer be pressed. Focus stays where it is. */
export function use(log, option) {
  const pressed = [...log.querySelectorAll(".choices button")].reverse().find((button) => button.dataset.option === option);
  if (!pressed || pressed.classList.contains("used")) return;
  for (const button of pressed.parentElement.children) {
    if (button !== pressed) button.disabled = true;
  }
  pressed.setAttribute("aria-disabled", "true");
  pressed.classList.add("used");
  pressed.lastElementChild.append(" ", make("span", { className: "chosen", textContent: said("chosen").textContent }));
}

/** Undo `use` after a message was refused. */
export function free(log, option) {
  const pressed = [...log.querySelectorAll(".choices .used")].reverse().find((button) => button.dataset.option === option);
  if (!pressed) return;
  pressed.classList.remove("used");
  pressed.querySelector(".chosen")?.remove();
  for (const button of pressed.parentElement.children) {
    button.disabled = false;
    button.removeAttribute("aria-disabled");
  }
}
