import { askGit } from '../process/run-git.ts';

/**
 * What a short name is here; null: neither. A branch goes before a tag of the same name, as for GitLab, where `refs/tags/…` means the tag.
 */
export async function kindOfRef(topLevel: string, name: string): Promise<'branch' | 'tag' | null> {
  const refs = { branch: `refs/heads/${name}`, tag: `refs/tags/${name}` };
  const output = await askGit({ cwd: topLevel, args: ['for-each-ref', '--format=%(refname)', refs.branch, refs.tag] });
  // Names of directories match what is below them.
  const found = (output?.toString() ?? '').split('\n');
  if (found.includes(refs.branch)) return 'branch';
  return found.includes(refs.tag) ? 'tag' : null;
}
