// The chat's page: turns the plain form into a conversation. Nothing typed is lost, nothing is shown twice.

import * as api from "./api.js";
import * as store from "./store.js";
import { free, mark, words } from "./bubbles.js";
import { clear, draw, drawUnsent, isShown, log, makeRoom, missing, nearEnd, show, showAll, toEnd, turnOf } from "./log.js";
import { offerWayBack } from "./return.js";

const find = (id) => document.getElementById(id);
const box = find("text");
const status = find("status");
const typing = find("typing");
const embedded = document.body.classList.contains("embed") && window.parent !== window;
const WAIT = 25; // seconds a request for later replies stays open
const LONGEST_PAUSE = 60_000;

let after = 0; // the last reply that a GET brought
let sending = false;
let pause = 0; // before the next attempt, in milliseconds
let retryTimer = 0;
let notBefore = 0; // the service asked us to stay away until then
let turned = 0; // grows when a new conversation begins, so that late replies to the old one are dropped

const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const longer = (ms) => Math.min(LONGEST_PAUSE, ms ? ms * 2 : 2000) * (0.8 + Math.random() * 0.4);

// --- sending --------------------------------------------------------------------------------------

function put(message) {
  const waiting = { id: newId(), at: new Date().toISOString(), ...message };
  store.addUnsent(waiting);
  drawUnsent(waiting);
  toEnd();
  sendAll();
}

function press(option) {
  put({ option: option.id, label: option.label });
}

function submit(event) {
  event?.preventDefault();
  const text = box.value.trim();
  if (!text) return box.focus();
  box.value = "";
  store.keepDraft("");
  fit();
  put({ text, label: text });
  if (matchMedia("(pointer: fine)").matches) box.focus();
}

async function session() {
  if (!store.session()) {
    const before = turned;
    const fresh = await api.begin();
    // Another tab, or "begin again", may have been quicker.
    if (before === turned && !store.session()) store.keepSession(fresh);
  }
  return store.session();
}

/** Send what waits, one after the other, oldest first. Only one such run at a time, none before the service wants it. */
async function sendAll() {
  if (sending) return;
  if (Date.now() < notBefore) return putOff("waiting", words.busy, notBefore - Date.now());
  sending = true;
  clearTimeout(retryTimer);
  try {
    for (let message = store.unsent()[0]; message; message = store.unsent()[0]) {
      if (!(await sendOne(message))) return;
    }
    status.textContent = "";
    pause = 0;
  } finally {
    sending = false;
    typing.hidden = true;
  }
}

/** Send one message; false when it must be tried again later. */
async function sendOne(message) {
  const turn = turnOf(message.id) ?? drawUnsent(message);
  const before = turned;
  mark(turn, "sending");
  typing.hidden = false;
  try {
    const { replies } = await api.send(await session(), message);
    store.dropUnsent(message.id);
    mark(turn, "");
    typing.hidden = true;
    wakePolling();
    if (before === turned && replies.some((reply) => reply.decision === "erased")) erased();
    if (before === turned) show(replies, press);
    return true;
  } catch (error) {
    return before === turned ? failed(message, turn, error) : true;
  }
}

function failed(message, turn, error) {
  if (error instanceof api.Refused && !error.passing) {
    if (error.status === 404) { // the conversation is no longer kept: the same words begin a new one
      store.keepSession(null);
      after = 0;
      return true;
    }
    store.dropUnsent(message.id);
    mark(turn, error.message);
    if (message.option) free(log, message.option);
    else {
      box.value = [message.text, box.value].filter(Boolean).join("\n"); // to be mended and sent again
      typed();
    }
    return true;
  }
  const wait = asked(error);
  pause = Math.max(longer(pause), wait);
  notBefore = wait && Date.now() + pause;
  putOff(wait ? "waiting" : "unsent", error instanceof api.Refused ? words.busy : words.offline, pause);
  return false;
}

/** The milliseconds for which a service asks us to stay away; each page a little longer, so that not all come at once. */
const asked = (error) => (error instanceof api.Refused ? error.wait * 1000 * (1 + Math.random() * 0.2) : 0);

/** What isn't sent is marked so, and tried again by itself. */
function putOff(state, sentence, ms) {
  const atEnd = nearEnd();
  for (const waiting of store.unsent()) mark(turnOf(waiting.id) ?? drawUnsent(waiting), state, sendAll);
  status.textContent = sentence;
  if (atEnd) toEnd();
  clearTimeout(retryTimer);
  retryTimer = setTimeout(sendAll, ms);
}

// --- later replies --------------------------------------------------------------------------------

let wakePolling = () => {};
let polling = new AbortController();
let restored = true; // whether the page shows what the service holds; replies without their questions would puzzle

const sleep = (ms) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  wakePolling = () => {
    clearTimeout(timer);
    resolve();
  };
});

