import { describeError, errorCode } from '../../../base/index.ts';
import type { TlsFiles } from './secure-agent.ts';

const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'CERT_UNTRUSTED'],
  ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_SIGNATURE_FAILURE', 'INVALID_CA'],
]);
/** What a server says that does not know this runner's certificate, or misses it: as a code, or in the midst of OpenSSL's words. */
const WANTS_CERTIFICATE =
  /alert[ _](certificate[ _](required|expired|revoked|unknown)|bad[ _]certificate|unknown[ _]ca|handshake[ _]failure)/i;
const NO_TLS = /wrong[ _]version[ _]number/i;

/** Trouble with certificates, in words that say what to do about it; anything else stays as it is. */
export function explainTls(error: unknown, { hostname }: URL, tls: TlsFiles | null): unknown {
  const advice = adviceFor(error, hostname, tls?.caFile ?? null);
  return advice === null ? error : new Error(`${advice} (${describeError(error)})`, { cause: error });
}

function adviceFor(error: unknown, hostname: string, caFile: string | null): string | null {
  const code = errorCode(error) ?? '';
  const words = `${code} ${describeError(error)}`;
  if (UNKNOWN_AUTHORITY.has(code)) {
    const whose = `the certificate of ${hostname} is signed by nobody whom this machine trusts`;
    if (caFile !== null) return `${whose}, nor by ${caFile}: is that the authority of this server?`;
    return `${whose}: name a PEM file of its authority with tls-ca-file, or put it in certs/${hostname}.crt beside the settings`;
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const when = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return `the certificate of ${hostname}, or of who signed it, ${when}: it has to be renewed at the server, or the clock here is wrong`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate of the server is not for ${hostname}: use a name in url that it has`;
  }
  if (WANTS_CERTIFICATE.test(words)) {
    return `${hostname} wants a certificate of this runner that it knows: tls-cert-file and tls-key-file, or certs/${hostname}.auth.crt and .auth.key beside the settings`;
  }
  return NO_TLS.test(words) ? `${hostname} does not speak https there: is it http?` : null;
}
