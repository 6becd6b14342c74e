import { probeAddress } from '../../src/coordinator/listen.ts';
import { serveSources } from './serve-sources.ts';

export interface ServedPage {
  /** What `epilogue` is to be started with, in place of what was asked for. */
  readonly args: readonly string[];
  close(): Promise<void>;
}

const USUAL = '127.0.0.1:8929';

/**
 * Serves the page's sources where `epilogue serve ARGS` was to listen, before a coordinator that listens on a free port and names the page's address
 * in its links.
 * @param args `serve`, and its flags
 */
export async function servePage(root: string, args: readonly string[]): Promise<ServedPage> {
  const { host, port, rest } = withoutListen(args);
  const behind = await probeAddress({ host: '127.0.0.1', port: 0 });
  const coordinator = `127.0.0.1:${behind.port}`;
  const { address, close } = await serveSources({ root, host, port, coordinator: `http://${coordinator}` });
  const url = rest.some((word) => /^--external-url(=|$)/.test(word)) ? [] : ['--external-url', address];
  console.log(`dev: the page, from its sources, and all else: ${address}`);
  return { args: [...rest, '--listen', coordinator, ...url], close };
}

function withoutListen(args: readonly string[]) {
  const at = args.findIndex((word) => /^--listen(=|$)/.test(word));
  const isOneWord = args[at]?.includes('=') === true;
  const given = at === -1 ? USUAL : isOneWord ? args[at]?.slice('--listen='.length) : args[at + 1];
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(given ?? '') ?? [];
  if (port === undefined) throw new Error('--listen: write HOST:PORT, as in 127.0.0.1:8929');
  const rest = at === -1 ? args : args.toSpliced(at, isOneWord ? 1 : 2);
  return { host: bracketed ?? plain ?? '', port: Number(port), rest };
}
