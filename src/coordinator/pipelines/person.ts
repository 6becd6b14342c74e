/** Who asked for a change of a pipeline. */
export interface Person {
  /** Null: nobody with an account, such as an administrator on the command line. */
  readonly id: number | null;
  /** As it is noted with a cancel. */
  readonly name: string;
}
