import type { NewVariable } from '../../store/index.ts';

const LONGEST = 255;
const LONGEST_VALUE = 10_000;
const KEY = /^[A-Za-z0-9_]+$/;
const SCOPE = /^[A-Za-z0-9_/\\${}. *-]+$/;

/** GitLab's rules. A value that is expanded may hold nothing that could end up changed in a log, and so unmasked. */
const MASKABLE = {
  expanded: {
    is: /^[A-Za-z0-9_+=/@:.~-]{8,}$/,
    words: "8 or more letters, digits, '_', '+', '=', '/', '@', ':', '.', '~' and '-'",
  },
  raw: { is: /^\S{8,}$/, words: '8 or more characters without a space or a line break' },
} as const;

/** What is wrong with a variable, by field; empty: nothing. */
export function checkVariable(variable: NewVariable): Readonly<Record<string, readonly string[]>> {
  const { key, value, environmentScope, description, isMasked, isRaw } = variable;
  const tooLong = (text: string, most: number): readonly string[] =>
    text.length > most ? [`is too long (maximum is ${most} characters)`] : [];
  const maskable = MASKABLE[isRaw ? 'raw' : 'expanded'];
  const wrong = {
    key: [...tooLong(key, LONGEST), ...(KEY.test(key) ? [] : ["can contain only letters, digits and '_'."])],
    value: [
      ...tooLong(value, LONGEST_VALUE),
      ...(isMasked && !maskable.is.test(value) ? [`is invalid: to be masked it has to be ${maskable.words}`] : []),
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
