import { expandText } from '../../protocol/index.ts';
import type { Session } from '../session.ts';

/** What a function made of a text, or why it could not. */
export type Made = { readonly text: string } | { readonly reason: string };

/** GitLab's. */
export const MAX_FUNCTIONS = 3;
const TRUNCATE = /^truncate\(\s*(\d+)\s*,\s*(\d+)\s*\)$/;

/** Applies one function of an interpolation block, such as `truncate(0,8)`. */
export function applyFunction(written: string, value: unknown, session: Session): Made {
  const name = /^\w+/.exec(written)?.[0] ?? written;
  if (!['expand_vars', 'posix_escape', 'truncate'].includes(name)) return { reason: `there is no function "${name}"` };
  if (typeof value !== 'string') return { reason: `${name} takes a text` };
  if (written === 'expand_vars') return expandVars(value, session);
  if (written === 'posix_escape') return { text: posixEscape(value) };
  const [, offset, length] = TRUNCATE.exec(written) ?? [];
  if (offset === undefined || length === undefined) {
    return { reason: name === 'truncate' ? 'truncate needs (offset, length)' : `${name} takes no arguments` };
  }
  const characters = [...value];
  return { text: characters.slice(Number(offset), Number(offset) + Number(length)).join('') };
}

/** Once, by variables that are there before the file is read. A masked one would come to stand in the open. */
function expandVars(text: string, { context, outerVariables }: Session): Made {
  let masked: string | null = null;
  const expanded = expandText(text, (name) => {
    if (context.maskedVariables?.has(name)) masked ??= name;
    return outerVariables(name);
  });
  return masked === null ? { text: expanded } : { reason: `expand_vars: the variable "${masked}" is masked` };
}

/** As one word of a POSIX shell. */
function posixEscape(text: string): string {
  if (text === '') return "''";
  return text.replace(/[^A-Za-z0-9_\-.,:+/@\n]/g, '\\$&').replaceAll('\n', "'\n'");
}
