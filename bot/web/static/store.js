// What this device keeps: the session, what is being typed, and what is not sent yet.

const PREFIX = "hoi-dap-giam-ngheo.chat.";
const memory = new Map(); // where the browser keeps nothing (private windows), the open page still does

function read(name, otherwise) {
  try {
    const found = localStorage.getItem(PREFIX + name);
    if (found !== null) return JSON.parse(found);
  } catch {
    // Storage is closed to us, or holds something that isn't ours.
  }
  return memory.has(name) ? memory.get(name) : otherwise;
}

let lasting = true;

function write(name, value) {
  memory.set(name, value);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
    lasting = true;
  } catch {
    lasting = false; // kept in memory only
  }
}

write("probe", null);

/** Whether what is written outlives the open page. */
export const isLasting = () => lasting;

export const session = () => read("session", null);
export const keepSession = (value) => write("session", value);

export const draft = () => read("draft", "") || "";
export const keepDraft = (text) => write("draft", text || null);

const isMessage = (item) => item && typeof item.id === "string" && typeof item.label === "string";

/** Messages not sent yet, oldest first: {id, label, text | option, at}. Other tabs may add to them. */
export const unsent = () => {
  const found = read("unsent", []);
  return Array.isArray(found) ? found.filter(isMessage) : [];
};
export const addUnsent = (message) => write("unsent", [...unsent(), message]);
export const dropUnsent = (id) => write("unsent", unsent().filter((message) => message.id !== id));

/** Forget the conversation on this device. */
export function forget() {
  write("session", null);
  write("unsent", null);
}
