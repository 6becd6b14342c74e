import type { IncomingHttpHeaders } from 'node:http';
import { isReservedName } from '../../access/index.ts';

/** Where the one document of the page is answered. */
export const DOCUMENT = '/-/page/index';

const OWN =
  /^\/(?:|admin\/(?:projects|obligations|runners|users|audit_log)|projects\/new|users\/sign_in|-\/user_settings\/(?:profile|personal_access_tokens))$/;
/** What follows the address of a project; nothing in it has a meaning in HTML. */
const VIEW =
  /^(?:pipelines(?:\/new|\/\d+(?:\/(?:builds|failures))?)?|jobs(?:\/\d+(?:\/artifacts\/browse(?:\/[\w.~!$&()*+,;=:@%/-]*)?)?)?|ci\/editor|obligations|runners|settings\/(?:ci_cd|access_tokens)|project_members|audit_events)$/;
const SEGMENT = /^[\w.][\w.+-]*$/;
/** What git asks of a repository. */
const GIT = /\/(?:info\/refs|info\/lfs\/.*|git-upload-pack|git-receive-pack|HEAD|objects\/.*)$/;
const LONGEST = 4_000;

/**
 * Whether the path is one of the page's views. A list of what is, and never "whatever a browser asks for": links that sign in, the reference and downloads
 * are opened by browsers too.
 * @param path without a query
 */
export function isPageAddress(path: string): boolean {
  if (path.length > LONGEST) return false;
  if (OWN.test(path)) return true;
  const [project = '', view, ...rest] = path.replace(/\/$/, '').split('/-/');
  if (view === undefined) return isProject(project, 2);
  // A directory of artifacts may be called `-`.
  return VIEW.test([view, ...rest].join('/-/')) && (isProject(project, 2) || /^\/\d+$/.test(project));
}

function isProject(path: string, least: number): boolean {
  const [root, first = '', ...more] = path.split('/');
  if (root !== '' || more.length + 1 < least || isReservedName(first) || GIT.test(path)) return false;
  return [first, ...more].every((segment) => SEGMENT.test(segment));
}

/** The document for who opens a view in a browser, else null. Others ask for the same addresses, and want them as text. */
export function pageUrl(url: string, method: string | undefined, { accept }: IncomingHttpHeaders): string | null {
  const isBrowser = (method === 'GET' || method === 'HEAD') && accept !== undefined && /\btext\/html\b/i.test(accept);
  return isBrowser && isPageAddress(url.split('?', 1)[0] ?? '') ? DOCUMENT : null;
}
