const OF_GIT = /^\/(?!api\/|-\/)([^?]+)\/([^/?]+\/(?:info\/refs|git-upload-pack|git-receive-pack)(?:\?.*)?)$/s;

/** The address of a repository with its namespace as one part, however many groups that has: the router knows no parameter that spans slashes. */
export function repositoryUrl(url: string): string {
  const [, namespace, rest] = OF_GIT.exec(url) ?? [];
  return namespace === undefined ? url : `/${namespace.replaceAll('/', '%2F')}/${rest}`;
}
