import type { Clock } from '../../base/index.ts';
import type { StepState } from '../executor.ts';
import { createScriptedLog, type ScriptedLog } from './scripted-log.ts';

/** What a scripted step does, one after the other. After the last act it ends with 0. */
export type Act =
  | { readonly do: 'print'; readonly text: string | Uint8Array }
  /** On the machine's clock. */
  | { readonly do: 'wait'; readonly ms: number }
  /** Writes a file of the project directory. */
  | { readonly do: 'write'; readonly path: string; readonly content: string }
  /** Writes a file of the temporary directory. */
  | { readonly do: 'note'; readonly name: string; readonly text: string }
  /** From here on TERM has no effect. */
  | { readonly do: 'ignore_term' }
  /** From here on a TERM breaks off the rest and plays these instead. */
  | { readonly do: 'on_term'; readonly acts: readonly Act[] }
  /** Leaves a process behind that outlives the step; TERM ends it. */
  | { readonly do: 'leave_process' }
  /** Goes on until a signal comes. */
  | { readonly do: 'hang' }
  /** Gone without an exit code, as after a kill from outside. `lastWords`: what is left of it prints them when it is signalled. */
  | { readonly do: 'vanish'; readonly lastWords?: string }
  | { readonly do: 'exit'; readonly code: number };

export interface ScriptedStep {
  readonly log: ScriptedLog;
  /** Whatever is said of its place. */
  isRunning(): boolean;
  look(): StepState;
  signal(signal: 'TERM' | 'KILL'): void;
  /** No exit code will ever come. */
  lose(end: StepState): void;
}

export interface ScriptedWorld {
  readonly clock: Clock;
  write(path: string, content: string): void;
  leaveNote(name: string, text: string): void;
  leaveProcess(): void;
  /** The log grew or the state changed. */
  onChange(): void;
}

/** Starts to play at once. */
export function playStep(acts: readonly Act[], world: ScriptedWorld): ScriptedStep {
  const log = createScriptedLog();
  let state: StepState = { kind: 'running' };
  let onTerm: readonly Act[] | 'ignore' | null = null;
  const lastWords: string[] = [];
  /** Aborted to break off what is being played. */
  let playing = new AbortController();

  function finish(end: StepState): void {
    if (state.kind !== 'running') return;
    state = end;
    playing.abort();
    world.onChange();
  }

  async function play(list: readonly Act[], codeAtEnd: number): Promise<void> {
    const { signal } = playing;
    for (const act of list) {
      await perform(act, signal);
      if (signal.aborted) return;
    }
    finish({ kind: 'ended', code: codeAtEnd });
  }

  async function perform(act: Act, signal: AbortSignal): Promise<void> {
    switch (act.do) {
      case 'print':
        log.append(Buffer.from(act.text));
        return world.onChange();
      case 'ignore_term':
        onTerm = 'ignore';
        return;
      case 'on_term':
        onTerm = act.acts;
        return;
      case 'vanish':
        lastWords.push(act.lastWords ?? '');
        return finish({ kind: 'vanished' });
      case 'exit':
        return finish({ kind: 'ended', code: act.code });
      default:
        return performOutside(act, world, signal);
    }
  }

  function signal(kind: 'TERM' | 'KILL'): void {
    log.append(Buffer.from(lastWords.splice(0).join('')));
    if (kind === 'KILL' || onTerm === null) finish({ kind: 'ended', code: kind === 'KILL' ? 137 : 143 });
    if (state.kind !== 'running' || onTerm === null || onTerm === 'ignore') return;
    const acts = onTerm;
    onTerm = 'ignore';
    playing.abort();
    playing = new AbortController();
    void play(acts, 143);
  }

  // Rejects only for an impossible script, such as a `write` out of the project; the test that wrote it is to crash.
  void play(acts, 0);
  return { log, isRunning: () => state.kind === 'running', look: () => state, signal, lose: finish };
}

type OutsideAct = Extract<Act, { do: 'wait' | 'write' | 'note' | 'leave_process' | 'hang' }>;

/** The acts that change nothing of the step itself. */
async function performOutside(act: OutsideAct, world: ScriptedWorld, signal: AbortSignal): Promise<void> {
  switch (act.do) {
    case 'wait':
      return world.clock.sleep(act.ms, signal);
    case 'write':
      return world.write(act.path, act.content);
    case 'note':
      return world.leaveNote(act.name, act.text);
    case 'leave_process':
      return world.leaveProcess();
    case 'hang':
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}
