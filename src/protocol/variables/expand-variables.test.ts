// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CI variables.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandText, expandVariables } from './expand-variables.ts';

const LOOKUP = (name: string) => ({ A: 'one', EMPTY: '', PRICE: '$A' })[name];

describe('expandText', () => {
  it.each([
    ['plain', 'plain'],
    ['$A/${A}/%A%', 'one/one/one'],
    ['$A_B $AB', '$A_B $AB'],
    ['${A}B', 'oneB'],
    ['[$EMPTY]', '[]'],
    ['$UNKNOWN ${UNKNOWN} %UNKNOWN%', '$UNKNOWN ${UNKNOWN} %UNKNOWN%'],
    ['$$A', '$$A'],
    ['%%A%', '%%A%'],
    ['$$$A', '$$one'],
    ['$PRICE', '$A'],
    ['$1 $- ${} $', '$1 $- ${} $'],
    ['100%', '100%'],
  ])('%j becomes %j', (text, expected) => {
    expect(expandText(text, LOOKUP)).toBe(expected);
  });
});

describe('expandVariables', () => {
  const expand = (
    text: Record<string, string>,
    raw: readonly string[] = [],
    outer?: (name: string) => string | undefined,
  ) => {
    const variables = Object.entries(text).map(([key, value]) => ({ key, value, raw: raw.includes(key) }));
    const { values, cycles } = expandVariables(variables, outer);
    return { values: Object.fromEntries(values), cycles };
  };

  it('leaves as they are those that would get far too long, one by one or all together', () => {
    const doubled = Array.from({ length: 40 }, (_, at) => [`A${at + 1}`, `$A${at}$A${at}`]);
    const { values } = expand({ A0: 'x'.repeat(1024), ...Object.fromEntries(doubled) });
    expect([values.A7, values.A8].map((value) => value?.length)).toEqual([128 * 1024, '$A7$A7'.length]);
    const many = Array.from({ length: 1_000 }, (_, at) => [`B${at}`, '$A'.repeat(100)]);
    const all = expand({ A: 'x'.repeat(1024), ...Object.fromEntries(many) }).values;
    expect(Object.values(all).reduce((sum, value) => sum + value.length, 0)).toBeLessThan(17 * 1024 * 1024);
  });

  it('expands through any number of steps, in any order', () => {
    expect(expand({ C: '$B!', B: '${A}?', A: 'a' }).values).toEqual({ A: 'a', B: 'a?', C: 'a?!' });
  });

  it('leaves raw variables as they are but inserts them into others', () => {
    expect(expand({ RAW: '$A', A: 'a', B: '[$RAW]' }, ['RAW']).values).toEqual({ RAW: '$A', A: 'a', B: '[$A]' });
  });

  it('asks outside for names that it lacks', () => {
    expect(expand({ A: '$HOME/$GONE' }, [], (name) => (name === 'HOME' ? '/root' : undefined)).values).toEqual({
      A: '/root/$GONE',
    });
  });

  it('reads a variable that names itself as the outer one', () => {
    expect(expand({ PATH: '$PATH:/opt' }).values).toEqual({ PATH: '$PATH:/opt' });
    expect(expand({ PATH: '$PATH:/opt' }, [], () => '/bin')).toEqual({ values: { PATH: '/bin:/opt' }, cycles: [] });
  });

  it('reports cycles and keeps their members as written', () => {
    expect(expand({ A: '$B', B: '$C', C: '$A', D: 'see $A' })).toEqual({
      values: { A: '$B', B: '$C', C: '$A', D: 'see $B' },
      cycles: [['A', 'B', 'C']],
    });
  });

  it('lets the last of equal keys count', () => {
    const variables = [
      { key: 'A', value: '$B', raw: false },
      { key: 'A', value: 'x', raw: false },
    ];
    expect(Object.fromEntries(expandVariables(variables).values)).toEqual({ A: 'x' });
  });

  it('follows a chain longer than the call stack is deep', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) => ({
      key: `V${index}`,
      value: `$V${index + 1}`,
      raw: false,
    }));
    const { values } = expandVariables([...chain, { key: 'V50000', value: 'end', raw: false }]);
    expect(values.get('V0')).toBe('end');
  });

  it('agrees with plain recursion wherever there is no cycle, whatever the order', () => {
    const keys = ['V0', 'V1', 'V2', 'V3', 'V4'];
    const piece = fc.tuple(fc.constantFrom('', 'x', '$', '{', '%'), fc.nat(4));
    const texts = fc.array(fc.array(piece, { maxLength: 3 }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(texts, fc.shuffledSubarray(keys, { minLength: 5 }), (pieces, order) => {
        const forms = (key: string) => ({ '': '', x: 'x', $: `$${key} `, '{': `\${${key}}`, '%': `%${key}%` });
        // Only later keys are referred to, so that there is no cycle.
        const usable = pieces.map((list, index) => list.filter(([, target]) => target > index));
        const write = (index: number, insert: (target: number, form: keyof ReturnType<typeof forms>) => string) =>
          (usable[index] ?? [])
            .map(([form, target]) => insert(target, form as keyof ReturnType<typeof forms>))
            .join('');
        const expected = (index: number): string =>
          write(index, (target, form) =>
            form === '' || form === 'x' ? form : expected(target) + (form === '$' ? ' ' : ''),
          );
        const variables = order.map((key) => ({
          key,
          value: write(keys.indexOf(key), (target, form) => forms(`V${target}`)[form]),
          raw: false,
        }));
        const { values, cycles } = expandVariables(variables);
        expect(cycles).toEqual([]);
        for (const [index, key] of keys.entries()) expect(values.get(key)).toBe(expected(index));
      }),
    );
  });
});
