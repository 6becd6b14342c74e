import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { createServer as createVite, type Plugin, type ViteDevServer } from 'vite';
import { pageUrl } from '../../src/coordinator/http/address/page-address.ts';
import { addressOf } from '../../src/coordinator/listen.ts';

/** What is not a file of the page: all but `/-/page/…`, and of that the one route which is no file. */
const OF_THE_COORDINATOR = '^/(?!-/page/)|^/-/page/session';

export interface PageSources {
  /** The checkout. */
  readonly root: string;
  readonly host: string;
  readonly port: number;
  /** Where everything else is asked, such as `http://127.0.0.1:4711`. */
  readonly coordinator: string;
}

export interface ServedSources {
  /** Such as `http://127.0.0.1:8929`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves the page from its sources and passes all else on to a coordinator, so that both have one address. A style that changes is exchanged
 * in the open page, and for a script the page loads itself anew. There is no policy on this document: Vite brings styles as elements, which
 * the coordinator's refuses.
 * @throws when the address is in use
 */
export async function serveSources({ root, host, port, coordinator }: PageSources): Promise<ServedSources> {
  const front = createServer();
  const watching = Promise.withResolvers<void>();
  // Within our own server: one of Vite's would end this process at SIGTERM, before the program has cleaned up.
  const vite = await createVite({
    configFile: join(root, 'web/vite.config.ts'),
    cacheDir: join(root, '.tools/vite'),
    appType: 'custom',
    logLevel: 'warn',
    plugins: [documentAtEveryView(root), { name: 'watching', configureServer: tellWhenWatching(watching.resolve) }],
    server: {
      middlewareMode: true,
      hmr: { server: front },
      // Of the checkout only what a page is made of: there may be a coordinator's data in it, and who asks has not signed in.
      fs: { allow: ['web', 'node_modules', '.tools/vite'].map((name) => realpath(join(root, name))) },
      allowedHosts: [host],
      proxy: { [OF_THE_COORDINATOR]: { target: coordinator } },
    },
  });
  // What changed before would not be seen.
  await watching.promise;
  front.on('request', vite.middlewares);
  await listen(front, host, port);
  return {
    address: addressOf({ host, port: portOf(front) }),
    async close() {
      await vite.close();
      front.closeAllConnections();
      front.close();
    },
  };
}

function tellWhenWatching(tell: () => void) {
  return ({ watcher }: ViteDevServer): void => void watcher.once('ready', tell);
}

/** As the coordinator has it: the one document under every address of a view, for who asks as a browser does. */
function documentAtEveryView(root: string): Plugin {
  return {
    name: 'document-at-every-view',
    configureServer({ middlewares, transformIndexHtml }) {
      middlewares.use((request, response, next) => {
        const url = request.url ?? '';
        if (pageUrl(url, request.method, request.headers) === null) return next();
        transformIndexHtml(url, readFileSync(join(root, 'web/index.html'), 'utf8')).then((document) => {
          response.setHeader('content-type', 'text/html; charset=utf-8');
          response.setHeader('cache-control', 'no-store');
          response.end(document);
        }, next);
      });
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function portOf(server: Server): number {
  const found = server.address();
  return typeof found === 'object' && found !== null ? found.port : 0;
}

function realpath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}
