/** Masked whatever is said. */
export const PERSONAL_TOKEN_PREFIXES: readonly string[] = ['glpat-'];

/** Kept in the log, with the run of token characters behind them masked. Source: GitLab's default token prefixes. */
export const DEFAULT_TOKEN_PREFIXES: readonly string[] = [
  'glpat-',
  'gloas-',
  'gldt-',
  'glrt-',
  'glcbt-',
  'glrtr-',
  'glptt-',
  'glft-',
  'glimt-',
  'glagent-',
  'glsoat-',
  'glffct-',
  '_gitlab_session=',
  'gltok-',
];

/** Query parameters whose value is a secret; any case. Source: GitLab's runner. */
const SECRET_PARAMETERS = [
  'private_token',
  'authenticity_token',
  'rss_token',
  'x-amz-signature',
  'x-amz-credential',
  'x-amz-security-token',
];

/** Text that stays, followed by a run of bytes that is masked. */
export interface Lead {
  /** Lower case when `anyCase`. */
  readonly bytes: Buffer;
  readonly anyCase: boolean;
  /** 1 for each byte that belongs to the run. */
  readonly runBytes: Uint8Array;
}

export interface SecretPatterns {
  /** Exact values, by first byte, longest first. */
  readonly values: readonly (readonly Buffer[] | undefined)[];
  /** By first byte, longest first. */
  readonly leads: readonly (readonly Lead[] | undefined)[];
  readonly longestValue: number;
  readonly longestLead: number;
}

const TOKEN_RUN = byteTable((byte) => /[A-Za-z0-9._=-]/.test(String.fromCharCode(byte)));
/** Up to the next parameter, blank, quote or bracket; what a URL in a log line ends with. */
const PARAMETER_RUN = byteTable((byte) => byte > 0x20 && byte !== 0x7f && !/[&#"'`<>]/.test(String.fromCharCode(byte)));

export function compilePatterns(maskedValues: readonly string[], tokenPrefixes: readonly string[]): SecretPatterns {
  const values = distinct(maskedValues.map((value) => value.trim())).map((value) => Buffer.from(value));
  const leads: Lead[] = [
    ...distinct(tokenPrefixes).map((text) => ({ bytes: Buffer.from(text), anyCase: false, runBytes: TOKEN_RUN })),
    ...SECRET_PARAMETERS.flatMap((name) =>
      ['?', '&'].map((mark) => ({ bytes: Buffer.from(`${mark}${name}=`), anyCase: true, runBytes: PARAMETER_RUN })),
    ),
  ];
  values.sort((a, b) => b.length - a.length);
  leads.sort((a, b) => b.bytes.length - a.bytes.length);
  return {
    values: byFirstByte(values, (value) => value),
    leads: byFirstByte(leads, (lead) => lead.bytes),
    longestValue: values[0]?.length ?? 0,
    longestLead: leads[0]?.bytes.length ?? 0,
  };
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== '');
}

function byteTable(test: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (test(byte) ? 1 : 0));
}

function byFirstByte<T>(items: readonly T[], bytes: (item: T) => Buffer): (readonly T[] | undefined)[] {
  const table = new Array<T[] | undefined>(256).fill(undefined);
  for (const item of items) {
    const first = bytes(item)[0] ?? 0;
    const row = table[first] ?? [];
    table[first] = row;
    row.push(item);
  }
  return table;
}
