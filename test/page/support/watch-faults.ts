import type { BrowserContext } from 'playwright-core';

/** Tells of each violation of the policy; the console's words for it leave out what was refused where it is long. */
const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) => {
  tellFault('policy: ' + event.effectiveDirective + ' refused ' + event.blockedURI + ' ' + event.sample);
})`;

/** What must not happen on any page: errors and warnings on the console, errors of scripts, a violation of the policy, a request to anybody else. */
export async function watchFaults(
  context: BrowserContext,
  base: string,
  found: (fault: string) => void,
): Promise<void> {
  context.on('console', (message) => {
    const type = message.type();
    if (type === 'error' || type === 'warning') found(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (event) => found(`script: ${event.error().stack ?? event.error().message}`));
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== base) found(`request to ${request.url()}`);
  });
  await context.exposeBinding('tellFault', (_source, fault: string) => found(fault));
  await context.addInitScript(TELL_VIOLATIONS);
}
