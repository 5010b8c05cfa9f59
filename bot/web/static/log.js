// The conversation on the page: what is drawn where, and what of it is in view.

import { dayLine, dayOf, make, own, reply, use, words } from "./bubbles.js";

export const log = document.getElementById("log");
const welcome = document.getElementById("welcome");
const again = document.getElementById("again");
const wayBack = document.getElementById("return"); // for who has no conversation here yet
const top = document.querySelector(".top");
const bottom = document.querySelector(".bottom");
let lastDay = "";

export const turnOf = (messageId) => log.querySelector(`[data-message="${CSS.escape(messageId)}"]`);
const replyOf = (id) => log.querySelector(`[data-reply="${id}"]`);

export const isShown = (reply) => replyOf(reply.id) !== null;

/** Whether a turn of the history is not on the page yet. */
export const missing = (turn) => (turn.from === "bot" ? !replyOf(turn.id) : turn.text && !turnOf(turn.message_id));

function add(turn, at) {
  const day = dayOf(at);
  if (day !== lastDay) log.append(dayLine(day));
  lastDay = day;
  log.append(turn);
  again.hidden = false;
  wayBack.hidden = true;
  return turn;
}

// --- what is in view ------------------------------------------------------------------------------

export const nearEnd = () => scrollY + innerHeight > document.documentElement.scrollHeight - 160;

const dropNews = () => document.querySelector(".news")?.remove();

export function toEnd() {
  dropNews();
  scrollTo({ top: document.documentElement.scrollHeight });
}

/** Where text is so large that head and box would take half of the screen, they scroll along. */
export function makeRoom() {
  document.documentElement.classList.toggle("crowded", top.offsetHeight + bottom.offsetHeight > innerHeight / 2);
}

/** Bring a turn and what follows into view: all of it, or its beginning where it is long. */
function bring(first) {
  const room = innerHeight - top.offsetHeight - bottom.offsetHeight;
  if (log.getBoundingClientRect().bottom - first.getBoundingClientRect().top < room - 24) return toEnd();
  dropNews();
  first.scrollIntoView({ block: "start" });
}

/** A button above the box that leads to what came while the reader was elsewhere. */
function announce(turn) {
  dropNews();
  const button = make("button", { type: "button", className: "news", textContent: `↓ ${words.newReply}` });
  button.addEventListener("click", () => bring(turn));
  bottom.append(button);
}

// --- drawing --------------------------------------------------------------------------------------

/** Draw the replies that aren't there yet; `press` is called with a choice that is pressed. */
export function show(replies, press, { follow = true } = {}) {
  const turns = replies.filter((body) => !replyOf(body.id)).map((body) => {
    const turn = reply(body, press);
    turn.classList.add("fresh");
    return add(turn, new Date(body.at));
  });
  if (turns.length) (follow ? bring : announce)(turns[0]);
}

export function drawUnsent(message) {
  const at = new Date(message.at);
  if (message.option) use(log, message.option);
  return add(own(message.label, at, message.id), at);
}

export function clear() {
  log.replaceChildren(welcome);
  lastDay = "";
  again.hidden = true;
  wayBack.hidden = false;
  dropNews();
}

function drawTurn(turn, labels, press) {
  const at = new Date(turn.at);
  if (turn.from === "bot") return add(reply(turn, press), at);
  use(log, turn.option);
  const text = turn.text || labels.get(turn.option);
  if (text) add(own(text, at, turn.message_id), at); // nothing is left of what was kept long enough
}

/** Draw a whole conversation, then what isn't sent yet. Not read out: the reader knows it. */
export function draw(turns, unsent, press) {
  log.setAttribute("aria-live", "off");
  clear();
  const labels = new Map(turns.flatMap((turn) => turn.options ?? []).map((option) => [option.id, option.label]));
  turns.forEach((turn) => drawTurn(turn, labels, press));
  unsent.forEach(drawUnsent);
  setTimeout(() => log.setAttribute("aria-live", "polite"), 200);
}

/** Draw anew; who looked at the end, or at nothing yet, sees the last question. */
export function showAll(turns, unsent, press) {
  const follow = nearEnd() || !log.querySelector(".turn.own");
  draw(turns, unsent, press);
  const newest = [...log.querySelectorAll(".turn.own")].pop();
  if (follow && newest) bring(newest);
}
