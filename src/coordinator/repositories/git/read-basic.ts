/** User name and password of an `Authorization: Basic` header; null: there is none, or it is not one. */
export function readBasic(header: string | undefined): { readonly name: string; readonly password: string } | null {
  const coded = /^basic +([\w+/=-]+) *$/i.exec(header ?? '')?.[1];
  if (coded === undefined) return null;
  const text = Buffer.from(coded, 'base64').toString();
  const at = text.indexOf(':');
  return at < 0 ? null : { name: text.slice(0, at), password: text.slice(at + 1) };
}
