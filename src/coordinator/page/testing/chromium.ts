import { existsSync } from 'node:fs';

/** The browser itself: Debian's script around it adds what the machine's owner likes. */
const DEBIANS = '/usr/lib/chromium/chromium';

/** Where the browser is that tests of the page use; `EPILOGUE_TEST_CHROMIUM` names another one than Debian's. */
export function chromiumPath(): string {
  return process.env.EPILOGUE_TEST_CHROMIUM ?? DEBIANS;
}

/** Why there is none, as a reason to print; null when there is one. */
export function missingChromium(): string | null {
  return existsSync(chromiumPath()) ? null : `Chromium not installed (${chromiumPath()})`;
}
