import type { Place } from '../yaml/source-map.ts';

export type InputType = 'string' | 'number' | 'boolean' | 'array';

/** One entry of `spec:inputs`. */
export interface InputSpec {
  readonly name: string;
  readonly type: InputType;
  /** undefined: none, so the input is required. */
  readonly default: unknown;
  /** null: any value. */
  readonly options: readonly unknown[] | null;
  readonly regex: string | null;
  readonly description: string | null;
  readonly place: Place;
}
