import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

const TYPE = 'application/vnd.git-lfs+json';

/** Large files of repositories, as GitLab serves them to git-lfs: asked for by hash and size in one request, brought one by one. */
export class LargeFiles {
  readonly #byHash = new Map<string, Buffer>();

  /** @returns what stands for it in a commit */
  add(content: string): string {
    const bytes = Buffer.from(content);
    const hash = createHash('sha256').update(bytes).digest('hex');
    this.#byHash.set(hash, bytes);
    return `version https://git-lfs.github.com/spec/v1\noid sha256:${hash}\nsize ${bytes.length}\n`;
  }

  /** From now on it has none of them. */
  lose(): void {
    this.#byHash.clear();
  }

  /** @returns whether it was a request of that kind */
  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    const [, repository, hash] = /^(\/.*\.git)\/gitlab-lfs\/objects\/([0-9a-f]{64})$/.exec(url.pathname) ?? [];
    if (hash !== undefined) {
      const bytes = this.#byHash.get(hash);
      response.writeHead(bytes === undefined ? 404 : 200, { 'content-type': 'application/octet-stream' }).end(bytes);
      return true;
    }
    if (!url.pathname.endsWith('.git/info/lfs/objects/batch')) return repository !== undefined;
    const { objects } = (await json(request)) as { objects: { oid: string; size: number }[] };
    const where = url.href.replace('/info/lfs/objects/batch', '/gitlab-lfs/objects');
    const found = objects.map(({ oid, size }) => ({
      ...{ oid, size },
      ...(this.#byHash.has(oid)
        ? {
            actions: {
              download: { href: `${where}/${oid}`, header: { Authorization: request.headers.authorization } },
            },
          }
        : { error: { code: 404, message: 'Object does not exist on the server' } }),
    }));
    response.writeHead(200, { 'content-type': TYPE }).end(JSON.stringify({ transfer: 'basic', objects: found }));
    return true;
  }
}
