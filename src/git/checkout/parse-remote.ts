/** Where a checkout's project lives on its server, as `CI_PROJECT_*` shows it. */
export interface Project {
  /** `namespace/name`. */
  readonly path: string;
  readonly name: string;
  /** May have several levels. */
  readonly namespace: string;
}

/** The namespace of a checkout that has no remote with one. */
const LOCAL_NAMESPACE = 'local';

/** `remoteUrl` null, or the path of a directory: the checkout's own directory gives the name. */
export function projectOf(remoteUrl: string | null, directoryName: string): Project {
  const segments = remoteUrl === null ? [] : serverPath(remoteUrl).split('/').filter(Boolean);
  const name = segments.pop()?.replace(/\.git$/, '') || directoryName.replace(/[^\w.-]+/g, '-') || 'project';
  const namespace = segments.length === 0 ? LOCAL_NAMESPACE : segments.join('/');
  return { path: `${namespace}/${name}`, name, namespace };
}

/** The part after the host; empty when the remote is a directory. */
function serverPath(remoteUrl: string): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\/[^/]+\/(.*)$/i.exec(remoteUrl);
  if (url !== null) return (url[1] ?? '').replace(/[?#].*$/, '');
  // `user@host:path`, git's own short form; a one-letter host would be a drive.
  const short = /^(?:[^/:@]+@)?[^/:]{2,}:(.+)$/.exec(remoteUrl);
  return short === null || remoteUrl.includes('://') ? '' : (short[1] ?? '');
}

/** The URL without what may be secret: passwords, tokens in the user's place, queries. The user of an ssh URL stays. */
export function withoutCredentials(remoteUrl: string): string {
  return remoteUrl
    .replace(/^(https?:\/\/)[^/@]*@/i, '$1')
    .replace(/^([a-z0-9+.-]+:\/\/[^/:@]*):[^/@]*@/i, '$1@')
    .replace(/^(https?:\/\/[^?#]*)[?#].*$/i, '$1');
}
