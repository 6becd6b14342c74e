import { Failure } from '../../../base/index.ts';

/** What an image's name means: Docker Hub and `latest` are filled in. */
export interface ImageReference {
  /** `docker.io`, `registry.example.com:5000`. */
  readonly registry: string;
  /** `library/ruby`. */
  readonly path: string;
  /** null: it is named by its digest alone. */
  readonly tag: string | null;
  /** `sha256:…` */
  readonly digest: string | null;
}

const HUB = 'docker.io';
const HUB_NAMES = new Set(['index.docker.io', 'registry-1.docker.io', HUB]);
/** Docker's own bound for registry and path. */
const LONGEST_NAME = 255;
const LONGEST_WRITTEN = 1024;

const HOST = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9]+(?:[.-]+[a-zA-Z0-9]+)*)(?::\d+)?$/;
const PATH_PART = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const ID = /^(?:sha256:)?([0-9a-f]{64})$/;

/** `sha256:…` where the name is no name, but the whole id of an image that an engine has: it is in no registry. */
export function imageId(written: string): string | null {
  const id = ID.exec(written)?.[1];
  return id === undefined ? null : `sha256:${id}`;
}

/**
 * Reads `[registry[:port]/]path[:tag][@digest]`.
 * @throws Failure `executor_unavailable` that says what is wrong with it
 */
export function parseReference(written: string): ImageReference {
  const invalid = (why: string): Failure =>
    new Failure('executor_unavailable', `${JSON.stringify(written.slice(0, LONGEST_WRITTEN))} names no image: ${why}`);
  if (written === '') throw new Failure('executor_unavailable', 'the name of the image is empty');
  if (written.length > LONGEST_WRITTEN) throw invalid(`longer than ${LONGEST_WRITTEN} characters`);
  if (/\s/.test(written)) throw invalid('there is a space in it');
  const { name, tag, digest } = splitReference(written);
  if (digest !== null && !DIGEST.test(digest)) throw invalid('what follows @ is no digest, such as sha256:… is');
  if (tag !== null && !TAG.test(tag)) throw invalid(`${JSON.stringify(tag)} is no tag`);
  const { registry, path } = splitName(name);
  if (!HOST.test(registry)) throw invalid(`${JSON.stringify(registry)} is no registry`);
  if (registry.length + path.length >= LONGEST_NAME)
    throw invalid(`the name is longer than ${LONGEST_NAME} characters`);
  if (path !== path.toLowerCase()) throw invalid('it must be in lower case');
  if (!path.split('/').every((part) => PATH_PART.test(part))) throw invalid(`${JSON.stringify(path)} is no path`);
  return { registry, path, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** `docker.io/library/ruby`. */
export function repositoryOf({ registry, path }: ImageReference): string {
  return `${registry}/${path}`;
}

/** As an engine is asked for it. A tag beside a digest says nothing. */
export function engineNameOf(reference: ImageReference): string {
  const { tag, digest } = reference;
  return digest === null ? `${repositoryOf(reference)}:${tag}` : `${repositoryOf(reference)}@${digest}`;
}

/** Docker Hub's registry has several names. */
export function hostOf(registry: string): string {
  return HUB_NAMES.has(registry) ? HUB : registry;
}

interface Written {
  readonly name: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

function splitReference(written: string): Written {
  const at = written.indexOf('@');
  const named = at === -1 ? written : written.slice(0, at);
  const digest = at === -1 ? null : written.slice(at + 1);
  const colon = named.lastIndexOf(':');
  // A colon before a slash is that of a port.
  if (colon === -1 || named.includes('/', colon)) return { name: named, tag: null, digest };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), digest };
}

/** The first part is a registry where it looks like a host; else it is one of Docker Hub's paths. */
function splitName(name: string): Pick<ImageReference, 'registry' | 'path'> {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = /[.:\][]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const registry = isHost ? hostOf(first) : HUB;
  const path = isHost ? name.slice(slash + 1) : name;
  return { registry, path: registry === HUB && !path.includes('/') ? `library/${path}` : path };
}
