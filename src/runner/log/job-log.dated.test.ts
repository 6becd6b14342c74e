import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Place } from '../../executors/index.ts';
import { dateLines } from './date-lines.ts';
import { JobLog } from './job-log.ts';
import { createLogFilter } from './log-filter.ts';
import { sectionEnd, sectionStart, title } from './sections.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-log-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const AT = Date.UTC(2026, 10, 28, 8, 35, 54, 576);
const STAMP = '2026-11-28T08:35:54.576000Z';

function open(limitBytes = 1e6): JobLog {
  const filter = createLogFilter({ maskedValues: ['secret'], tokenPrefixes: [] });
  return new JobLog({ directory, filter, now: () => AT, limitBytes, onGrowth: () => {} });
}

/** A step that has printed so much of its text. */
function printed(text: string): Place {
  const readLog = async (_: string, offset: number, into: Uint8Array) =>
    Buffer.from(text).copy(into, 0, offset, offset + into.length);
  return { readLog, cutLog: async () => 0 } as unknown as Place;
}

function spool(): string {
  return readFileSync(join(directory, 'log'), 'utf8');
}

/** As a viewer does. */
function undated(log: string): string {
  return log
    .split(/(?<=\n)/)
    .reduce((before, line) => (line[31] === '+' ? before.slice(0, -1) : before) + line.slice(32), '');
}

describe('a log with dated lines', () => {
  it('has the bytes of the log of a GitLab runner', async () => {
    const log = open();
    log.write(sectionStart('step_script', AT));
    log.write(title('Executing "step_script" stage of the job script'));
    log.beginStep('step_script', '');
    await log.ship(printed('hello secret\nno end'), true);
    log.write(sectionEnd('step_script', AT));
    log.close();
    expect(spool()).toBe(
      [
        `${STAMP} 00O section_start:1795854954:step_script\r\u001b[0K`,
        `${STAMP} 00O+\u001b[0K\u001b[36;1mExecuting "step_script" stage of the job script\u001b[0;m\u001b[0;m`,
        `${STAMP} 01O hello [MASKED]`,
        `${STAMP} 01O no end`,
        `${STAMP} 00O+section_end:1795854954:step_script\r\u001b[0K`,
        '',
      ].join('\n'),
    );
  });

  it('is the same log, wherever its pieces ended and whoever went on', async () => {
    const text = 'one\ntwo secret\n\nfo\u00fcr\n\r5%\r10%';
    for (let cut = 0; cut <= text.length; cut += 1) {
      const first = open();
      if (cut === 0) first.beginStep('a', 'heading\n');
      await first.ship(printed(text.slice(0, cut)), false);
      first.close();
    }
    const last = open();
    await last.ship(printed(text), true);
    last.write('\nend\n');
    last.close();
    expect(undated(spool())).toBe('heading\none\ntwo [MASKED]\n\nfo\u00fcr\n\r5%\r10%\nend\n');
  });

  it('counts nothing of its dates against the limit', async () => {
    const log = open(6);
    log.beginStep('a', '');
    await log.ship(printed('1\n2\n3\n'), true);
    log.close();
    expect(undated(spool())).toBe('1\n2\n3\n');
  });
});

it('can be undone, however a text is cut', () => {
  const pieces = fc.array(fc.stringMatching(/^[a\n\r]{0,6}$/), { maxLength: 12 });
  fc.assert(
    fc.property(pieces, (texts) => {
      let isOpen = false;
      let log = '';
      for (const text of texts) {
        const dated = dateLines({ piece: Buffer.from(text), at: AT, stream: 'step', isOpen });
        log += dated.bytes;
        isOpen = dated.isOpen;
      }
      const whole = texts.join('');
      expect(undated(log)).toBe(whole === '' || whole.endsWith('\n') ? whole : `${whole}\n`);
    }),
  );
});
