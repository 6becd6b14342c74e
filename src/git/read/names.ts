import { gitFailure } from '../process/git-failure.ts';

const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** A full object name; everything inside of this room is named so. @throws Failure `bad_name`. */
export function checkSha(sha: string): string {
  if (!SHA.test(sha)) throw gitFailure('bad_name', `no full sha: ${quote(sha)}`);
  return sha;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what git refuses in a name
const NEVER_IN_REF = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\ufffd/;

/** Whether git could have a ref `refs/heads/NAME`: the rules of `git check-ref-format --branch`, and at most 250 bytes. */
export function isRefName(name: string): boolean {
  if (name === '' || name === '@' || Buffer.byteLength(name) > 250) return false;
  if (NEVER_IN_REF.test(name) || /^[-/]|[./]$/.test(name)) return false;
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}

/** @throws Failure `bad_name`. */
export function checkBranchName(name: string): string {
  if (!isRefName(name) || name === 'HEAD') throw gitFailure('bad_name', `no name of a branch: ${quote(name)}`);
  return name;
}

/** A path inside of a tree: no empty part, no `.` or `..`, relative. '' is the tree itself. @throws Failure `bad_name`. */
export function checkTreePath(path: string): string {
  if (path === '') return path;
  const isOk = path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !/[\0\ufffd]/.test(part));
  if (!isOk || Buffer.byteLength(path) > 4096) throw gitFailure('bad_name', `no path in a tree: ${quote(path)}`);
  return path;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
