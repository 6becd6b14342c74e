/** `output` has `sha name peeled-sha` lines. Where a branch is both here and on the server, the one here counts: it is what a push would bring. */
export function packRefs(output: string): string {
  const lines = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [sha = '', name = '', peeled = ''] = line.split(' ');
    const packed = packedName(name);
    if (packed === null || (lines.has(packed) && !name.startsWith('refs/heads/'))) continue;
    lines.set(packed, `${sha} ${packed}\n${peeled === '' ? '' : `^${peeled}\n`}`);
  }
  const names = [...lines.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `# pack-refs with: peeled fully-peeled sorted \n${names.map((name) => lines.get(name)).join('')}`;
}

function packedName(name: string): string | null {
  if (name.startsWith('refs/heads/')) return name.replace('refs/heads/', 'refs/remotes/origin/');
  const isShared = /^refs\/(?:tags|notes|replace)\//.test(name) || name.startsWith('refs/remotes/origin/');
  return isShared && name !== 'refs/remotes/origin/HEAD' ? name : null;
}
