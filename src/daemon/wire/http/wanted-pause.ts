/** `Retry-After` of GitLab is a number of seconds; nobody waits longer than an hour for it. */
const LONGEST_MS = 60 * 60_000;

/** Ms that a server wants us to wait before the next try, `RateLimit-ResetTime` before `Retry-After`; null: it does not say. @param now UTC ms */
export function wantedPauseMs(headers: Headers, now: number): number | null {
  const resetsAt = Date.parse(headers.get('ratelimit-resettime') ?? '');
  if (resetsAt > now) return Math.min(resetsAt - now, LONGEST_MS);
  const seconds = headers.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(seconds) ? Math.min(Number(seconds) * 1000, LONGEST_MS) : null;
}
