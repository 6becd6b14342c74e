/** A variable of a job, as in a plan and on the wire. Of several with one key the last counts. */
export interface Variable {
  readonly key: string;
  readonly value: string;
  /** May be shown to anybody who sees the job. */
  readonly public: boolean;
  /** The log does not show the value. */
  readonly masked: boolean;
  /** Written to a file; the variable holds its path. */
  readonly file: boolean;
  /** `expand: false`: `$` stays as written. */
  readonly raw: boolean;
}

/** A variable of no special kind. */
export function plainVariable(key: string, value: string, { raw }: { readonly raw: boolean }): Variable {
  return { key, value, public: true, masked: false, file: false, raw };
}
