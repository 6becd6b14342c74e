import { randomBytes } from 'node:crypto';
import { realClock } from '../../../../base/index.ts';
import type { PayloadCredential } from '../../../../protocol/index.ts';
import { bringImages, images } from '../../../testing/docker/images.ts';
import { engineAddress } from '../../engine/address.ts';
import { createEngine, type Engine } from '../../engine/engine.ts';
import { inspectImage } from '../inspect-image.ts';

const HOST = process.env.EPILOGUE_TEST_DOCKER_HOST ?? '';
const REGISTRY = process.env.EPILOGUE_TEST_DOCKER_REGISTRY ?? '';

/** Without a Docker Engine and a registry, tests of them skip themselves. */
export const isWithoutRegistry = HOST === '' || REGISTRY === '';

/** A corner of the tests' registry that nobody else uses, and the engine that pulls from there. */
export interface PrivateRegistry {
  readonly engine: Engine;
  /** Unique: `127.0.0.1:5000/<something>/app`. */
  readonly repository: string;
  /** `127.0.0.1:5000` */
  readonly host: string;
  readonly login: PayloadCredential;
  /** Pushes an image with such a configuration as `repository:tag`; what the engine has by that name stays what it is. @returns its digest, and the id that it has once pulled */
  push(tag: string, config: object): Promise<{ readonly digest: string; readonly id: string }>;
  /** Takes it out of the engine. */
  close(): Promise<void>;
}

export async function openPrivateRegistry(): Promise<PrivateRegistry> {
  await bringImages(HOST);
  const { host, username, password } = new URL(REGISTRY);
  const address = engineAddress({ host: HOST, certPath: null, tlsVerify: null, env: {} });
  const engine = createEngine({ address, clock: realClock, patienceMs: 0 });
  const repository = `${host}/${randomBytes(6).toString('hex')}/app`;
  const known = new Set<string>();

  async function push(tag: string, config: object): Promise<{ digest: string; id: string }> {
    const name = `${repository}:${tag}`;
    const had = await inspectImage(engine, name, new AbortController().signal);
    const container = (await engine.ask('POST', '/containers/create', {
      body: { Image: images.busybox, Cmd: ['true'] },
    })) as {
      readonly Id: string;
    };
    try {
      const query = { container: container.Id, repo: repository, tag };
      const { Id: id } = (await engine.ask('POST', '/commit', { query, body: config })) as { readonly Id: string };
      known.add(name);
      // Podman's has no algorithm in front.
      return { digest: await pushName(tag), id: `sha256:${id.replace(/^sha256:/, '')}` };
    } finally {
      await engine.ask('DELETE', `/containers/${container.Id}`);
      await forget(name);
      if (had !== null) await engine.ask('POST', `/images/${had.id}/tag`, { query: { repo: repository, tag } });
    }
  }

  async function pushName(tag: string): Promise<string> {
    const header = Buffer.from(JSON.stringify({ username, password })).toString('base64');
    const stream = await engine.open('POST', `/images/${repository}/push`, {
      query: { tag },
      headers: { 'x-registry-auth': header.replaceAll('+', '-').replaceAll('/', '_') },
    });
    const said = (await stream.setEncoding('utf8').toArray()).join('');
    const digest = /digest: (sha256:[0-9a-f]+)/.exec(said)?.[1];
    if (digest === undefined) throw new Error(`not pushed: ${said}`);
    known.add(`${repository}@${digest}`);
    return digest;
  }

  async function forget(...names: readonly string[]): Promise<void> {
    for (const name of names) await engine.ask('DELETE', `/images/${name}`).catch(() => undefined);
  }

  return {
    engine,
    repository,
    host,
    login: { type: 'registry', url: host, username, password },
    push,
    close: () => forget(...known),
  };
}
