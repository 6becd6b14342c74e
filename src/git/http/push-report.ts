import { gitFailure } from '../process/git-failure.ts';
import { bandPackets, createPacketReader, FLUSH, packet } from './pkt-line.ts';
import type { PushedRef } from './push.ts';
import type { WireCommand } from './push-request.ts';

/** What git said of one ref, and the lines after it (`option …`, of `report-status-v2`). */
interface RefReport {
  readonly reason: string | null;
  readonly extra: readonly string[];
}

export interface GitReport {
  /** `ok`, or what went wrong with the pack. */
  readonly unpack: string;
  /** By the ref's bytes. */
  readonly refs: ReadonlyMap<string, RefReport>;
}

/** Far more than ten thousand refs. */
const MAX_REPORT_BYTES = 16 * 1024 * 1024;

/** Takes receive-pack's answer apart: progress goes on at once, the report is held. */
export interface AnswerReader {
  push(chunk: Buffer): Promise<void>;
  /** null when git died before its report was whole. */
  report(): GitReport | null;
}

export function createAnswerReader(progress: (data: Buffer) => Promise<void>): AnswerReader {
  const reader = createPacketReader();
  const held: Buffer[] = [];
  let bytes = 0;
  return {
    async push(chunk) {
      reader.push(chunk);
      for (let data = reader.next(); data !== undefined; data = reader.next()) {
        if (data === null) continue;
        if (data[0] !== 1) await progress(data.subarray(1));
        else {
          held.push(Buffer.from(data.subarray(1)));
          bytes += data.length;
          if (bytes > MAX_REPORT_BYTES) throw gitFailure('output_too_large', 'the report of a push is too long');
        }
      }
    },
    report: () => parseReport(Buffer.concat(held)),
  };
}

function parseReport(bytes: Buffer): GitReport | null {
  const reader = createPacketReader();
  reader.push(bytes);
  const refs = new Map<string, { reason: string | null; extra: string[] }>();
  let unpack: string | null = null;
  let last: { extra: string[] } | null = null;
  for (let data = reader.next(); data !== null; data = reader.next()) {
    if (data === undefined) return null;
    const line = data.toString('latin1').replace(/\n$/, '');
    const [, word = '', rest = ''] = /^(\S+) (.*)$/s.exec(line) ?? [];
    if (word === 'unpack') unpack = rest;
    else if (word === 'option') last?.extra.push(line);
    else if (word === 'ok' || word === 'ng') {
      const [, name = rest, reason = ''] = (word === 'ng' && /^(\S+) (.*)$/s.exec(rest)) || [];
      const found = { reason: word === 'ok' ? null : Buffer.from(reason, 'latin1').toString(), extra: [] };
      refs.set(name, found);
      last = found;
    }
  }
  return unpack === null ? null : { unpack, refs };
}

export interface AnsweredRef {
  readonly command: WireCommand;
  readonly pushed: PushedRef;
}

/** The report as the client gets it: refs in its order, ours and git's. */
export function writeReport(unpack: string, refs: readonly AnsweredRef[], git: GitReport | null): Buffer {
  const lines = refs.flatMap(({ command: { wireRef }, pushed }) => {
    const name = Buffer.from(wireRef, 'latin1');
    if (pushed.accepted) {
      const extra = git?.refs.get(wireRef)?.extra ?? [];
      return [
        line(Buffer.concat([Buffer.from('ok '), name])),
        ...extra.map((text) => line(Buffer.from(text, 'latin1'))),
      ];
    }
    return [line(Buffer.concat([Buffer.from('ng '), name, Buffer.from(` ${pushed.reason}`)]))];
  });
  return Buffer.concat([line(Buffer.from(`unpack ${unpack}`)), ...lines, FLUSH]);
}

function line(bytes: Buffer): Buffer {
  return packet(Buffer.concat([bytes, Buffer.from('\n')]));
}

const MAX_LINES = 200;
const MAX_LINE_BYTES = 1000;

/** Lines for the pusher's screen; no control character of ours gets there. */
export function writeLines(lines: readonly string[]): Buffer {
  const text = lines.slice(0, MAX_LINES).map((one) => `${oneLine(one)}\n`);
  return bandPackets(2, Buffer.from(text.join('')));
}

/** Fit for a report or a screen. */
export function oneLine(text: string): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ');
  return Buffer.byteLength(plain) <= MAX_LINE_BYTES ? plain : `${plain.slice(0, MAX_LINE_BYTES / 4)}…`;
}
