import type { Clock } from '../base/index.ts';
import type { Environment } from './terminal/colour.ts';
import type { Output } from './terminal/output.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
export type OtherSignal = 'SIGQUIT' | 'SIGUSR2';

/** The process and what is around it, as main.ts found it. Nothing below main.ts looks at the real one. */
export interface Host {
  readonly env: Environment;
  readonly cwd: string;
  /** null: HOME is not set, and the system knows of none either, as in a container that runs under any uid. */
  readonly homeDir: string | null;
  /** The user whom everything belongs to: settings and state of the whole machine are ours. */
  readonly isRoot: boolean;
  readonly version: string;
  /** How many things the machine can do at once. */
  readonly cores: number;
  /** The command line that starts this program again, without arguments. */
  readonly program: readonly string[];
  readonly clock: Clock;
  readonly stdout: Output;
  readonly stderr: Output;
  /** What somebody types after the question; null: nobody is there. */
  ask(question: string): Promise<string | null>;
  /** While a listener is there, these signals no longer end the process. Returns how to stop listening. */
  onStopSignal(listener: (signal: StopSignal) => void): () => void;
  /** The same for one that no run listens to. */
  onSignal(signal: OtherSignal, listener: () => void): () => void;
  /** The program goes on after it was stopped. */
  onResume(listener: () => void): () => void;
}

/** A command: its arguments without its own name; resolves to the exit code. */
export type CommandFunction = (args: readonly string[], host: Host) => Promise<number>;

/** Exit codes. `leftOver`: there is work left that somebody has to go on with (`EX_TEMPFAIL` of sysexits.h). */
export const EXIT = { ok: 0, failed: 1, usage: 2, leftOver: 75 } as const;
