import type { ExecStreams } from './reach.ts';

/** A POSIX sh program for the container of a job. What it is to know stands in it, quoted (`quoteWord`); its words on the way are short and say nothing. */
export interface ProgramRequest {
  /** For `ps` and audit logs: letters and `-`, 20 at most, `look`, `collect-list`. */
  readonly what: string;
  /**
   * At most `MAX_PROGRAM_BYTES`, without a NUL, a here-document and a line `#end`. Data may follow it on stdin, so much and no more: the end of stdin may never come, so whatever would wait for it
   * (`tar` does, `cat`) reads from `head -c <bytes>`. Exit codes 91 and 97 are ours.
   */
  readonly program: string;
  /** `user`: the container's own. `root`: see `ExecOptions.as`. */
  readonly as: 'user' | 'root';
  /** Gives it up with a Failure `canceled`; what was begun may go on there. */
  readonly signal?: AbortSignal;
}

export interface AskedProgram extends ProgramRequest {
  /** Follows the program on stdin, again with each try. */
  readonly data?: Uint8Array;
  /** Of both outputs, each. More is a Failure `answer_too_long`. Unset: 64 KiB. */
  readonly limitBytes?: number;
  /** Of one try, from its connection to its exit code. Unset: 60 s. */
  readonly timeoutMs?: number;
}

export interface ProgramAnswer {
  readonly code: number;
  readonly stdout: Buffer;
  /** Of whoever complains there: for messages. */
  readonly stderr: string;
}

/** Runs programs in the container of a job, which is found, started or made anew for it where it does not run. */
export interface RemotePrograms {
  /**
   * To its end, and as often as it takes: a try whose connection was refused or cut is followed by another, so a program that was carried out already, wholly or in part, is carried out once more.
   * @throws Failure `place_lost`: not for 10 minutes, by the job's clock; `container_gone`; `answer_too_long`; `canceled`; `executor_unavailable`
   */
  ask(request: AskedProgram): Promise<ProgramAnswer>;
  /**
   * Once. The program is on its way when this resolves: what the caller writes to `stdin` is its data. Both outputs are read to their ends or the whole is closed. A connection that ends early may
   * look as if the program had printed no more: what has to be whole says so itself (a count at its end, a tar's last blocks).
   * @throws Failure `reach_cut`, also by `code`: whether it has run is not known. `place_lost`, `container_gone`, `canceled`, `executor_unavailable` as above
   */
  open(request: ProgramRequest): Promise<ExecStreams>;
}

/** More than an environment that a start brings along. */
export const MAX_PROGRAM_BYTES = 256 * 1024;
