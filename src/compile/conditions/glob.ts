export type GlobMatcher = (path: string) => boolean;

/**
 * `changes` and `exists` globs, as Ruby's fnmatch with PATHNAME, DOTMATCH and EXTGLOB reads them: `*` and `?` stop at `/`,
 * `**` followed by `/` crosses directories (a trailing `**` is just `*`), `{a,b}`, `[a-z]`, `[^a]`, `\` quotes.
 */
export declare function compileGlob(pattern: string): GlobMatcher;
