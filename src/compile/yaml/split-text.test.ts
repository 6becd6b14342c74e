import { describe, expect, it } from 'vitest';
import { readFixture } from '../fixtures/read-fixture.ts';
import { compile } from '../index.ts';
import { splitText } from './split-text.ts';

const { context } = readFixture('smallest');
const jobs = (count: number) =>
  Array.from({ length: count }, (_, index) => `job-${index}:\n  extends: .base\n  script: [echo ${index}, *line]\n`);
const head = '.base: {tags: [a]}\n.line: &line >\n  folded\n  text\n\n';
const large = head + jobs(4000).join('');

/** A directive makes the reader take the file as a whole; everything then stands two lines lower. */
const asWhole = (text: string) => `%YAML 1.1\n---\n${text}`;
const compileText = (text: string) => compile({ file: 'ci.yml', text }, context);

describe('a large file', () => {
  it('is cut before root keys, and nothing is lost', () => {
    const pieces = splitText(large);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join('')).toBe(large);
    for (const piece of pieces.slice(1)) expect(piece).toMatch(/^job-\d+:\n/);
  });

  it('read in pieces gives the plan of the whole, anchors included', () => {
    const result = compileText(large);
    expect(result.problems).toEqual([]);
    expect(result.plan?.jobs).toHaveLength(4000);
    expect(result.plan?.jobs.at(-1)?.script).toEqual(['echo 3999', 'folded text\n']);
    expect(result.plan).toEqual(compileText(asWhole(large)).plan);
  });

  it('read in pieces knows a key that overrides a merged one from a key that stands twice', () => {
    const merged = `.all: &all {job-10: {script: a}, job-3990: {script: b}}\n<<: *all\n${large}`;
    expect(compileText(merged).problems).toEqual([]);
    const [twice, ...more] = compileText(`${merged}job-3990: {script: c}\n`).problems;
    expect(twice).toMatchObject({ code: 'duplicate-key', severity: 'warning' });
    expect(more).toEqual([]);
  });

  it.each([
    ['an unknown key', large.replace('job-3000:\n', 'job-3000:\n  scirpt: x\n')],
    ['a second job of the same name', `${large}job-17:\n  script: x\n`],
    ['a wrong value in a job that stands twice', `${large}job-17:\n  script: x\n  retry: 9\n`],
    ['an unknown alias', large.replace('echo 3000, *line', 'echo 3000, *lime')],
    ['a syntax error', large.replace('[echo 3000, *line]', '[echo 3000, *line')],
    ['a quote that is never closed', large.replace('[echo 2500, *line]', '"echo')],
    ['a flow mapping over the cuts', `all: {\n${'a: b,\n'.repeat(40_000)}}\n`],
    ['a root that is not at the left', `  a: {script: x}\n${large}`],
    ['a second document', `${large.replace('job-3000:\n', 'job-3000:\n  retry: 9\n')}---\nother: {retry: 8}\n`],
    ['an end mark in its middle', large.replace('job-3000:', '...\njob-3000:')],
    ['a list', '- a\n'.repeat(60_000)],
  ])('with %s gives the problems of the whole, at the same places', (_, text) => {
    const lower = compileText(asWhole(text)).problems;
    const up = (line: number | string) => Number(line) - 2;
    const higher = lower.map((problem) => ({
      ...problem,
      line: up(problem.line ?? 0),
      message: problem.message.replace(/(?<=opens at line )\d+/, (line) => String(up(line))),
    }));
    const isAboutFile = lower.some(({ code }) => code === 'not-a-mapping');
    expect(lower.length).toBeGreaterThan(0);
    expect(compileText(text).problems).toEqual(isAboutFile ? lower : higher);
  });
});
