import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describeError, errorCode } from '../../../../base/index.ts';
import type { PayloadCredential } from '../../../../protocol/index.ts';
import { hostOf, type ImageReference, repositoryOf } from '../references.ts';
import { askHelper } from './credential-helper.ts';
import { type DockerConfig, type Login, parseDockerConfig } from './docker-config.ts';

/** Who may know how to log in at a registry, in this order. */
export interface CredentialSources {
  /** The job's variable `DOCKER_AUTH_CONFIG`: the text of a `config.json`. */
  readonly authConfig: string | undefined;
  /** Of the runner: where its user's `config.json` is, and what helpers are started with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the coordinator has sent with the job. */
  readonly payload: readonly PayloadCredential[];
}

export interface RegistryCredentials {
  /** Where they are from, for the job's log. */
  readonly source: string;
  /** The value of `X-Registry-Auth`: secret. */
  readonly header: string;
}

export interface Finding {
  /** Gets a line for the job's log about what cannot be used. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The name by which Docker's own tools keep the login of Docker Hub. */
const HUB_SERVER = 'https://index.docker.io/v1/';

/** The first source that has a login for it is taken; there, the longest of the names that it begins with. null: none has. */
export async function findCredentials(
  reference: ImageReference,
  sources: CredentialSources,
  { say, signal }: Finding,
): Promise<RegistryCredentials | null> {
  for await (const { name, config } of configsOf(sources, say)) {
    const login = await findLogin(reference, config, (helper, server) =>
      askHelper({ name: helper, server, env: sources.env, signal }).catch((error: unknown) => {
        if (!signal.aborted) say(`WARNING: no credentials from ${name}: ${describeError(error)}`);
        return null;
      }),
    );
    if (login !== null) return { source: name, header: headerOf(login, reference) };
  }
  return null;
}

interface Source {
  readonly name: string;
  readonly config: DockerConfig;
}

async function* configsOf(
  { authConfig, env, payload }: CredentialSources,
  say: Finding['say'],
): AsyncGenerator<Source> {
  const read = (name: string, text: string): Source[] => {
    const config = parseDockerConfig(text);
    if (config === null) say(`WARNING: ${name} is no JSON of a Docker configuration, and is not used`);
    return config === null ? [] : [{ name, config }];
  };
  if (authConfig?.trim()) yield* read('$DOCKER_AUTH_CONFIG', authConfig);
  const path = join(env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker'), 'config.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') say(`WARNING: ${path} cannot be read, and is not used: ${code}`);
    return '';
  });
  if (text.trim() !== '') yield* read(path, text);
  const auths = payload
    .filter(({ type }) => type === 'registry')
    .map(({ url, username, password }) => [url, { username, password, identitytoken: '', registrytoken: '' }] as const);
  yield { name: 'job payload (GitLab Registry)', config: { auths: new Map(auths), helpers: new Map(), store: null } };
}

async function findLogin(
  reference: ImageReference,
  { auths, helpers, store }: DockerConfig,
  ask: (helper: string, server: string) => Promise<Login | null>,
): Promise<Login | null> {
  // Of two with the same name, the helper goes first, as with Docker.
  const candidates = [
    ...[...helpers].map(([key, helper]) => ({ key, login: () => ask(helper, key) })),
    ...[...auths].map(([key, login]) => ({ key, login: async () => login })),
  ].flatMap(({ key, login }) => {
    const place = placeOf(key);
    return isWithin(reference, place) ? [{ length: place.length, login }] : [];
  });
  for (const { login } of candidates.toSorted((one, other) => other.length - one.length)) {
    const found = await login();
    if (found !== null) return found;
  }
  return store === null ? null : ask(store, serverOf(reference));
}

/** `https://registry.example.com/v1/` → `registry.example.com`: files have it in all these ways. */
function placeOf(key: string): string {
  const [host = '', ...path] = key
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/\/v[12]$/, '')
    .split('/');
  return [hostOf(host), ...path].join('/');
}

function isWithin(reference: ImageReference, place: string): boolean {
  return place !== '' && `${repositoryOf(reference)}/`.startsWith(`${place}/`);
}

function serverOf({ registry }: ImageReference): string {
  return registry === hostOf('docker.io') ? HUB_SERVER : registry;
}

/** Base64 for URLs, but with its padding: without it, the engine takes it for no login at all, and says nothing. */
function headerOf(login: Login, reference: ImageReference): string {
  const given = Object.entries(login).filter(([, text]) => text !== '');
  const json = JSON.stringify({ ...Object.fromEntries(given), serveraddress: serverOf(reference) });
  return Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
