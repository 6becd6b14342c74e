/** `ms` is a whole number; `message` reads after the name of the key, such as ``timeout: `abc` is not a duration``. */
export type ParsedDuration =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly message: string };

/** `expire_in` and `auto_stop_in`: `ms` is null for `never`. */
export type ParsedExpiry =
  | { readonly ok: true; readonly ms: number | null }
  | { readonly ok: false; readonly message: string };

/** Text such as `1h 30m`, `90 minutes`, `2 days and 3 hours`; a bare number is seconds. */
export declare function parseDuration(text: string | number): ParsedDuration;

export declare function parseExpiry(text: string | number): ParsedExpiry;
