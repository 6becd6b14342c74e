import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Failure } from '../../../../base/index.ts';
import type { ExecStreams } from '../../reach.ts';
import type { ProgramRequest, RemotePrograms } from '../../run-program.ts';

// Programs of a remote place on this machine: a real shell, real tar and find, and connections that end when a test wants that.

/** Whose shell and programs. */
export interface Tools {
  readonly name: string;
  readonly shell: string;
  readonly path: string;
}

/** What becomes of one connection. */
export interface Fault {
  /** Only of such a program. */
  readonly what: string;
  /** It is cut after so many bytes of its output. */
  readonly afterOutput?: number;
  /** It is cut before what would be more than so many bytes of data have gone. */
  readonly afterInput?: number;
  /** It runs to its end, and its answer is lost. */
  readonly answer?: 'lost';
  /** It is cut when all was sent, and nothing of it arrives before `arrive`. */
  readonly isLate?: true;
}

export interface LocalPrograms extends RemotePrograms {
  /** The next ones, in this order. */
  readonly faults: Fault[];
  /** Of each program that was run. */
  readonly ran: string[];
  /** What is late arrives, and is run to its end. @returns its exit codes */
  arrive(): Promise<readonly number[]>;
  /** Called when a connection is given up, or cut. */
  onCut: () => void;
  /** Runs another program instead. */
  replace: ((request: ProgramRequest) => string | null) | null;
}

const BOOTSTRAP = `p=
while IFS= read -r l; do
  [ "$l" != "#end" ] || { eval "$p"; exit; }
  p="$p$l
"
done
exit 99`;

/** Those of this machine: Debian's. */
export const gnu: Tools = { name: 'GNU', shell: 'sh', path: process.env.PATH ?? '' };

/** What a job's image needs, but for one. */
export function gnuWithout(directory: string, missing: string): Tools {
  const path = join(directory, 'bin');
  mkdirSync(path, { recursive: true });
  for (const name of ['sh', 'cat', 'dd', 'find', 'head', 'mkdir', 'mv', 'rm', 'stat', 'tar']) {
    const program = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    if (name !== missing) symlinkSync(program, join(path, name));
  }
  return { name: `GNU without ${missing}`, shell: join(path, 'sh'), path };
}

/** A directory with nothing but busybox in it. null: there is none on this machine. */
export function busyboxIn(directory: string): Tools | null {
  let applets: readonly string[];
  let program: string;
  try {
    program = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
    applets = execFileSync(program, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  } catch {
    return null;
  }
  const path = join(directory, 'bin');
  mkdirSync(path, { recursive: true });
  for (const applet of applets) symlinkSync(program, join(path, applet));
  return { name: 'busybox', shell: join(path, 'sh'), path };
}

export function createLocalPrograms({ shell, path }: Tools, cwd: string): LocalPrograms {
  const faults: Fault[] = [];
  const ran: string[] = [];
  const late: (() => Promise<number>)[] = [];

  async function open(request: ProgramRequest): Promise<ExecStreams> {
    if (request.signal?.aborted) throw new Failure('canceled', 'it was canceled');
    ran.push(request.what);
    const at = faults.findIndex(({ what }) => what === request.what);
    const fault = at === -1 ? null : (faults.splice(at, 1)[0] ?? null);
    const start = (): ChildProcess => {
      const child = spawn(shell, ['-c', BOOTSTRAP, `epilogue-${request.what}`], {
        ...{ cwd, env: { PATH: path } },
        // As in a container: the first of a group of its own.
        detached: true,
      });
      child.stdin.on('error', () => {});
      child.stdin.write(`${programs.replace?.(request) ?? request.program}\n#end\n`);
      return child;
    };
    if (fault?.isLate) {
      const { streams, data } = held();
      late.push(async () => {
        const child = start();
        child.stdin?.end(await data);
        return await new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
      });
      return streams;
    }
    const child = start();
    return streamsOf(child, fault, () => programs.onCut());
  }

  const programs: LocalPrograms = {
    faults,
    ran,
    replace: null,
    onCut: () => {},
    async arrive() {
      const codes: number[] = [];
      for (const run of late.splice(0)) codes.push(await run());
      return codes;
    },
    open,
    async ask({ data, limitBytes = 64 * 1024, ...request }) {
      const { stdin, stdout, stderr, code } = await open(request);
      stdin.write(data ?? '');
      const [said, complaint] = await Promise.all([buffer(stdout), buffer(stderr)]);
      if (said.length > limitBytes) throw new Failure('answer_too_long', 'the answer is too long');
      return { code: await code, stdout: said, stderr: complaint.toString() };
    },
  };
  return programs;
}

/** Takes all that is sent, up to a line `done`, and is cut then; where nothing is sent, at once. */
function held(): { readonly streams: ExecStreams; readonly data: Promise<Buffer> } {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const { promise: code, reject } = Promise.withResolvers<number>();
  const { promise: data, resolve } = Promise.withResolvers<Buffer>();
  code.catch(() => {});
  const pieces: Buffer[] = [];
  const cut = (): void => {
    resolve(Buffer.concat(pieces));
    const failure = new Failure('reach_cut', 'the connection was cut');
    reject(failure);
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {}).destroy(failure);
  };
  const nothing = setTimeout(cut, 100);
  stdin.on('data', (bytes: Buffer) => {
    clearTimeout(nothing);
    pieces.push(bytes);
    if (bytes.toString('latin1').endsWith('done\n')) cut();
  });
  return { streams: { stdin, stdout, stderr, code, close: cut }, data };
}

function streamsOf(child: ChildProcess, fault: Fault | null, onCut: () => void): ExecStreams {
  const {
    stdin: into,
    stdout: from,
    stderr,
  } = child as ChildProcess & { stdin: PassThrough; stdout: Readable; stderr: Readable };
  const { promise: code, resolve, reject } = Promise.withResolvers<number>();
  code.catch(() => {});
  child.once('error', reject);
  const stdout = new PassThrough();
  const stdin = new PassThrough();
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});

  function cut(): void {
    const failure = new Failure('reach_cut', 'the connection was cut');
    reject(failure);
    for (const stream of [stdin, into, from, stderr]) stream.destroy();
    stdout.destroy(failure);
    onCut();
  }

  child.once('close', (number, signal) => {
    if (fault?.answer === 'lost') return cut();
    resolve(number ?? (signal === null ? 1 : 128));
    stdout.end();
    stdin.destroy();
  });
  passOn(from, stdout, fault?.afterOutput, cut);
  passOn(stdin, into, fault?.afterInput, cut);
  return { stdin, stdout, stderr, code, close: cut };
}

function passOn(from: Readable, to: PassThrough, limit: number | undefined, cut: () => void): void {
  let passed = 0;
  from.on('data', (bytes: Buffer) => {
    passed += bytes.length;
    if (limit !== undefined && passed > limit) {
      const rest = bytes.subarray(0, Math.max(0, limit - (passed - bytes.length)));
      from.removeAllListeners('data');
      to.write(rest, () => setImmediate(cut));
      return;
    }
    if (to.writable && !to.write(bytes)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  });
}
