const GIT = ['/info/refs', '/git-upload-pack', '/git-receive-pack'];
/** Of a page below a project, such as `/group/project/-/jobs/7`. */
const PAGE = /\/-\/(?:pipelines|jobs)(?=\/|$)/;

/**
 * The address of a repository with its namespace as one part, or that of a page with its project as one, however many groups that has: the router knows no
 * parameter that spans slashes.
 */
export function repositoryUrl(url: string): string {
  const [path = ''] = url.split('?', 1);
  if (path.startsWith('/api/') || path.startsWith('/-/')) return url;
  const end = endOfNamespace(path) ?? path.search(PAGE);
  return end > 1 ? `/${path.slice(1, end).replaceAll('/', '%2F')}${url.slice(end)}` : url;
}

/** Null: git asks for something else. */
function endOfNamespace(path: string): number | null {
  const service = GIT.find((each) => path.endsWith(each));
  if (service === undefined) return null;
  const end = path.length - service.length;
  const slash = path.lastIndexOf('/', end - 1);
  return slash > 0 && slash < end - 1 ? slash : null;
}
