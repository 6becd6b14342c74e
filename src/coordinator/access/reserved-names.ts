/** First parts of addresses that are the server's own now, or are to be; GitLab's list has them, too. */
const RESERVED: ReadonlySet<string> = new Set([
  'admin',
  'api',
  'assets',
  'dashboard',
  'explore',
  'favicon.ico',
  'groups',
  'health_check',
  'help',
  'import',
  'invites',
  'jwt',
  'login',
  'metrics',
  'oauth',
  'profile',
  'projects',
  'public',
  'robots.txt',
  's',
  'search',
  'sitemap',
  'snippets',
  'unsubscribes',
  'uploads',
  'user',
  'users',
  'v2',
]);

/** Nobody and no group at the root can be called so: their pages and repositories would stand in the place of others. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name.toLowerCase());
}
