const OF_GIT = /^\/(?!api\/|-\/)([^?]+)\/([^/?]+\/(?:info\/refs|git-upload-pack|git-receive-pack)(?:\?.*)?)$/s;

/** A page below a project, such as `/group/project/-/jobs/7`. */
const OF_PAGE = /^\/(?!api\/|-\/)([^?]+?)\/(-\/(?:pipelines|jobs)(?:[/?].*)?)$/s;

/**
 * The address of a repository with its namespace as one part, or that of a page with its project as one, however many groups that has: the router knows no
 * parameter that spans slashes.
 */
export function repositoryUrl(url: string): string {
  const [, path, rest] = OF_GIT.exec(url) ?? OF_PAGE.exec(url) ?? [];
  return path === undefined ? url : `/${path.replaceAll('/', '%2F')}/${rest}`;
}
