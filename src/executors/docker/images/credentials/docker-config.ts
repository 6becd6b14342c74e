/** What Docker's `config.json` says of registries. */
export interface DockerConfig {
  /** By registry, or registry and path, as it is written there. */
  readonly auths: ReadonlyMap<string, Login>;
  /** Name of the program that knows the login, by registry. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The program for all others; null: none. */
  readonly store: string | null;
}

/** One of the two tokens, or name and password. All of it is secret. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly identitytoken: string;
  readonly registrytoken: string;
}

/** @returns null when it is no JSON of an object. Entries that say nothing, or are of another shape, are left out. */
export function parseDockerConfig(text: string): DockerConfig | null {
  const config = parseObject(text);
  if (config === null) return null;
  const auths = new Map<string, Login>();
  for (const [key, entry] of entriesOf(config.auths)) {
    const login = isObject(entry) ? readLogin(entry) : null;
    if (login !== null) auths.set(key, login);
  }
  const helpers = entriesOf(config.credHelpers).filter((entry): entry is [string, string] => isText(entry[1]));
  return { auths, helpers: new Map(helpers), store: isText(config.credsStore) ? config.credsStore : null };
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    // Its message has a piece of the text, and so perhaps of a password.
    return null;
  }
}

/** `auth` is base64 of `name:password`. null: the entry is there for a credential store, and says nothing itself. */
function readLogin(entry: Readonly<Record<string, unknown>>): Login | null {
  const text = (key: string): string => (isText(entry[key]) ? entry[key] : '');
  const auth = Buffer.from(text('auth'), 'base64').toString();
  const colon = auth.indexOf(':');
  const [username, password] = colon === -1 ? ['', ''] : [auth.slice(0, colon), auth.slice(colon + 1)];
  const login: Login = {
    username: username || text('username'),
    // Docker's own tools take NULs off its end, which some programs write.
    password: password.replace(/\0+$/, '') || text('password'),
    identitytoken: text('identitytoken'),
    registrytoken: text('registrytoken'),
  };
  return login.username === '' && login.identitytoken === '' && login.registrytoken === '' ? null : login;
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
