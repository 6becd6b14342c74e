/** What runs the jobs of a cell. */
export interface CellExecutor {
  /** Words of `epilogue runner run`. */
  words(runner: RunnerOfCell): readonly string[];
  /** What ends beside the processes of jobs when a host loses its power. */
  losePower(place: string): void;
  /** What jobs of the runner in this directory have left beside processes, by name. */
  left(directory: string): Promise<readonly string[]>;
}

export interface RunnerOfCell {
  readonly url: string;
  /** Holds the runner's token. */
  readonly tokenFile: string;
  /** Of the runner. */
  readonly directory: string;
  /** Whatever this cell writes lies below it, but for the runner's directory. */
  readonly place: string;
}

/** In `place`: what the scripts of jobs read and write. */
export const GATES = 'gates';

export const shellExecutor: CellExecutor = {
  words: ({ url, tokenFile, directory }) => [
    ...['--url', url, '--token-file', tokenFile, '--directory', directory],
    ...['--concurrent', '1', '--no-guard'],
  ],
  losePower: () => undefined,
  left: async () => [],
};
