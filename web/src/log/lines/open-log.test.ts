import { expect, it, vi } from 'vitest';
import type { Extent, LinesAnswer, LogSource } from './answers.ts';
import { openLog } from './open-log.ts';

/** A log of a coordinator that answers at once, and notes what it was asked. */
function fakeSource(total: number) {
  const asked: { from: number; count: number; sections: boolean }[] = [];
  const state = { total, resends: 0, growing: true, word: 'line' };
  const extent = (): Extent => ({
    total: state.total,
    size: state.total * 10,
    resends: state.resends,
    growing: state.growing,
    failed_line: null,
    sections: null,
  });
  const source: LogSource = {
    async lines(ask) {
      asked.push(ask);
      const from = ask.from < 0 ? Math.max(0, state.total + ask.from) : ask.from;
      const count = Math.max(0, Math.min(ask.count, state.total - from));
      const lines = Array.from({ length: count }, (_, i) => `${state.word} ${from + i}`);
      const sections = ask.sections ? [] : null;
      return { ...extent(), from, lines, cut: [], style: '', next_line: from + count, sections };
    },
    async search() {
      return { lines: [], next_offset: null, searched: 0, size: 0 };
    },
  };
  return { source, asked, state, extent };
}

it('asks for the end first, with the sections, and then for what is to be seen', async () => {
  const { source, asked } = fakeSource(10_000);
  const log = openLog(source, null);
  await vi.waitFor(() => expect(log.lines.text(9_999)).toBe('line 9999'));
  log.want(9_960, 10_000);
  log.want(5_100, 5_140);
  await vi.waitFor(() => expect(log.lines.text(5_139)).toBe('line 5139'));
  log.close();
  expect(asked[0]).toEqual({ from: -64, count: 64, sections: true });
  expect(asked.slice(1).every(({ sections }) => !sections)).toBe(true);
});

it('opens around a line that the address names', async () => {
  const { source, asked } = fakeSource(10_000);
  const log = openLog(source, 7_000);
  await vi.waitFor(() => expect(log.lines.text(7_000)).toBe('line 7000'));
  log.close();
  expect(asked[0]).toMatchObject({ from: 6_968, count: 64 });
});

it('replaces what it holds by the lines of the stream, and says from where it wants them', async () => {
  const { source, extent, state } = fakeSource(10);
  const log = openLog(source, null);
  await vi.waitFor(() => expect(log.tail()).toBe(9));
  state.total = 12;
  log.hear({ ...extent(), from: 9, lines: ['line 9, whole', 'b', 'c'], cut: [], style: '' });
  expect([log.lines.text(8), log.lines.text(9), log.lines.text(11)]).toEqual(['line 8', 'line 9, whole', 'c']);
  expect(log.extent.value?.total).toBe(12);
  expect(log.tail()).toBe(11);
  log.close();
});

it('fetches what grew where the stream brings no lines', async () => {
  const { source, extent, state } = fakeSource(10);
  const log = openLog(source, null);
  await vi.waitFor(() => expect(log.tail()).toBe(9));
  log.want(0, 40);
  Object.assign(state, { total: 11, word: 'grown' });
  log.hear(extent());
  await vi.waitFor(() => expect([log.lines.text(9), log.lines.text(10)]).toEqual(['grown 9', 'grown 10']));
  expect(log.lines.text(8)).toBe('line 8');
  log.close();
});

it('throws away all lines when the log was begun anew', async () => {
  const { source, extent, state } = fakeSource(100);
  const log = openLog(source, null);
  await vi.waitFor(() => expect(log.tail()).toBe(99));
  Object.assign(state, { total: 3, resends: 1, word: 'anew' });
  log.want(0, 40);
  log.hear(extent());
  expect(log.lines.text(50)).toBeNull();
  await vi.waitFor(() => expect(log.lines.text(2)).toBe('anew 2'));
  log.close();
});

it('does not take the end of an answer that the stream has overtaken', async () => {
  const { source, extent, state } = fakeSource(10);
  const held = Promise.withResolvers<LinesAnswer>();
  const first = await source.lines({ from: 0, count: 500, sections: true }, new AbortController().signal);
  const log = openLog({ ...source, lines: () => held.promise }, null);
  state.total = 12;
  log.hear({ ...extent(), from: 9, lines: ['nine', 'ten', 'eleven'], cut: [], style: '' });
  held.resolve(first);
  await vi.waitFor(() => expect(log.lines.text(0)).toBe('line 0'));
  expect([log.lines.text(8), log.lines.text(9), log.extent.value?.total]).toEqual(['line 8', 'nine', 12]);
  log.close();
});

it('says why lines are not there', async () => {
  const { source } = fakeSource(10);
  const refused = () => Promise.reject(new Error('The coordinator did not answer.'));
  const log = openLog({ ...source, lines: refused }, null);
  await vi.waitFor(() => expect(log.trouble.value).toBe('The coordinator did not answer.'));
  log.close();
});

it('fetches lines to copy that are not held', async () => {
  const { source } = fakeSource(5_000);
  const log = openLog(source, null);
  await vi.waitFor(() => expect(log.tail()).toBe(4_999));
  const texts = await log.fetch(10, 1_200, new AbortController().signal);
  expect([texts.length, texts[0], texts.at(-1)]).toEqual([1_190, 'line 10', 'line 1199']);
  log.close();
});
