import type { S3Settings } from '../../coordinator/index.ts';

const PARAMETERS = ['endpoint', 'region', 'path-style'] as const;
const DEFAULT_REGION = 'us-east-1';

/**
 * `s3://BUCKET/PREFIX?endpoint=https://…&region=eu-central-1&path-style=true` as settings; as text, what is wrong with it. There is no secret in it: those
 * the SDK finds by itself, in the environment or in a file.
 */
export function parseBlobsUrl(text: string): S3Settings | string {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 's3:' || url.hostname === '') return 'Write s3://BUCKET or s3://BUCKET/PREFIX.';
  if (url.username !== '' || url.password !== '') {
    return 'No keys in an address, where everybody can read them: put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or into the file that AWS_SHARED_CREDENTIALS_FILE names.';
  }
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.some((known) => known === name));
  if (unknown !== undefined) return `There is no parameter ${unknown}; there are ${PARAMETERS.join(', ')}.`;
  const endpoint = url.searchParams.get('endpoint');
  if (endpoint !== null && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    return 'The endpoint is an address, as in endpoint=https://storage.example.com.';
  }
  const pathStyle = url.searchParams.get('path-style') ?? String(endpoint !== null);
  if (pathStyle !== 'true' && pathStyle !== 'false') return 'path-style is true or false.';
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  return {
    bucket: url.hostname,
    region: url.searchParams.get('region') ?? DEFAULT_REGION,
    pathStyle: pathStyle === 'true',
    ...(endpoint === null ? {} : { endpoint }),
    ...(prefix === '' ? {} : { prefix: `${prefix}/` }),
  };
}
