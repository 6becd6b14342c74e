import { type Call, forbidden } from '../../http/index.ts';

/** A form of another site would sign somebody in as somebody else, who then reads what they type. @throws HttpError 403 */
export function refuseOtherSites({ headers }: Pick<Call, 'headers'>): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw forbidden('Sent by another site');
}
