import { describe, expect, it } from 'vitest';
import { fixtureNames, readFixture, summarize } from '../fixtures/read-fixture.ts';
import { compile, dumpMerged } from '../index.ts';

describe('the merged file', () => {
  const good = fixtureNames().filter((name) => !name.startsWith('bad-'));

  it.each(good)('of %s compiles to the same plan as the file it was made from', (name) => {
    const { source, context } = readFixture(name);
    const first = compile(source, context);
    const text = dumpMerged(first.merged ?? new Map());
    // Inputs are in it by now, and the merged file declares none.
    const { inputs: _given, ...rest } = context;
    const second = compile({ file: source.file, text }, rest);
    const withoutWarnings = { ...first, problems: first.problems.filter(({ code }) => code !== 'duplicate-key') };
    const positionFree = (value: unknown) => JSON.stringify(value).replace(/yml:\d+:\d+/g, 'yml');
    expect(positionFree(summarize(second))).toBe(positionFree(summarize(withoutWarnings)));
  });

  it('keeps apart what YAML 1.1 would read as something else', () => {
    const { source, context } = readFixture('smallest');
    const text = 'job: {script: ["yes", "0777", "1:30", "1.0", "~", "on"], variables: {A: 1.0, B: "1.0", C: 010}}';
    const merged = compile({ ...source, text }, context).merged ?? new Map();
    const again = compile({ ...source, text: dumpMerged(merged) }, context);
    expect(again.problems).toEqual([]);
    expect(again.plan?.jobs[0]?.script).toEqual(['yes', '0777', '1:30', '1.0', '~', 'on']);
    expect(again.plan?.jobs[0]?.variables.map(({ value }) => value)).toEqual(['1.0', '1.0', '8']);
  });
});
