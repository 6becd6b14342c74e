/** What an operator may set of what runners send. */
export interface RunnerLimits {
  /** A log keeps so many bytes. What comes after is acknowledged and dropped: to refuse it would end the job without its cleanup. */
  readonly maxLogBytes: number;
  /** Of one upload. */
  readonly maxArtifactBytes: number;
  /** Managers under one token that may listen for events, at each replica. */
  readonly maxStreamsPerRunner: number;
}

export const DEFAULT_LIMITS: RunnerLimits = {
  maxLogBytes: 100 << 20,
  maxArtifactBytes: 2 ** 30,
  maxStreamsPerRunner: 2_000,
};
