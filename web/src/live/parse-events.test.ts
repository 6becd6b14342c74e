import { expect, it } from 'vitest';
import { createEventParser } from './parse-events.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const STREAM =
  ': \n\nevent: pipeline\nid: 1\ndata: {"a":"€ x"}\n\nevent: two\r\ndata: [1,\r\ndata: 2]\r\n\r\nretry: 100\n\ndata: {"no":"name"}\n\nevent: none\n\nevent:tight\ndata:3\n\n';
const EVENTS = [
  { event: 'pipeline', data: { a: '€ x' } },
  { event: 'two', data: [1, 2] },
  { event: 'tight', data: 3 },
];

it('reads events in whatever pieces they come', () => {
  const whole = bytes(STREAM);
  for (let size = 1; size <= whole.length; size += 1) {
    const parser = createEventParser();
    const events = [];
    for (let at = 0; at < whole.length; at += size) events.push(...parser.push(whole.subarray(at, at + size)));
    expect([size, events]).toEqual([size, EVENTS]);
    expect(parser.retryMs()).toBe(100);
  }
});

it('says nothing of an event that has not ended', () => {
  const parser = createEventParser();
  expect(parser.push(bytes('event: a\ndata: 1\n'))).toEqual([]);
  expect(parser.retryMs()).toBeNull();
  expect(parser.push(bytes('\n'))).toEqual([{ event: 'a', data: 1 }]);
});

it('throws on what is none of ours', () => {
  expect(() => createEventParser().push(bytes('event: a\ndata: <html>\n\n'))).toThrow();
});
