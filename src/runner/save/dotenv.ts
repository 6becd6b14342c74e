export declare const MAX_DOTENV_BYTES: number;
export declare const MAX_DOTENV_VARIABLES: number;

export type Dotenv =
  | { readonly ok: true; readonly variables: readonly { readonly key: string; readonly value: string }[] }
  | { readonly ok: false; readonly error: string };

/** Parses `KEY=VALUE` lines as GitLab does. */
export declare function parseDotenv(bytes: Uint8Array): Dotenv;

/** Reads a dotenv report that `saveArtifacts` kept (gzip). */
export declare function readDotenvReport(path: string, signal: AbortSignal): Promise<Dotenv>;
