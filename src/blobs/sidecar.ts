import type { StoredBlob } from './blob-store.ts';

const TEXT = /^([0-9a-f]{64}) ([0-9]{1,16})(?: (\S+))?\n$/;

export interface Sidecar extends StoredBlob {
  /** What the store calls this version of the blob, where it has a word for it. */
  readonly version: string | null;
}

/** The small text that lies beside a blob; `sha256sum` is all that is needed to check one by hand. */
export function formatSidecar({ sha256, sizeBytes, version }: Sidecar): string {
  return `${sha256} ${sizeBytes}${version === null ? '' : ` ${version}`}\n`;
}

/** Null for anything else. */
export function parseSidecar(text: string): Sidecar | null {
  const [, sha256, sizeBytes, version = null] = TEXT.exec(text) ?? [];
  return sha256 === undefined ? null : { sha256, sizeBytes: Number(sizeBytes), version };
}
