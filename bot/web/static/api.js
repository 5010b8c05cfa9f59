// The chat's API. A refusal says why; everything else that fails (no network, a portal's page) is worth another try.

const LONGEST = 40_000; // milliseconds
const LONGEST_WAIT = 600; // seconds that a service may ask us to stay away
const language = document.documentElement.lang;

export class Refused extends Error {
  constructor(status, sentence, wait) {
    super(sentence);
    this.status = status;
    this.wait = wait; // seconds, as the service asks
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 429 || this.status >= 500;
  }
}

/** Retry-After in seconds: a number or a date. */
function waitOf(response) {
  const given = response.headers.get("Retry-After") ?? "0";
  const seconds = /^\d+$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
  return Math.min(LONGEST_WAIT, Math.max(0, seconds || 0));
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
    if (response.status === 204) return null;
    const body = await response.json().catch(() => null);
    if (response.ok && body) return body;
    const refused = new Refused(response.status, body?.error?.message ?? "", waitOf(response));
    throw body?.error || refused.passing ? refused : new Error("not the service's answer");
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

/** `quiet`: where nothing was said, the answer is empty. */
export const later = async (session, after, wait, signal) => {
  const path = `/chat/messages?lang=${language}&after=${after}&wait=${wait}&quiet=1`;
  return (await call(path, { session, signal, credentials: "omit" })) ?? { replies: [], last: after };
};

export const history = (session) => call(`/chat/history?lang=${language}`, { session, credentials: "omit" });

/** What opens this conversation on another device: {reference, code}. */
export const returnCode = (session) =>
  call(`/chat/return-code?lang=${language}`, { session, method: "POST", credentials: "omit" });

/** The session of the conversation that a reference and its secret number open. */
export const returnTo = async (reference, code) => {
  const body = await call(`/chat/return?lang=${language}`, {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ reference, code }),
  });
  return body.session;
};
