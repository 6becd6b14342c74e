export { type CodeField, type Finding, openField } from './code-field.ts';
export type { Schema } from './look-up.ts';
