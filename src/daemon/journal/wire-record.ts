import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootId, errorCode, readRegularFile, writeDurably } from '../../base/index.ts';
import type { RunnerEntry } from '../config/runner-config.ts';

/** `wire.json` in a job's home: to whom it belongs. There before anything else of the job is. */
export interface WireRecord {
  /** `RunnerEntry.key`, and its name and address when the job was taken. */
  readonly entry: { readonly key: string; readonly name: string; readonly url: string };
  /** The server has what goes beyond GitLab's protocol. */
  readonly hasAdditions: boolean;
  /** Of the machine; null: it has none. */
  readonly boot: string | null;
}

const RECORD = 'wire.json';
const ACKNOWLEDGED = 'wire.acknowledged';
const LOST = 'wire.lost';

export function wireRecordOf(
  { key, name, url }: Pick<RunnerEntry, 'key' | 'name' | 'url'>,
  hasAdditions: boolean,
): WireRecord {
  return { entry: { key, name, url: url() }, hasAdditions, boot: bootId() };
}

/**
 * @param isDurable also after a power cut: of a job that may owe a cleanup
 * @throws the system's error: the job cannot be accepted
 */
export function writeWireRecord(directory: string, record: WireRecord, isDurable: boolean): void {
  writeDurably(join(directory, RECORD), JSON.stringify({ version: 1, ...record }), isDurable);
}

/** null: there is none that can be read. */
export function readWireRecord(directory: string): WireRecord | null {
  try {
    const content = JSON.parse(readRegularFile(join(directory, RECORD)).toString());
    const { entry, hasAdditions = false, boot = null } = content ?? {};
    const isWhole = [entry?.key, entry?.name, entry?.url].every((text) => typeof text === 'string');
    return isWhole ? { entry, hasAdditions, boot } : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return null;
    throw error;
  }
}

/** A server that gives a job to somebody else when it does not hear of it has heard of this one. */
export function noteAcknowledged(directory: string): void {
  writeDurably(join(directory, ACKNOWLEDGED), '', true);
}

export function isAcknowledged(directory: string): boolean {
  return existsSync(join(directory, ACKNOWLEDGED));
}

/** The journal cannot be read, and its entry knows that a cleanup may be lost with it. */
export function noteCountedLost(directory: string): void {
  writeDurably(join(directory, LOST), '', true);
}

export function isCountedLost(directory: string): boolean {
  return existsSync(join(directory, LOST));
}