/** Ask for later replies for as long as the page is looked at. Hidden pages ask nothing and cost nothing. */
async function poll() {
  let rest = 0;
  for (;;) {
    if (document.hidden || !store.session()) {
      await sleep(2 ** 30);
      continue;
    }
    const before = turned;
    polling = new AbortController();
    try {
      if (!restored && !(await restore())) throw new Error("no history");
      const { replies, last } = await api.later(store.session(), after, WAIT, polling.signal);
      rest = 0;
      if (before !== turned) continue;
      after = Math.max(after, last);
      // A reply to words that aren't here: another tab or device said them, or we never heard that they had arrived.
      restored = sending || !replies.some((reply) => reply.prompted && !isShown(reply));
      if (restored) show(replies, press, { follow: sending || nearEnd() });
    } catch (error) {
      if (document.hidden || before !== turned) continue;
      if (error instanceof api.Refused && error.status === 404) {
        if (!sending) store.keepSession(null);
        after = 0;
        continue;
      }
      rest = Math.max(longer(rest), asked(error));
      await sleep(rest);
    }
  }
}

/** Draw what the service holds; other tabs may have added to it. False when it could not be asked. */
async function restore() {
  const before = turned;
  const held = store.session();
  restored = held === null;
  if (restored) return true;
  try {
    const { turns, last } = await api.history(held);
    if (before !== turned || held !== store.session()) return true;
    for (const { message_id: id } of turns.filter((turn) => turn.from === "resident")) {
      store.dropUnsent(id);
      if (turnOf(id) && !sending) mark(turnOf(id), "");
    }
    after = Math.max(after, last);
    if (turns.some(missing)) showAll(turns, store.unsent(), press);
    restored = true;
  } catch (error) {
    if (error instanceof api.Refused && error.status === 404) {
      store.keepSession(null);
      restored = true;
    }
  }
  return restored;
}

// --- beginning again ------------------------------------------------------------------------------

function beginAgain() {
  turned += 1;
  polling.abort();
  store.forget();
  after = 0;
  restored = true;
  clear();
  status.textContent = "";
  box.focus();
  if (document.body.hasAttribute("data-held")) {
    document.body.removeAttribute("data-held");
    api.begin({ again: true }).then(store.keepSession, () => null); // the cookie of the plain form is forgotten, too
  }
}

/** All that was kept of the resident is gone: here, too. Only the confirmation is shown, until the page is left. */
function erased() {
  polling.abort();
  store.forget();
  store.keepDraft("");
  box.value = "";
  after = 0;
  restored = true;
  clear();
  if (document.body.hasAttribute("data-held")) {
    document.body.removeAttribute("data-held");
    api.begin({ again: true }).then(store.keepSession, () => null);
  }
}

/** Show the conversation of the session that is held now: it was begun on another device. */
async function opened() {
  turned += 1;
  polling.abort();
  after = 0;
  restored = false;
  await restore();
  wakePolling();
  if (matchMedia("(pointer: fine)").matches) box.focus();
}

// --- the box --------------------------------------------------------------------------------------

/** As high as its text, where CSS alone can't. */
function fit() {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 4}px`;
}

function typed() {
  store.keepDraft(box.value);
  fit();
}

function key(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return; // an input method is at work
  submit(event);
}

// --- at the start ---------------------------------------------------------------------------------

async function start() {
  document.documentElement.classList.add("js");
  box.required = false;
  box.value ||= store.draft();
  fit();
  find("ask").addEventListener("submit", submit);
  box.addEventListener("input", typed);
  box.addEventListener("keydown", key);
  find("again").addEventListener("submit", (event) => {
    event.preventDefault();
    const sure = find("sure");
    sure.returnValue = "";
    if (sure.showModal) {
      sure.showModal();
      sure.querySelector('[value=""]').focus(); // the harmless choice
    } else if (confirm(sure.querySelector("p").textContent)) beginAgain();
  });
  find("sure").addEventListener("close", () => find("sure").returnValue === "again" && beginAgain());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && embedded && !find("sure").open) window.parent.postMessage("chat:close", "*"); // says nothing that isn't for everybody
  });
  if (embedded) find("frame-note").hidden = store.isLasting();
  window.addEventListener("beforeunload", (event) => {
    if (!store.isLasting() && (box.value.trim() || store.unsent().length)) event.preventDefault();
  });
  window.addEventListener("resize", makeRoom);
  makeRoom();
  offerWayBack((sentence) => (status.textContent = sentence), opened);
  window.addEventListener("online", () => {
    pause = 0;
    wakePolling();
    sendAll();
  });
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) return polling.abort();
    await restore();
    wakePolling();
    sendAll();
  });
  if (embedded && matchMedia("(pointer: fine)").matches) box.focus();
  await adopt();
  await restore();
  cameBy();
  if (!log.querySelector(".turn.own")) draw([], store.unsent(), press);
  sendAll();
  poll();
}

/** Go on with the conversation that was begun without JavaScript. */
async function adopt() {
  if (store.session() || !document.body.hasAttribute("data-held")) return;
  try {
    store.keepSession(await api.begin());
  } catch {
    // Offline: the plain page below stays as it is.
  }
}

/** Say at once what the link stands for, once: loading the page anew says nothing. */
function cameBy() {
  const came = find("came");
  if (!came) return;
  const text = came.querySelector("button").value;
  came.remove();
  const here = new URL(location);
  here.searchParams.delete("from");
  history.replaceState(null, "", here);
  put({ text, label: text });
}

start();
