import { withoutCredentials } from '../checkout/parse-remote.ts';

/** Settings that decide how the files on disk compare with the objects, and where missing objects come from. */
const KEPT_SETTINGS =
  /^(?:core\.(?:autocrlf|eol|safecrlf|filemode|symlinks|ignorecase|precomposeunicode|sparsecheckout(?:cone)?)|index\.sparse|filter\..*|extensions\.(?:objectformat|partialclone)|remote\.origin\.(?:promisor|partialclonefilter))$/;

/** `output` has `key\nvalue\0` for each setting; later ones win, as they do in a file. */
export function formatConfig(output: string): string {
  const lines = ['[core]', '\trepositoryformatversion = 1', '\tbare = false', '\tlogallrefupdates = true'];
  // Every copy has its own inode and change time; with them git would take each file for changed and read it.
  lines.push('\ttrustctime = false', '\tcheckStat = minimal');
  for (const entry of output.split('\0')) {
    const [key = '', ...value] = entry.split('\n');
    if (KEPT_SETTINGS.test(key)) lines.push(...formatSetting(key, value.length === 0 ? null : value.join('\n')));
    else if (key === 'remote.origin.url') {
      lines.push(...formatSetting(key, withoutCredentials(value.join('\n'))));
      lines.push('\tfetch = +refs/heads/*:refs/remotes/origin/*');
    }
  }
  return `${lines.join('\n')}\n`;
}

/** `value` null: the key alone, which means true. The part between the first and the last dot keeps its case. */
function formatSetting(key: string, value: string | null): string[] {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  const section = first === last ? key.slice(0, first) : `${key.slice(0, first)} ${quote(key.slice(first + 1, last))}`;
  return [`[${section}]`, `\t${key.slice(last + 1)}${value === null ? '' : ` = ${quote(value)}`}`];
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
