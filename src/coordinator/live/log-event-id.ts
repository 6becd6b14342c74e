/** What a watcher of a log has seen: its bytes up to `offset`, after some of them had been taken back `resends` times. */
export interface SeenLog {
  readonly offset: number;
  /** Null: it does not say, and takes the log as it is now. */
  readonly resends: number | null;
}

/** `5000`, and in a log of which something was taken back, `5000.1`. */
export function logEventId({ offset, resends }: SeenLog): string {
  return resends ? `${offset}.${resends}` : String(offset);
}

/** Null: none of ours. */
export function readLogEventId(text: string): SeenLog | null {
  const [, offset, resends = '0'] = /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  return offset === undefined ? null : { offset: Number(offset), resends: Number(resends) };
}
