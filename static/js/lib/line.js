/* Asks the server, and says in one word how that went: a line may be down while it seems to be up. */
const PATIENCE = 30_000;
const AGAIN_LATER = new Set([408, 425, 429]);
const NOT_LET_IN = new Set([400, 401, 403]);

const meta = (name) => globalThis.document?.querySelector(`meta[name="${name}"]`)?.content ?? "";

/* A page that comes from the device holds the token of a session that may be over. */
export const keptAt = () => meta("kept-at");

let pass = keptAt() ? null : { person: meta("person"), token: meta("csrf-token") };

async function reach(url, { patience = PATIENCE, ...options }) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), patience);
  try {
    const answer = await fetch(url, {
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
      signal: giveUp.signal,
      ...options,
      headers: { Accept: "application/json", ...options.headers },
    });
    const said = await answer.text();
    return { status: answer.type === "opaqueredirect" ? 401 : answer.status, said: parsed(said) };
  } finally {
    clearTimeout(timer);
  }
}

/*
 * The same, telling how far it has come: only the older way of asking says that. It gives up when
 * nothing moves any more, however long the whole may take.
 */
function reachTelling(url, { method, body, headers, onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    let timer = 0;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => asked.abort(), PATIENCE);
    };
    const lost = () => {
      clearTimeout(timer);
      reject(new Error("The line went down."));
    };
    asked.open(method, url);
    for (const [name, value] of Object.entries({ Accept: "application/json", ...headers })) {
      asked.setRequestHeader(name, value);
    }
    asked.upload.onprogress = ({ loaded, total }) => {
      wait();
      onProgress(total ? loaded / total : 0);
    };
    asked.onprogress = wait;
    asked.onerror = lost;
    asked.onabort = lost;
    asked.onload = () => {
      clearTimeout(timer);
      /* It follows where it is sent: only the door sends elsewhere. */
      const elsewhere = new URL(asked.responseURL, location.href).pathname !== url;
      resolve({ status: elsewhere ? 401 : asked.status, said: parsed(asked.responseText) });
    };
    signal?.addEventListener("abort", () => asked.abort(), { once: true });
    wait();
    asked.send(body);
  });
}

/* What a proxy or a portal on the way puts in place of an answer is no answer of ours. */
function parsed(said) {
  try {
    return JSON.parse(said);
  } catch {
    return null;
  }
}

/* Reads something; null where there is no line or no such answer. */
export async function fetchJson(url) {
  try {
    const { status, said } = await reach(url, {});
    return status === 200 ? said : null;
  } catch {
    return null;
  }
}

/* Who is signed in: state is in, out or down. The forms of the page get the fresh token, too. */
export async function who() {
  try {
    const { status, said } = await reach("/device", {});
    if (NOT_LET_IN.has(status)) return { state: "out" };
    if (status !== 200 || !said?.token) return { state: "down" };
    pass = { person: said.person, token: said.token };
    for (const field of globalThis.document?.querySelectorAll('input[name="csrf_token"]') ?? []) {
      field.value = said.token;
    }
    return { state: "in", ...said };
  } catch {
    return { state: "down" };
  }
}

/* A list is sent as one field for each of its values. */
function form(fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) body.append(name, one);
  }
  return body;
}

/*
 * Sends fields in the name of a person. The answer's kind is ok, down, trouble (the server was
 * reached and could not), signin, stranger (somebody else is signed in here) or refused. With
 * `onProgress` it tells how much of it is through, as a part of one.
 */
export async function ask(method, url, fields, person, how = {}) {
  const { keepalive = false, patience, onProgress, signal } = how;
  for (let turn = 0; turn < 2; turn += 1) {
    if (pass?.person !== person) {
      const now = await who();
      if (now.state !== "in") return { kind: now.state === "out" ? "signin" : "down" };
      if (now.person !== person) return { kind: "stranger" };
    }
    const body = form(fields);
    try {
      const headers = { "X-CSRFToken": pass.token };
      const tells = onProgress && globalThis.XMLHttpRequest;
      const { status, said } = tells
        ? await reachTelling(url, { method, body, headers, onProgress, signal })
        : await reach(url, { method, body, keepalive, headers, patience });
      if ((status === 200 || status === 201) && said) return { kind: "ok", said };
      if (status === 200) return { kind: "down" };
      if (status >= 500 || AGAIN_LATER.has(status)) return { kind: "trouble" };
      if (!NOT_LET_IN.has(status) || turn) {
        return { kind: status === 401 ? "signin" : "refused", status, said };
      }
      pass = null;
    } catch {
      return { kind: "down" };
    }
  }
  return { kind: "signin" };
}
