/** What went wrong, for a reader. */
export interface Problem {
  /** HTTP status; 0: no answer came. */
  readonly status: number;
  /** The coordinator's word for it, where it has one. */
  readonly code: string | null;
  readonly message: string;
}

/** Also when it took too long: what was asked for may have been done, and it is not known. */
export const UNREACHED: Problem = { status: 0, code: null, message: 'The coordinator did not answer.' };

/** Reads an error as the coordinator tells it: `{message}`, where that may be words by field, or `{error}`. */
export function problemOf(status: number, body: unknown): Problem {
  const { message, error, code } = isRecord(body) ? body : {};
  const words = wordsOf(message) ?? wordsOf(error) ?? `HTTP ${status}`;
  return { status, code: typeof code === 'string' ? code : null, message: words.replace(/^\d{3} (?=\w)/, '') };
}

function wordsOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (!isRecord(value)) return null;
  const lines = Object.entries(value).map(([field, words]) => {
    return field === 'base' ? wordsOf(words) : `${field} ${wordsOf(words)}`;
  });
  return lines.join('; ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Asking again would change nothing: it is not there any more, or not for us. */
export function isRefusal({ status }: Problem): boolean {
  return status === 401 || status === 403 || status === 404;
}
