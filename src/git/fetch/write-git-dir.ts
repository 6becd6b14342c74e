import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isWholeIndex } from './read-index.ts';

export interface GitDirFacts {
  readonly address: string;
  readonly objectFormat: 'sha1' | 'sha256';
  /** git-lfs is installed. */
  readonly hasLargeFiles: boolean;
}

/** All that is believed of what an earlier job left: what git checks by its hash, or says no word of where to go and what to run. */
const BELIEVED: Readonly<Record<string, 'file' | 'directory'>> = {
  objects: 'directory',
  refs: 'directory',
  lfs: 'directory',
  // Of which nothing else is believed, either.
  modules: 'directory',
  HEAD: 'file',
  'packed-refs': 'file',
  shallow: 'file',
  index: 'file',
};

/**
 * Makes `.git` of a directory one that leads git nowhere else and runs nothing: a script of an earlier job may have left hooks, locks, links, another
 * repository's objects and a configuration that sends passwords elsewhere. Config and whatever else is not believed are written anew or go.
 * @returns whether there was a repository before
 */
export function writeGitDir(directory: string, facts: GitDirFacts): boolean {
  const gitDir = join(directory, '.git');
  const was = lstatSync(gitDir, { throwIfNoEntry: false });
  if (was !== undefined && !was.isDirectory()) rmSync(gitDir, { force: true });
  mkdirSync(gitDir, { recursive: true, mode: 0o700 });
  keepBelieved(gitDir, facts.objectFormat);
  const isThere = isRepository(gitDir);
  for (const name of ['objects', 'refs']) mkdirSync(join(gitDir, name), { recursive: true });
  writeConfig(gitDir, facts);
  return isThere;
}

export function writeConfig(gitDir: string, facts: GitDirFacts): void {
  writeFileSync(join(gitDir, 'config'), configText(facts), { mode: 0o600 });
}

function isRepository(directory: string): boolean {
  return ['objects', 'refs', 'HEAD'].every((name) => lstatSync(join(directory, name), { throwIfNoEntry: false }));
}

function keepBelieved(gitDir: string, format: GitDirFacts['objectFormat'], depth = 0): void {
  for (const entry of readdirSync(gitDir, { withFileTypes: true })) {
    const kind = entry.isDirectory() ? 'directory' : entry.isFile() ? 'file' : 'other';
    const path = join(gitDir, entry.name);
    const isBelieved = BELIEVED[entry.name] === kind && hasGoodContent(entry.name, path, format);
    if (!isBelieved) rmSync(path, { recursive: true, force: true });
  }
  // Objects of other repositories (alternates), and what is kept about objects to find them faster.
  rmSync(join(gitDir, 'objects', 'info'), { recursive: true, force: true });
  for (const name of ['replace', 'pipelines']) rmSync(join(gitDir, 'refs', name), { recursive: true, force: true });
  removeOddRefs(join(gitDir, 'refs'), 0);
  keepModules(join(gitDir, 'modules'), format, depth + 1);
  const head = join(gitDir, 'HEAD');
  if (lstatSync(head, { throwIfNoEntry: false }) === undefined) writeFileSync(head, 'ref: refs/heads/main\n');
}

/** Repositories of submodules, in folders by their names. They are told anew where they came from. */
function keepModules(directory: string, format: GitDirFacts['objectFormat'], depth: number): void {
  if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (!entry.isDirectory() || depth > MAX_DEPTH) rmSync(path, { recursive: true, force: true });
    else if (isRepository(path)) keepBelieved(path, format, depth);
    else keepModules(path, format, depth + 1);
  }
}

function hasGoodContent(name: string, path: string, format: GitDirFacts['objectFormat']): boolean {
  if (name === 'HEAD') return /^(?:[0-9a-f]{40}|[0-9a-f]{64})\n$/.test(readFileSync(path, 'latin1').slice(0, 80));
  return name === 'index' ? isWholeIndex(readFileSync(path), format) : true;
}

/** Deeper than names of refs are. */
const MAX_DEPTH = 40;

/** Locks of a git that was killed, and links. */
function removeOddRefs(directory: string, depth: number): void {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (depth > MAX_DEPTH) rmSync(directory, { recursive: true, force: true });
  for (const entry of depth > MAX_DEPTH ? [] : readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) removeOddRefs(path, depth + 1);
    else if (!entry.isFile() || entry.name.endsWith('.lock')) rmSync(path, { force: true });
  }
}

function configText({ address, objectFormat, hasLargeFiles }: GitDirFacts): string {
  const url = address.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
  const isOther = objectFormat !== 'sha1';
  return [
    '[core]',
    `\trepositoryformatversion = ${isOther ? 1 : 0}`,
    '\tfilemode = true',
    '\tbare = false',
    ...(isOther ? ['[extensions]', `\tobjectFormat = ${objectFormat}`] : []),
    '[index]',
    '\tversion = 2',
    '[remote "origin"]',
    `\turl = "${url}"`,
    '\tfetch = +refs/heads/*:refs/remotes/origin/*',
    ...(hasLargeFiles ? LARGE_FILES : []),
    '',
  ].join('\n');
}

/** What `git lfs install --local` writes. */
const LARGE_FILES = [
  '[filter "lfs"]',
  '\tclean = git-lfs clean -- %f',
  '\tsmudge = git-lfs smudge -- %f',
  '\tprocess = git-lfs filter-process',
  '\trequired = true',
];
