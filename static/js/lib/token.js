/* The token that proves a request came from our own page. */

export function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/*
 * After signing in again in another tab this page still holds the token of the ended session. The
 * page is asked for once more, only for its token, and its text is left alone.
 */
export async function renewToken() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector('meta[name="csrf-token"]')?.content;
  if (!fresh) return false;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", fresh);
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = fresh;
  return true;
}
