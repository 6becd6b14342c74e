/** `ms` is a whole number above 0; `message` stands for itself, such as `` `abc` is not a duration ``. */
export type ParsedDuration =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** `expire_in` and `auto_stop_in`: `ms` is null for `never`. */
export type ParsedExpiry =
  | { readonly ok: true; readonly ms: number | null }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Seconds of each unit, by every spelling. Source: GitLab's duration words; its year is 365.25 days, its month 30. */
const UNITS: ReadonlyMap<string, number> = new Map(
  [
    { seconds: 1, names: ['s', 'sec', 'secs', 'second', 'seconds'] },
    { seconds: MINUTE, names: ['m', 'min', 'mins', 'minute', 'minutes'] },
    { seconds: HOUR, names: ['h', 'hr', 'hrs', 'hour', 'hours'] },
    { seconds: DAY, names: ['d', 'dy', 'day', 'days'] },
    { seconds: 7 * DAY, names: ['w', 'wk', 'wks', 'week', 'weeks'] },
    { seconds: 30 * DAY, names: ['mo', 'mon', 'mos', 'mons', 'month', 'months'] },
    { seconds: 365.25 * DAY, names: ['y', 'yr', 'yrs', 'year', 'years'] },
  ].flatMap(({ seconds, names }) => names.map((name) => [name, seconds] as const)),
);

const NUMBER_WORDS: readonly string[] =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );

const JOINERS: ReadonlySet<string> = new Set(['and', 'with', 'plus']);

/** The largest number of seconds that GitLab can store, some 68 years. */
const MAX_SECONDS = 2 ** 31 - 1;

/** Text such as `1h 30m`, `90 minutes`, `2 days and 3 hours`, `one week`, `1:30:00`; a bare number is seconds. */
export function parseDuration(text: string | number): ParsedDuration {
  const seconds = typeof text === 'number' ? text : parseSeconds(text.trim().toLowerCase());
  if (seconds === null || !Number.isFinite(seconds)) {
    return refuse(`\`${text}\` is not a duration`);
  }
  const ms = Math.round(seconds * 1000);
  if (ms <= 0) return refuse(`\`${text}\` is no time at all`);
  if (seconds > MAX_SECONDS) return refuse(`\`${text}\` is too long`);
  return { ok: true, ms };
}

export function parseExpiry(text: string | number): ParsedExpiry {
  if (typeof text === 'string' && text.trim().toLowerCase() === 'never') return { ok: true, ms: null };
  return parseDuration(text);
}

function refuse(message: string): ParsedDuration {
  return { ok: false, message, hint: 'write it as `90 minutes`, `1h 30m`, `2 days`, or as a number of seconds' };
}

/** null: not a duration. */
function parseSeconds(text: string): number | null {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const clock = parseClock(text);
  if (clock !== null) return clock;
  let total = 0;
  let amount: number | null = null;
  let parts = 0;
  for (const word of text.match(/\d+(?:\.\d+)?|[a-z]+|[^\s,]/g) ?? []) {
    if (JOINERS.has(word) && amount === null) continue;
    if (amount === null) {
      amount = readNumber(word);
      if (amount === null) return null;
      continue;
    }
    const unit = UNITS.get(word);
    if (unit === undefined) return null;
    total += amount * unit;
    amount = null;
    parts += 1;
  }
  return amount === null && parts > 0 ? total : null;
}

function readNumber(word: string): number | null {
  if (/^\d/.test(word)) return Number(word);
  const index = NUMBER_WORDS.indexOf(word);
  return index === -1 ? null : index;
}

/** `1:30` is minutes and seconds, `1:30:00` begins with hours. */
function parseClock(text: string): number | null {
  if (!/^\d+(?::\d{1,2}){1,2}(?:\.\d+)?$/.test(text)) return null;
  return text.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
}
