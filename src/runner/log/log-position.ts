import { errorCode, isNoFile, readRegularFile } from '../../base/index.ts';

/** How far a job's log has got. */
export interface LogPosition {
  /** So many bytes of the spool are good. */
  readonly spool: number;
  /** They end after byte `offset` of this step's own log. */
  readonly step: string | null;
  readonly offset: number;
  /** Bytes of all steps that count against the limit. */
  readonly printed: number;
  /** How many of them there may be, as long as this step prints. */
  readonly allowed: number;
  /** This step printed more, which was dropped. */
  readonly isOver: boolean;
  /** It was said that more than that were printed. */
  readonly isCut: boolean;
  readonly dropped: number;
  /** Of a log whose lines are dated: the last one is to be continued. */
  readonly isOpen: boolean;
}

export const START: LogPosition = {
  spool: 0,
  step: null,
  offset: 0,
  printed: 0,
  allowed: 0,
  isOver: false,
  isCut: false,
  dropped: 0,
  isOpen: false,
};

/** The position is padded to this, so that each write covers the one before and stays in its block. */
const POSITION_BYTES = 320;

export function formatPosition(position: LogPosition): string {
  return `${JSON.stringify(position).padEnd(POSITION_BYTES - 1)}\n`;
}

/** null where none was written yet, or it is damaged: how far the log got is not known then. */
export function readPosition(path: string): LogPosition | null {
  try {
    const text = readRegularFile(path).toString();
    const position = JSON.parse(text) as Partial<LogPosition> | null;
    return isCount(position?.spool) && isCount(position?.offset) ? { ...START, ...position } : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT' || isNoFile(error)) return null;
    throw error;
  }
}

function isCount(value: number | undefined): boolean {
  return Number.isSafeInteger(value) && (value ?? -1) >= 0;
}
