import { type BareRepository, type ReadOptions, readGit } from '../bare/bare-repository.ts';
import { type CommitInfo, orNotFound, readCommits } from './commits.ts';
import { checkSha } from './names.ts';

export interface RefQuery extends ReadOptions {
  /** Part of the name, in any case; `^` before it: the start; `$` after it: the end. */
  readonly search?: string;
  /** One name, exactly. */
  readonly name?: string;
  /** By name, or by when the commit was made (of a tag with a message: the tag). */
  readonly sort: 'name_asc' | 'name_desc' | 'updated_asc' | 'updated_desc';
  readonly offset?: number;
  readonly limit: number;
}

export interface RefPage<T> {
  /** Of all that match. */
  readonly total: number;
  readonly items: readonly T[];
}

export interface Branch {
  readonly name: string;
  readonly commit: CommitInfo;
}

export interface Tag {
  readonly name: string;
  /** Of the tag object; without a message, of the commit. */
  readonly target: string;
  /** Null: it has none. */
  readonly message: string | null;
  /** When the tag with a message was made; ISO 8601, or empty when git cannot make sense of it. */
  readonly createdAt: string | null;
  /** What it leads to; null when that is no commit. */
  readonly commit: CommitInfo | null;
}

/** Branches with their commits. */
export async function listBranches(repository: BareRepository, query: RefQuery): Promise<RefPage<Branch>> {
  const { total, items } = await listPage(repository, 'refs/heads/', query);
  const commits = await readCommits(
    repository,
    items.map(({ commitSha }) => commitSha),
    query,
  );
  return { total, items: items.flatMap(({ name }, index) => withCommit(name, commits[index])) };
}

/** Tags with what they lead to. */
export async function listTags(repository: BareRepository, query: RefQuery): Promise<RefPage<Tag>> {
  const { total, items } = await listPage(repository, 'refs/tags/', query);
  const shas = items.filter(({ isCommit }) => isCommit).map(({ commitSha }) => commitSha);
  const [commits, notes] = await Promise.all([
    readCommits(repository, shas, query),
    readNotes(
      repository,
      items.filter(({ isObject }) => isObject).map(({ name }) => name),
      query,
    ),
  ]);
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  return {
    total,
    items: items.map(({ name, target, commitSha }) => ({
      name,
      target,
      message: notes.get(name)?.message ?? null,
      createdAt: notes.get(name)?.date ?? null,
      commit: bySha.get(commitSha) ?? null,
    })),
  };
}

/** Names in full of the branches and tags in whose history a commit is. @throws Failure `not_found`. */
export async function refsWith(
  repository: BareRepository,
  sha: string,
  options?: ReadOptions,
): Promise<readonly string[]> {
  const args = ['for-each-ref', `--contains=${checkSha(sha)}`, '--format=%(refname)', 'refs/heads/', 'refs/tags/'];
  const output = await orNotFound(sha, readGit(repository, args, options));
  return output.toString().split('\n').filter(Boolean);
}

function withCommit(name: string, commit: CommitInfo | undefined): readonly Branch[] {
  return commit === undefined ? [] : [{ name, commit }];
}

interface Row {
  readonly name: string;
  readonly target: string;
  readonly commitSha: string;
  readonly isCommit: boolean;
  /** A tag with a message. */
  readonly isObject: boolean;
}

const SORTS = {
  name_asc: 'refname',
  name_desc: '-refname',
  updated_asc: 'creatordate',
  updated_desc: '-creatordate',
} as const;

async function listPage(repository: BareRepository, group: string, query: RefQuery): Promise<RefPage<Row>> {
  const format = '--format=%(objectname) %(objecttype) %(*objectname) %(*objecttype) %(refname)';
  const args = ['for-each-ref', `--sort=${SORTS[query.sort]}`, format, group];
  const lines = (await readGit(repository, args, query)).toString().split('\n').filter(Boolean);
  const rows = lines.map((line) => parseRow(line, group)).filter(({ name }) => matches(name, query));
  const offset = query.offset ?? 0;
  return { total: rows.length, items: rows.slice(offset, offset + query.limit) };
}

function parseRow(line: string, group: string): Row {
  const [target = '', type = '', peeled = '', peeledType = ''] = line.split(' ', 4);
  const name = line.slice(line.indexOf(` ${group}`) + 1 + group.length);
  const isObject = type === 'tag';
  return {
    name,
    target,
    commitSha: isObject ? peeled : target,
    isCommit: (isObject ? peeledType : type) === 'commit',
    isObject,
  };
}

function matches(name: string, { search, name: exact }: RefQuery): boolean {
  if (exact !== undefined) return name === exact;
  if (search === undefined || search === '') return true;
  const text = name.toLowerCase();
  const wanted = search.toLowerCase();
  if (wanted.startsWith('^')) return text.startsWith(wanted.slice(1));
  return wanted.endsWith('$') ? text.endsWith(wanted.slice(0, -1)) : text.includes(wanted);
}

/** What people wrote into tags. */
async function readNotes(
  repository: BareRepository,
  names: readonly string[],
  options: ReadOptions,
): Promise<ReadonlyMap<string, { readonly message: string; readonly date: string }>> {
  if (names.length === 0) return new Map();
  const format = '--format=%(refname)%00%(taggerdate:iso-strict)%00%(contents:subject)%00%(contents:body)%00';
  const args = ['for-each-ref', format, ...names.map((name) => `refs/tags/${name}`)];
  const values = (await readGit(repository, args, options)).toString().split('\0');
  const notes = new Map<string, { message: string; date: string }>();
  for (let at = 0; at + 4 < values.length; at += 4) {
    const [ref = '', date = '', subject = '', body = ''] = values.slice(at);
    const message = body.trim() === '' ? subject : `${subject}\n\n${body.trimEnd()}`;
    notes.set(ref.trim().replace(/^refs\/tags\//, ''), { message, date });
  }
  return notes;
}
