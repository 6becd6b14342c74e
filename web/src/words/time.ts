/** A duration as a clock shows it: `0:42`, `1:02:03`. Null where nothing has begun. */
export function clockWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours === 0 ? `${minutes}:${two(rest)}` : `${hours}:${two(minutes)}:${two(rest)}`;
}

/** The same for ears: `4 minutes 18 seconds`. */
export function spokenWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`);
  return said.length === 0 ? '0 seconds' : said.join(' ');
}

const STEPS = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [30 * 86_400, 86_400, 'day'],
  [365 * 86_400, 30 * 86_400, 'month'],
  [Number.POSITIVE_INFINITY, 365 * 86_400, 'year'],
] as const;

/** How long ago: `just now`, `5 minutes ago`, `2 days ago`. */
export function agoWords(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000);
  if (seconds < 10) return 'just now';
  const [, size, unit] = STEPS.find(([below]) => seconds < below) ?? STEPS[5];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}

/** An instant, with its month as a word: `01/02/2026` is another day for half of the readers. */
export function instantWords(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** When something will begin: `starts at 14:05:12`, with its day where that is another one. */
export function startsWords(at: string, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  const isToday = then.toDateString() === today.toDateString();
  return `starts ${isToday ? `at ${then.toLocaleTimeString()}` : instantWords(at)}`;
}

/** What is to be expected from past times: `usually 40 s`, `usually 4 min`. */
export function usualWords(seconds: number): string {
  return seconds < 90 ? `usually ${Math.max(1, Math.round(seconds))} s` : `usually ${Math.round(seconds / 60)} min`;
}
