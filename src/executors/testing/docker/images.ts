import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debian } from './debian.ts';

const run = promisify(execFile);

/** What containers of tests are made from; there is no registry. */
export const images = {
  /** Debian's static busybox: ash, and no bash. */
  busybox: 'epilogue-test/busybox',
  /** The same, run as somebody who is not root and is not in its list of users. */
  user: 'epilogue-test/busybox-user',
  /** The same, with an entrypoint that prints what it is given and ends. */
  entrypoint: 'epilogue-test/busybox-entrypoint',
  /** bash and git. */
  debian: 'epilogue-test/debian',
} as const;

/** Brings those images that the engine does not have; two may do so at once. */
export async function bringImages(host: string, wanted: readonly string[] = Object.values(images)): Promise<void> {
  const known = await run('docker', ['--host', host, 'images', '--format', '{{.Repository}}']);
  const missing = wanted.filter((name) => !known.stdout.split('\n').includes(name));
  if (missing.some((name) => name !== images.debian)) await bringBusybox(host);
  if (missing.includes(images.debian)) await run('docker', ['--host', host, 'import', debian.path, images.debian]);
}

async function bringBusybox(host: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'epilogue-busybox-'));
  try {
    const names = [images.busybox, images.user, images.entrypoint];
    await run('sh', ['-c', BUSYBOX, 'sh', dir, host, ...names]);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const BUSYBOX = `
  set -e
  mkdir -p "$1/image/bin" "$1/image/tmp" "$1/image/etc"
  chmod 1777 "$1/image/tmp"
  for applet in $(busybox --list); do ln -sf busybox "$1/image/bin/$applet"; done
  rm -f "$1/image/bin/busybox"
  cp "$(command -v busybox)" "$1/image/bin/busybox"
  echo root:x:0:0:root:/:/bin/sh >"$1/image/etc/passwd"
  echo root:x:0: >"$1/image/etc/group"
  tar -C "$1/image" -cf "$1/tar" .
  docker --host "$2" import "$1/tar" "$3"
  docker --host "$2" import --change 'USER 1000:1000' "$1/tar" "$4"
  docker --host "$2" import --change 'ENTRYPOINT ["echo","given:"]' "$1/tar" "$5"`;
