import { EVENTS, EXECUTORS, type Settings } from './settings.ts';

/** A setting's value, or why the text or value cannot be one. */
export type SettingParse<Value> = { readonly value: Value } | { readonly mistake: string };

interface SettingKey<Value> {
  /** Name in epilogue.toml; the variable is `EPILOGUE_` and the same in capitals, the flag the same with `-`. */
  readonly name: string;
  /** Values from the environment and from flags are text; those of a file have their TOML type. */
  parse(value: unknown): SettingParse<Value>;
}

type Keys = {
  readonly [Key in keyof Omit<Settings, 'docker' | 'variables'>]-?: SettingKey<NonNullable<Settings[Key]>>;
};

/** Every setting that an environment variable and epilogue.toml may give; the variables table stands apart. */
export const SETTING_KEYS: Keys = {
  file: { name: 'file', parse: parseText },
  executor: { name: 'executor', parse: (value) => parseChoice(value, EXECUTORS) },
  shell: { name: 'shell', parse: parseText },
  image: { name: 'image', parse: parseText },
  concurrency: { name: 'concurrency', parse: parseCount },
  event: { name: 'event', parse: (value) => parseChoice(value, EVENTS) },
  envFile: { name: 'env_file', parse: parseText },
  keep: { name: 'keep', parse: parseBoolean },
  cleanEnv: { name: 'clean_env', parse: parseBoolean },
};

function parseText(value: unknown): SettingParse<string> {
  return typeof value === 'string' && value !== '' ? { value } : { mistake: 'must be a text that is not empty' };
}

function parseChoice<Choice extends string>(value: unknown, choices: readonly Choice[]): SettingParse<Choice> {
  const choice = choices.find((each) => each === value);
  return choice === undefined ? { mistake: `must be one of ${choices.join(', ')}` } : { value: choice };
}

function parseCount(value: unknown): SettingParse<number> {
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= 1000;
  return isCount ? { value: count } : { mistake: 'must be a whole number from 1 to 1000' };
}

function parseBoolean(value: unknown): SettingParse<boolean> {
  if (value === true || value === 'true' || value === '1') return { value: true };
  if (value === false || value === 'false' || value === '0') return { value: false };
  return { mistake: 'must be true or false' };
}
