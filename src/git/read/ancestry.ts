import { type BareRepository, type ReadOptions, readGit } from '../bare/bare-repository.ts';
import { orNotFound } from './commits.ts';
import { checkSha } from './names.ts';

/** The best common ancestor; null when they share no history. @throws Failure `not_found`. */
export async function mergeBase(
  repository: BareRepository,
  one: string,
  other: string,
  options?: ReadOptions,
): Promise<string | null> {
  const args = ['merge-base', checkSha(one), checkSha(other)];
  const output = await orNotFound(`${one} or ${other}`, readGit(repository, args, options, { okCodes: [0, 1] }));
  return output.toString().trim() || null;
}

/** Whether `older` is in the history of `newer`; a commit is in its own. @throws Failure `not_found`. */
export async function isAncestor(
  repository: BareRepository,
  older: string,
  newer: string,
  options?: ReadOptions,
): Promise<boolean> {
  return (await mergeBase(repository, older, newer, options)) === older;
}
