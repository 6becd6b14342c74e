/** GitLab's limits, as documented for self-managed instances. */
export const MAX_DOTENV_BYTES = 5 * 1024;
const MAX_DOTENV_VARIABLES = 20;

export type Dotenv =
  | { readonly ok: true; readonly variables: readonly { readonly key: string; readonly value: string }[] }
  /** One sentence for a person, with the line where there is one. */
  | { readonly ok: false; readonly error: string };

/**
 * Parses `KEY=VALUE` lines as GitLab does: a byte order mark goes, keys and values are trimmed, quotes stay, the last of several equal
 * keys wins. A line without `=`, blank ones included, makes the whole file invalid.
 */
export function parseDotenv(bytes: Uint8Array): Dotenv {
  if (bytes.length > MAX_DOTENV_BYTES) return invalid(`more than ${MAX_DOTENV_BYTES} bytes`);
  const text = new TextDecoder().decode(bytes).replace(/\r?\n$/, '');
  const variables = new Map<string, string>();
  for (const [index, line] of text === '' ? [] : text.split('\n').entries()) {
    const equals = line.indexOf('=');
    if (equals === -1) return invalid(`line ${index + 1} is not KEY=VALUE`);
    const key = line.slice(0, equals).trim();
    if (!/^\w+$/.test(key)) return invalid(`line ${index + 1}: ${JSON.stringify(key)} is not a variable name`);
    variables.set(key, line.slice(equals + 1).trim());
  }
  if (variables.size > MAX_DOTENV_VARIABLES) return invalid(`more than ${MAX_DOTENV_VARIABLES} variables`);
  return { ok: true, variables: [...variables].map(([key, value]) => ({ key, value })) };
}

function invalid(reason: string): Dotenv {
  return { ok: false, error: `invalid dotenv report: ${reason}` };
}
