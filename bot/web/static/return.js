// The way back: show once what opens this conversation on another device; open here what was begun on another.

import * as api from "./api.js";
import * as store from "./store.js";
import { words } from "./bubbles.js";
import { log } from "./log.js";
import { returnCard } from "./receipt.js";

const wayBack = document.getElementById("return");
const form = wayBack.querySelector("form");
const fault = form.querySelector(".fault");
const sentence = (error) => (error instanceof api.Refused && error.message) || words.notNow;

/** Under a receipt, when its button is pressed. A new number takes the place of the old one, on the page as well. */
async function showCode(button, tell) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    const card = returnCard(await api.returnCode(store.session()));
    log.querySelectorAll(".return-card").forEach((old) => old.remove());
    button.closest(".receipt").after(card);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
    tell("");
  } catch (error) {
    tell(sentence(error));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

async function open(opened) {
  fault.textContent = "";
  const { reference, code } = form.elements;
  try {
    store.keepSession(await api.returnTo(reference.value, code.value));
    form.reset();
    wayBack.open = false;
    await opened();
  } catch (error) {
    fault.textContent = sentence(error);
  }
}

/** `tell` says a sentence above the box; `opened` draws the conversation of another session. */
export function offerWayBack(tell, opened) {
  log.addEventListener("click", (event) => {
    const button = event.target.closest('[data-act="return"]');
    if (button) showCode(button, tell);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    open(opened);
  });
}
