export interface ListenAddress {
  /** Without brackets; empty: all addresses of the machine. */
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
}

/** As GitLab's runner has it. */
const USUAL_PORT = 9252;

/** `host:port`, `[::1]:port`, `:port`, or a host alone. Null: none of these. */
export function parseListenAddress(text: string): ListenAddress | null {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, bracketed, plain = '', digits] = match;
  const port = digits === undefined ? USUAL_PORT : Number(digits);
  if (port > 65_535 || (bracketed === undefined && plain === '' && digits === undefined)) return null;
  return { host: bracketed ?? plain, port };
}
