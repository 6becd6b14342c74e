import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Checkout } from '../support/checkout.ts';
import { JOBS } from './counting-pipeline.ts';

/** Names of jobs whose cleanup is owed and has not ended. */
export function owed(checkout: Checkout): readonly string[] {
  const cleaned = lines(checkout, 'cleaned');
  return [...new Set(lines(checkout, 'begun'))].filter((name) => !cleaned.includes(name));
}

export interface Expected {
  /** False: a second attempt is right, as when the wrapper of the first has been killed. */
  readonly once: boolean;
  /** False: a full disk may have cost lines of the log, but repeats none, and artifacts. */
  readonly roomForAll: boolean;
}

/** Everything that is not as promised, in words; empty when all is well. */
export function checkLedger(checkout: Checkout, expected: Expected): readonly string[] {
  const attempts = lines(checkout, 'cleaning');
  return [
    ...owed(checkout).map((name) => `${name}: its cleanup never ran to its end`),
    ...JOBS.flatMap((name) => {
      const own = attempts.filter((line) => line.startsWith(`${name} `));
      return own.length > 1 && expected.once ? [`${name}: cleanup ran ${own.length} times: ${own.join(', ')}`] : [];
    }),
    ...JOBS.flatMap((name) => checkLog(checkout, name, expected)),
    ...(expected.roomForAll ? missingArtifacts(checkout) : []),
  ];
}

/** Every cause keeps them, after the cleanup that made them. */
function missingArtifacts(checkout: Checkout): readonly string[] {
  const archives = filesBelow(checkout.state).map((path) => basename(path));
  const cleaned = new Set(lines(checkout, 'cleaned'));
  return [...cleaned]
    .filter((name) => !archives.includes(`${name}.zip`))
    .map((name) => `${name}: artifacts were not kept`);
}

function checkLog(checkout: Checkout, name: string, expected: Expected): readonly string[] {
  const log = readLogs(checkout);
  return (['script', 'cleanup'] as const).flatMap((word) => {
    if (word === 'cleanup' && !expected.once) return [];
    // A line may stand behind the marker of a section, which ends without a line feed.
    const shown = [...log.matchAll(new RegExp(`(?:^|\\r\u001b\\[0K)${name} ${word} (\\d+) `, 'gm'))].map((match) =>
      Number(match[1]),
    );
    const written = Number(lines(checkout, `${name}.${word}`).at(-1) ?? 0);
    const at = shown.findIndex((number, index) => number !== index + 1);
    if (!expected.roomForAll) {
      const repeat = shown.find((number, index) => index > 0 && number <= (shown[index - 1] ?? 0));
      return repeat === undefined ? [] : [`${name}: ${word} line ${repeat} is twice in the log`];
    }
    if (at >= 0) return [`${name}: ${word} line ${at + 1} of the log is ${shown[at]}: ${around(log, name, word, at)}`];
    return shown.length < written ? [`${name}: the log ends at ${word} line ${shown.length}, not ${written}`] : [];
  });
}

/** The log where a line is missing or once too often. */
function around(log: string, name: string, word: string, at: number): string {
  const start = log.indexOf(`${name} ${word} ${at} `);
  return JSON.stringify(log.slice(start, start + 400));
}

/** The logs of all jobs as they were kept. */
function readLogs(checkout: Checkout): string {
  const runs = join(checkout.state, 'epilogue', 'runs');
  const jobs = list(runs).flatMap((run) => list(join(runs, run, 'jobs')).map((job) => join(runs, run, 'jobs', job)));
  return jobs.map((job) => readIfThere(join(job, 'log'))).join('');
}

/** What a run left that nobody removes any more. */
export function leftFiles(checkout: Checkout): readonly string[] {
  const builds = join(checkout.cache, 'epilogue', 'builds');
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [
    ...list(builds).map((name) => `build directory ${name}`),
    ...list(checkout.temporary).map((name) => `temporary file ${name}`),
    ...filesBelow(checkout.disk).flatMap((path) => (path.endsWith('.tmp') ? [`unfinished file ${path}`] : [])),
    ...mounts.filter((line) => isMountOfJob(checkout, line)).map((line) => `mount ${line}`),
  ];
}

/** Anything mounted below the checkout's directory but the small disk, which is the test's own. */
function isMountOfJob({ root, disk }: Checkout, line: string): boolean {
  const [, , , , target = ''] = line.split(' ');
  return target.startsWith(`${root}/`) && target !== disk;
}

function lines(checkout: Checkout, name: string): readonly string[] {
  return readIfThere(checkout.path(name)).split('\n').filter(Boolean);
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function filesBelow(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
}

function list(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path) : [];
}
