// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CI variables.
import { expect, it } from 'vitest';
import { expandForRunner } from './expand-for-runner.ts';
import { finalValues } from './final-values.ts';
import { plainVariable, type Variable } from './variable.ts';

const variable = (key: string, value: string, flags: Partial<Variable> = {}): Variable => ({
  ...plainVariable(key, value, { raw: false }),
  ...flags,
});

const sent = (...variables: readonly Variable[]) =>
  Object.fromEntries(expandForRunner(variables).map(({ key, value }) => [key, value]));

/** What a step sees in the end, where the runner adds `CI_PROJECT_DIR`. */
function seen(...variables: readonly Variable[]): Record<string, string> {
  const own = variable('CI_PROJECT_DIR', '/builds/app', { raw: true });
  const { values } = finalValues([own, ...expandForRunner(variables)], (key) => `/tmp/${key}`);
  return Object.fromEntries(values);
}

it('expands variables that are nested however deep, in any order', () => {
  expect(
    sent(variable('D', '$C/x'), variable('C', '$B/pkg'), variable('A', '$CI_PROJECT_DIR/r'), variable('B', '${A}/out')),
  ).toEqual({
    A: '$CI_PROJECT_DIR/r',
    B: '$CI_PROJECT_DIR/r/out',
    C: '$CI_PROJECT_DIR/r/out/pkg',
    D: '$CI_PROJECT_DIR/r/out/pkg/x',
  });
  expect(seen(variable('A', '$CI_PROJECT_DIR/r'), variable('B', '$A/out'), variable('C', '$B/pkg'))).toMatchObject({
    C: '/builds/app/r/out/pkg',
  });
});

it('leaves `$$` for the runner, however deep it was', () => {
  expect(sent(variable('A', 'pa$$ss'), variable('B', '<$A>'), variable('C', '$B'))).toMatchObject({ C: '<pa$$ss>' });
  expect(seen(variable('A', 'pa$$ss'), variable('B', '<$A>'), variable('C', '$B'))).toMatchObject({
    A: 'pa$ss',
    C: '<pa$ss>',
  });
});

it('never expands what is inside a literal value', () => {
  const literal = variable('RAW', 'costs $A $$', { raw: true });
  expect(sent(literal, variable('A', 'x'), variable('B', '[$RAW]'), variable('C', '$B'))).toMatchObject({
    RAW: 'costs $A $$',
    C: '[$RAW]',
  });
  expect(seen(literal, variable('A', 'x'), variable('B', '[$RAW]'), variable('C', '$B'))).toMatchObject({
    C: '[costs $A $$]',
  });
});

it('leaves a file variable to the runner, which knows its path', () => {
  const key = variable('KEY', 'secret $A', { file: true });
  expect(sent(key, variable('ARGS', '--key=$KEY'), variable('A', '1'))).toMatchObject({
    KEY: 'secret $A',
    ARGS: '--key=$KEY',
  });
  expect(seen(key, variable('ARGS', '--key=$KEY'))).toMatchObject({ KEY: '/tmp/KEY', ARGS: '--key=/tmp/KEY' });
});

it('sends the last of equal keys, and a cycle as it was written', () => {
  expect(sent(variable('A', 'old'), variable('A', 'new'), variable('B', '$A'))).toEqual({ A: 'new', B: 'new' });
  expect(sent(variable('A', '$B'), variable('B', '$A'), variable('C', '$CI_JOB_ID'))).toEqual({
    A: '$B',
    B: '$A',
    C: '$CI_JOB_ID',
  });
});
