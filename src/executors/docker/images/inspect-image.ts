import { type Engine, isRefusal } from '../engine/engine.ts';
import { type ImageReference, repositoryOf } from './references.ts';

export interface ProvidedImage {
  /** `sha256:…`: what a container is made from, whatever the name means by then. */
  readonly id: string;
  readonly config: ImageConfig;
}

/** What an image says of its containers, in the engine's own names. */
export interface ImageConfig {
  readonly Entrypoint: readonly string[] | null;
  readonly Cmd: readonly string[] | null;
  /** `name`, `uid`, `uid:gid`; empty: root. */
  readonly User: string;
  /** `NAME=value`. */
  readonly Env: readonly string[];
  /** `80/tcp`, `53/udp`. */
  readonly ExposedPorts: readonly string[];
  /** Where its `Test` is a command: with times in ns. */
  readonly Healthcheck: Readonly<Record<string, unknown>> | null;
  /** Paths. */
  readonly Volumes: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly WorkingDir: string;
  /** `amd64`. */
  readonly Architecture: string;
}

export interface LocalImage extends ProvidedImage {
  /** `registry/path@sha256:…` of where it is from; empty: it was made here. */
  readonly digests: readonly string[];
  /** `linux/arm64/v8` */
  readonly platform: string;
}

/** null: the engine has none. @param name an id, or with its registry and its tag or digest */
export async function inspectImage(engine: Engine, name: string, signal: AbortSignal): Promise<LocalImage | null> {
  try {
    return readImage((await engine.ask('GET', `/images/${name}/json`, { signal })) as Inspected);
  } catch (error) {
    if (isRefusal(error, 404)) return null;
    throw error;
  }
}

/** The digest under which it is known where the name is from, as people write it. */
export function digestOf({ digests }: LocalImage, reference: ImageReference | null): string | null {
  const isOfName = (digest: string): boolean =>
    reference !== null && [repositoryOf(reference), shortNameOf(reference)].includes(digest.split('@')[0] ?? '');
  return digests.find(isOfName) ?? digests[0] ?? null;
}

/** Whether it is what was asked for: `linux/arm64`, `arm64`, `linux/arm/v7`. */
export function isOfPlatform({ platform }: LocalImage, asked: string): boolean {
  const [os, architecture, variant] = platform.split('/');
  const [first = '', ...rest] = asked.toLowerCase().split('/');
  const wanted = rest.length > 0 || SYSTEMS.has(first) ? [first, ...rest] : [os, first];
  const [wantedOs, wantedArchitecture = architecture, wantedVariant = ''] = wanted;
  if (wantedOs !== os || (ARCHITECTURES[wantedArchitecture ?? ''] ?? wantedArchitecture) !== architecture) return false;
  // Many images do not say their variant.
  return wantedVariant === '' || !variant || wantedVariant === variant;
}

const SYSTEMS = new Set(['linux', 'windows', 'darwin', 'freebsd']);
/** As `uname` has them. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  aarch64: 'arm64',
  x86_64: 'amd64',
  i386: '386',
  armhf: 'arm',
};

/** Docker writes names of its own Hub without it. */
function shortNameOf(reference: ImageReference): string {
  return repositoryOf(reference).replace(/^docker\.io\/(?:library\/)?/, '');
}

/** What is empty is left out by some engines, and null with others. */
interface Inspected {
  readonly Id: string;
  readonly RepoDigests?: readonly string[] | null;
  readonly Os?: string;
  readonly Architecture?: string;
  readonly Variant?: string;
  readonly Config?: Partial<Record<keyof ImageConfig, unknown>> | null;
}

function readImage({ Id: id, RepoDigests, Os, Architecture, Variant, Config }: Inspected): LocalImage {
  const config = (Config ?? {}) as Partial<Omit<ImageConfig, 'ExposedPorts' | 'Volumes'>> & {
    readonly ExposedPorts?: object | null;
    readonly Volumes?: object | null;
  };
  const architecture = Architecture ?? '';
  return {
    id: id.includes(':') ? id : `sha256:${id}`,
    digests: RepoDigests ?? [],
    platform: [Os ?? 'linux', architecture, ...(Variant ? [Variant] : [])].join('/'),
    config: {
      // Podman's are empty where there is none.
      Entrypoint: config.Entrypoint?.length ? config.Entrypoint : null,
      Cmd: config.Cmd?.length ? config.Cmd : null,
      User: config.User ?? '',
      Env: config.Env ?? [],
      ExposedPorts: Object.keys(config.ExposedPorts ?? {}),
      Healthcheck: config.Healthcheck ?? null,
      Volumes: Object.keys(config.Volumes ?? {}),
      Labels: config.Labels ?? {},
      WorkingDir: config.WorkingDir ?? '',
      Architecture: architecture,
    },
  };
}
