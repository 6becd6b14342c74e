/** One living process, as the system shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  readonly group: number;
  /** Where the system does not show sessions: the group. */
  readonly session: number;
  readonly hasTerminal: boolean;
  /** Clock ticks since boot; 0 where the system does not show it. */
  readonly startedAt: number;
  /** Its main thread has ended and others live on: /proc then tells of memory and files only through those. */
  readonly isHeadless: boolean;
}
