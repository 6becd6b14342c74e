import type { NewVariable } from '../../store/index.ts';

const LONGEST = 255;
const LONGEST_VALUE = 10_000;
const KEY = /^[A-Za-z0-9_]+$/;
const SCOPE = /^[A-Za-z0-9_/\\${}. *-]+$/;

/** GitLab's rules. A value that is expanded may hold nothing that could end up changed in a log, and so unmasked. */
const MASKABLE = { expanded: /^[A-Za-z0-9_+=/@:.~-]{8,}$/, raw: /^\S{8,}$/ } as const;

/** What is wrong with a variable, by field; empty: nothing. */
export function checkVariable(variable: NewVariable): Readonly<Record<string, readonly string[]>> {
  const { key, value, environmentScope, description, isMasked, isRaw } = variable;
  const tooLong = (text: string, most: number): readonly string[] =>
    text.length > most ? [`is too long (maximum is ${most} characters)`] : [];
  const wrong = {
    key: [...tooLong(key, LONGEST), ...(KEY.test(key) ? [] : ["can contain only letters, digits and '_'."])],
    value: [
      ...tooLong(value, LONGEST_VALUE),
      ...(isMasked && !MASKABLE[isRaw ? 'raw' : 'expanded'].test(value) ? ['is invalid'] : []),
    ],
    environment_scope: [
      ...tooLong(environmentScope, LONGEST),
      ...(SCOPE.test(environmentScope)
        ? []
        : ["can contain only letters, digits, spaces, '-', '_', '/', '\\', '$', '{', '}', '.' and '*'."]),
    ],
    description: tooLong(description ?? '', LONGEST),
  };
  return Object.fromEntries(Object.entries(wrong).filter(([, messages]) => messages.length > 0));
}
