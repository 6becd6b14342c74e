/** As much of a schema as this looks at. */
interface NamingSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
}

/**
 * GitLab takes the parameters of a request that changes something from the address too, as `POST …/pipeline?ref=main`, and its own documentation writes
 * them so. What a schema of a body names and the body does not say is taken from there; one that names nothing takes all. Changes `body`.
 */
export function addFromQuery({ properties }: NamingSchema, body: unknown, query: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
  const said = body as Record<string, unknown>;
  for (const [name, value] of Object.entries(query ?? {})) {
    const isNamed = properties === undefined || Object.hasOwn(properties, name);
    if (isNamed && !Object.hasOwn(said, name)) Object.defineProperty(said, name, { ...PLAIN, value });
  }
}

/** Whatever its name is, `__proto__` too. */
const PLAIN = { enumerable: true, writable: true, configurable: true } as const;
