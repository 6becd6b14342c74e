/** How a program has ended that was run in a container. */
export interface InsideResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the job's container, as whoever may do most there, to its end. null: the container does not run, or is not there. */
export type RunInside = (command: readonly string[], signal?: AbortSignal) => Promise<InsideResult | null>;
