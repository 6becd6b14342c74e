import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlain, type Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Authority, describeWithOpenssl, pemOf } from '../../../../test/support/tls/authority.ts';
import type { TlsFiles } from './secure-agent.ts';
import { openTransport, type Transport } from './transport.ts';

const NOTHING: TlsFiles = { caFile: null, certFile: null, keyFile: null };
let dir: string;
let ours: Authority;
let others: Authority;
let server: Server | null = null;

describeWithOpenssl('a connection over https', () => {
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'epilogue-tls-'));
    ours = new Authority(dir, 'ours');
    others = new Authority(dir, 'others');
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** A server over https that says who asks; by name where it wants to know. @returns its address */
  async function serve(options: ServerOptions): Promise<string> {
    server = createServer(options, ({ socket }, response) => {
      const { subject } = (socket as TLSSocket).getPeerCertificate();
      response.end(`hello ${subject?.CN ?? 'whoever'}`);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const open = (tls: Partial<TlsFiles> | null) =>
    openTransport({ tls: tls === null ? null : { ...NOTHING, ...tls }, connectionMaxAgeMs: 60_000 });

  async function ask(transport: Transport, url: string): Promise<string> {
    const signal = AbortSignal.timeout(10_000);
    const answer = await transport.exchange({ method: 'GET', url: new URL(url), headers: {}, body: null, signal });
    return await answer.text();
  }

  it('believes a server whose authority is named, and says what to do about one that nobody here trusts', async () => {
    const url = await serve(pemOf(ours.sign('server')));
    expect(await ask(open({ caFile: ours.file }), url)).toBe('hello whoever');
    const words = 'the certificate of 127.0.0.1 is signed by nobody whom this machine trusts';
    const advice =
      'name a PEM file of its authority with tls-ca-file, or put it in certs/127.0.0.1.crt beside the settings';
    for (const tls of [null, {}]) await expect(ask(open(tls), url)).rejects.toThrow(`${words}: ${advice}`);
    const wrong = ask(open({ caFile: others.file }), url);
    await expect(wrong).rejects.toThrow(`${words}, nor by ${others.file}: is that the authority of this server?`);
  });

  it('believes a file of several authorities, and each of them', async () => {
    const both = join(dir, 'both.crt');
    writeFileSync(both, [others, ours].map(({ file }) => `# ${file}\n${readFileSync(file, 'utf8')}`).join(''));
    const url = await serve(pemOf(ours.sign('server')));
    expect(await ask(open({ caFile: both }), url)).toBe('hello whoever');
  });

  it.each([
    ['has expired', { days: -1 }, /the certificate of 127\.0\.0\.1, or of who signed it, has expired: .*clock here/],
    ['is for another name', { names: 'DNS:ci.example.com' }, /the certificate of the server is not for 127\.0\.0\.1/],
  ])('takes no certificate that %s', async (_, how, words) => {
    const url = await serve(pemOf(ours.sign('server', how)));
    await expect(ask(open({ caFile: ours.file }), url)).rejects.toThrow(words);
  });

  it('shows its own certificate to a server that wants one', async () => {
    const wants = { ca: readFileSync(ours.file), requestCert: true, rejectUnauthorized: true };
    // In a later version the word of the server may be lost: what it does not read any more cuts the connection.
    const url = await serve({ ...pemOf(ours.sign('server')), ...wants, maxVersion: 'TLSv1.2' });
    const { cert: certFile, key: keyFile } = ours.sign('runner-7');
    expect(await ask(open({ caFile: ours.file, certFile, keyFile }), url)).toBe('hello runner-7');
    const advice = /127\.0\.0\.1 wants a certificate of this runner that it knows: tls-cert-file and tls-key-file/;
    await expect(ask(open({ caFile: ours.file }), url)).rejects.toThrow(advice);
  });

  it('reads its files again when they have changed, without a start', async () => {
    const wants = { ca: readFileSync(ours.file), requestCert: true, rejectUnauthorized: true };
    const url = await serve({ ...pemOf(ours.sign('server')), ...wants });
    const first = ours.sign('first');
    const transport = open({ caFile: ours.file, certFile: first.cert, keyFile: first.key });
    expect(await ask(transport, url)).toBe('hello first');
    const renewed = ours.sign('renewed');
    renameSync(renewed.cert, first.cert);
    // Half of it is there: said, and over with the other half.
    await expect(ask(transport, url)).rejects.toThrow(/first\.crt.* cannot be used/);
    renameSync(renewed.key, first.key);
    expect(await ask(transport, url)).toBe('hello renewed');
  });

  it('names the file that is missing or is none, and the server that speaks no https', async () => {
    const url = await serve(pemOf(ours.sign('server')));
    const missing = join(dir, 'missing.crt');
    await expect(ask(open({ caFile: missing }), url)).rejects.toThrow(/tls-ca-file cannot be read: .*missing\.crt/);
    writeFileSync(join(dir, 'text'), 'no certificate');
    await expect(ask(open({ caFile: join(dir, 'text') }), url)).rejects.toThrow(
      /tls-ca-file .*text holds no certificate in PEM/,
    );
    const plain = createPlain((_, response) => void response.end('hello'));
    onTestFinished(() => void plain.close());
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    await expect(ask(open({}), `https://127.0.0.1:${port}`)).rejects.toThrow(/127\.0\.0\.1 does not speak https there/);
  });
});
