// The chat's API. A refusal says why; everything else that fails (no network, a portal's page) is worth another try.

const LONGEST = 40_000; // milliseconds
const language = document.documentElement.lang;

export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 429 || this.status >= 500;
  }
}

async function call(path, { session, signal, ...options } = {}) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LONGEST);
  signal?.addEventListener("abort", () => limit.abort());
  if (signal?.aborted) limit.abort();
  try {
    const headers = { Accept: "application/json", ...options.headers };
    if (session) headers["X-Chat-Session"] = session;
    const response = await fetch(path, { cache: "no-store", ...options, headers, signal: limit.signal });
    const body = await response.json();
    if (response.ok) return body;
    throw new Refused(response.status, body.error?.message ?? "");
  } finally {
    clearTimeout(timer);
  }
}

/** A session: the one begun without JavaScript, or a new one. */
export const begin = async ({ again = false } = {}) => {
  const body = await call(`/chat/session?lang=${language}${again ? "&again=1" : ""}`, { method: "POST" });
  return body.session;
};

export const send = (session, { id, text, option }) => call(`/chat/messages?lang=${language}`, {
  method: "POST",
  credentials: "omit",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ session, message_id: id, text, option, lang: language }),
});

export const later = (session, after, wait, signal) =>
  call(`/chat/messages?lang=${language}&after=${after}&wait=${wait}`, { session, signal, credentials: "omit" });

export const history = (session) => call(`/chat/history?lang=${language}`, { session, credentials: "omit" });
