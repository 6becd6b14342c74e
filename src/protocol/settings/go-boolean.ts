/** The spellings that Go takes, as GitLab's runner does; null: none of them. */
export function parseGoBoolean(text: string): boolean | null {
  if (/^(1|t|T|true|True|TRUE)$/.test(text)) return true;
  return /^(0|f|F|false|False|FALSE)$/.test(text) ? false : null;
}
