import { realClock } from '../../../src/base/index.ts';
import { createEngine, type Engine, engineAddress, isRefusal } from '../../../src/executors/index.ts';

/** Something of Epilogue's in an engine. */
export interface Left {
  readonly kind: 'container' | 'network' | 'volume';
  /** By which it is removed. */
  readonly id: string;
  readonly name: string;
}

type Labels = Readonly<Record<string, string>> | null;
interface Listed {
  readonly Containers: readonly { readonly Id: string; readonly Names: readonly string[]; readonly Labels: Labels }[];
  readonly Networks: readonly { readonly Id: string; readonly Name: string; readonly Labels: Labels }[];
  readonly Volumes: { readonly Volumes: readonly { readonly Name: string; readonly Labels: Labels }[] | null };
}

/** The directory of steps of the job that it belongs to. */
const HOME = 'io.epilogue.home';

/** What belongs to jobs whose directories lie below `dir`. */
export async function whatIsLeft(host: string, dir: string): Promise<readonly Left[]> {
  const engine = connect(host);
  const query = { all: true, filters: { label: [HOME] } };
  const [containers, networks, volumes] = (await Promise.all(
    ['/containers/json', '/networks', '/volumes'].map((path) => engine.ask('GET', path, { query })),
  )) as [Listed['Containers'], Listed['Networks'], Listed['Volumes']];
  const isOurs = ({ Labels }: { readonly Labels: Labels }): boolean => (Labels?.[HOME] ?? '').startsWith(`${dir}/`);
  return [
    ...containers
      .filter(isOurs)
      .map(({ Id, Names }): Left => ({ kind: 'container', id: Id, name: Names.join().slice(1) })),
    ...networks.filter(isOurs).map(({ Id, Name }): Left => ({ kind: 'network', id: Id, name: Name })),
    ...(volumes.Volumes ?? []).filter(isOurs).map(({ Name }): Left => ({ kind: 'volume', id: Name, name: Name })),
  ];
}

/** In the order of `whatIsLeft`: a network is let go by its containers first. */
export async function removeLeft(host: string, left: readonly Left[]): Promise<void> {
  const engine = connect(host);
  for (const { kind, id } of left) {
    const query = kind === 'network' ? {} : { force: true, v: true };
    await engine.ask('DELETE', `/${kind}s/${id}`, { query }).catch((error: unknown) => {
      // Gone by itself meanwhile, or just going.
      if (!isRefusal(error, 404, 409)) throw error;
    });
  }
}

function connect(host: string): Engine {
  const address = engineAddress({ host, certPath: null, tlsVerify: null, env: {} });
  return createEngine({ address, clock: realClock, patienceMs: 0 });
}
