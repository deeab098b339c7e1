/** Finds out whether an upstream can be reached, without a request: it costs no token and shows no key. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Shorter than the timeout of a readiness probe that waits for several checks. */
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Opens a connection to the host and closes it again: TCP, and TLS with its certificate for https. Through a proxy only the proxy
 * can be checked.
 * @throws {Error} the error of the system or of TLS, with its `code`; `ETIMEDOUT` after 3 s
 */
export async function checkReachable(target: URL): Promise<void> {
  const isTls = target.protocol === 'https:';
  const port = target.port === '' ? (isTls ? 443 : 80) : Number(target.port);
  const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      socket.destroy();
      resolve();
    };
    const socket: Socket = isTls
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) }, done)
      : connectTcp({ host, port }, done);
    socket.unref();
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      socket.destroy(Object.assign(new Error('The upstream does not answer.'), { code: 'ETIMEDOUT' }));
    });
    socket.once('error', reject);
  });
}
