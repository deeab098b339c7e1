/** Says what a failed connection to a server means, and what to do. Shared by all adapters that connect to a server. */

const UNREACHABLE = 'cannot be reached; check the network, the firewall and the port';
const SILENT = 'does not answer in time; check that it is up, and the firewall between it and the gateway';
const UNKNOWN_HOST =
  'has a host name that cannot be found; correct the host, or check the DNS of this machine';
const UNTRUSTED =
  'has a certificate that no known authority has signed; give the CA file of your provider in the URL, with sslmode=verify-full&sslrootcert=/path/to/ca.crt, or accept any certificate with sslmode=no-verify';
const CLOSED =
  'closed the connection at once; check that the port is right, and whether the server requires TLS';

/** By the code of the system or of OpenSSL. A Map, because some codes come from a library. */
const FAILURES = new Map<string, string>([
  ['ECONNREFUSED', 'refuses connections; check that it is up and that the port is right'],
  ['ENOTFOUND', UNKNOWN_HOST],
  ['EAI_AGAIN', UNKNOWN_HOST],
  ['ETIMEDOUT', SILENT],
  ['EHOSTUNREACH', UNREACHABLE],
  ['ENETUNREACH', UNREACHABLE],
  ['EADDRNOTAVAIL', UNREACHABLE],
  ['ENOENT', 'has no such socket; check that it is up and that the path is right'],
  ['EACCES', 'has a socket that this user may not use; give the user access to it'],
  ['ECONNRESET', CLOSED],
  ['EPIPE', CLOSED],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['CERT_HAS_EXPIRED', 'has a certificate that has expired; renew it, or accept it with sslmode=no-verify'],
  ['CERT_NOT_YET_VALID', 'has a certificate that is not valid yet; check the clock of this machine'],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'has a certificate for another host name; use the name in the certificate, or accept it with sslmode=no-verify',
  ],
]);

/**
 * What the failure means and what to do, to follow the name of the server, with the code in parentheses.
 * @returns undefined when it is not a failure of the network or of TLS
 */
export function describeNetworkFailure(error: unknown): string | undefined {
  const code = networkCodeOf(error);
  const known = FAILURES.get(code ?? '');
  if (known !== undefined) return `${known} (${code})`;
  if (code?.startsWith('ERR_SSL_') === true || code === 'EPROTO')
    return `cannot agree on TLS with the gateway; check whether this port speaks TLS (${code})`;
  return undefined;
}

/** The code of the error or of the first of its causes that has one. */
function networkCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && FAILURES.has(code) ? code : (networkCodeOf(error.cause) ?? textOf(code));
}

const textOf = (code: unknown): string | undefined => (typeof code === 'string' ? code : undefined);
