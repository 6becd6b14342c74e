const SECOND_MS = 1000;
const MINUTE_S = 60;
const HOUR_S = 3600;

/** How long something took: `0.2s`, `12s`, `3:05`, `1:00:09`. */
export function formatDuration(ms: number): string {
  if (ms < 10 * SECOND_MS) return `${(Math.max(0, Math.round(ms / 100)) / 10).toFixed(1)}s`;
  const seconds = Math.floor(ms / SECOND_MS);
  return seconds < MINUTE_S ? `${seconds}s` : formatClock(seconds);
}

/** How long something may still take: `0:09`, `4:52`, `1:00:00`. Rounded up, so that zero means over. */
export function formatCountdown(ms: number): string {
  return formatClock(Math.max(0, Math.ceil(ms / SECOND_MS)));
}

function formatClock(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor((seconds % HOUR_S) / MINUTE_S);
  const rest = two(seconds % MINUTE_S);
  return seconds < HOUR_S ? `${minutes}:${rest}` : `${Math.floor(seconds / HOUR_S)}:${two(minutes)}:${rest}`;
}
