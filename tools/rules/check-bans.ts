import { type CallExpression, type MemberExpression, type NewExpression, Visitor } from 'oxc-parser';
import { isFixture, isTest, isTestSupport, placeOf, pureRooms } from './rooms.ts';
import { type Finding, lineAt, type SourceFile } from './source-file.ts';

/** Where the real clocks are built: the program's, and the page's. */
const clockFiles: ReadonlySet<string> = new Set(['src/base/clock.ts', 'web/src/state/clock.ts']);

/**
 * Time, chance and the environment are passed in: only `main.ts` and the real clock read them. Tests poll with a deadline
 * (`vi.waitFor`, `expect.poll`, a function of their support) and never just sleep.
 */
export function checkBans(files: readonly SourceFile[]): readonly Finding[] {
  return files.filter(({ path }) => !isFixture(path)).flatMap(checkFile);
}

function checkFile({ path, text, program, imports }: SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  const ban = (start: number, message: string): void => {
    findings.push({ path, line: lineAt(text, start), level: 'error', message });
  };
  const place = placeOf(path);
  const test = isTest(path);
  const product = place?.kind === 'room' && !test && !clockFiles.has(path);
  const pure = product && pureRooms.has(place.room);
  const mayNotSleep = test && !isTestSupport(path);
  new Visitor({
    MemberExpression: (node) => {
      const name = memberName(node);
      if (!product) return;
      if (name === 'process.env') ban(node.start, 'only src/main.ts reads the environment; pass the value in');
      if (name === 'Date.now' || name === 'performance.now')
        ban(node.start, 'time comes from the Clock that was passed in');
      if (name === 'process.exit') ban(node.start, 'only src/main.ts ends the process; return an exit code');
      if (pure && name === 'Math.random') ban(node.start, 'a pure room takes chance as an argument');
    },
    NewExpression: (node) => {
      if (product && isDateOfNow(node)) ban(node.start, 'time comes from the Clock that was passed in');
    },
    CallExpression: (node) => {
      if (mayNotSleep && isSleep(node)) ban(node.start, 'a bare sleep; wait for a state with a deadline (vi.waitFor)');
    },
  }).visit(program);
  for (const { specifier, line } of imports) {
    if (!mayNotSleep || specifier !== 'node:timers/promises') continue;
    findings.push({
      path,
      line,
      level: 'error',
      message: 'a bare sleep; wait for a state with a deadline (vi.waitFor)',
    });
  }
  return findings;
}

function memberName({ object, property, computed }: MemberExpression): string | null {
  if (object.type !== 'Identifier') return null;
  if (property.type === 'Identifier' && !computed) return `${object.name}.${property.name}`;
  return property.type === 'Literal' ? `${object.name}.${property.value}` : null;
}

function isDateOfNow({ callee, arguments: given }: NewExpression): boolean {
  return callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0;
}

/** `setTimeout(resolve, ms)`: the timer does nothing but let time pass. One that acts (a deadline that kills) is fine. */
function isSleep({ callee, arguments: given }: CallExpression): boolean {
  return callee.type === 'Identifier' && callee.name === 'setTimeout' && given[0]?.type === 'Identifier';
}
