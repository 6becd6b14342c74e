import type { Passing } from './fault-proxy.ts';

const JOB = /^\/api\/v4\/jobs\/\d+$/;

export const isUpload = ({ method, url }: Passing): boolean =>
  method === 'POST' && /^\/api\/v4\/jobs\/\d+\/artifacts/.test(url);
export const isLastUpdate = ({ method, url, json }: Passing): boolean =>
  method === 'PUT' && JOB.test(url) && (json?.state === 'success' || json?.state === 'failed');
export const isReport = ({ method, url }: Passing): boolean => method === 'PUT' && JOB.test(url);
export const isFetch = ({ url }: Passing): boolean => url.includes('/info/refs?service=git-upload-pack');
