/**
 * Connections to endpoints through an HTTP proxy. The name is resolved and checked here, and the proxy is told the address: with the
 * name, a proxy that stands in a private network would connect to whatever address the name has there.
 */
import type { LookupAddress } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { checkHost, lookupPublic } from '../base/private-addresses.ts';

/** Which proxy stands between, and where the connection goes. */
export interface TunnelOptions {
  /** With user and password when it asks for them. */
  proxy: URL;
  /** The host of an endpoint, without brackets. */
  hostname: string;
  port: number;
}

const TIMEOUT_MS = 10_000;

/**
 * Opens a connection that is encrypted to the endpoint.
 * @throws {PrivateAddressError} when an address of the host is a private one: the proxy is not asked
 * @throws {Error} of the network or of TLS, with its `code`
 */
export async function openTunnel({ proxy, hostname, port }: TunnelOptions): Promise<TLSSocket> {
  const { address, family } = await resolvePublic(hostname);
  const socket = await connectBy(proxy, `${family === 6 ? `[${address}]` : address}:${port}`);
  return encrypt(socket, hostname);
}

function resolvePublic(hostname: string): Promise<LookupAddress> {
  checkHost({ hostname });
  return new Promise((resolve, reject) => {
    lookupPublic(hostname, { all: true }, (error, addresses) => {
      const [first] = typeof addresses === 'string' ? [] : addresses;
      if (error === null && first !== undefined) resolve(first);
      else reject(error ?? failure('ENOTFOUND'));
    });
  });
}

function connectBy(proxy: URL, path: string): Promise<Socket> {
  const send = proxy.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(new URL(proxy.origin), {
      ...{ method: 'CONNECT', path, agent: false, timeout: TIMEOUT_MS },
      headers: { host: path, ...authorizationOf(proxy) },
    });
    request.once('connect', ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(failure(statusCode === 407 ? 'PROXY_PASSWORD_REQUIRED' : `PROXY_ANSWERED_${statusCode}`));
      }
    });
    request.once('response', (response) => {
      response.destroy();
      reject(failure(`PROXY_ANSWERED_${response.statusCode}`));
    });
    request.once('timeout', () => request.destroy(failure('ETIMEDOUT')));
    request.once('error', reject);
    request.end();
  });
}

function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

function encrypt(socket: Socket, host: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // An address is no name that a client may ask a server for; the certificate is compared with it all the same.
    const name = isIP(host) === 0 ? { servername: host } : { host };
    const encrypted = connect({ socket, ...name, ALPNProtocols: ['http/1.1'] }, () => {
      encrypted.off('error', reject);
      resolve(encrypted);
    });
    encrypted.once('error', reject);
  });
}

const failure = (code: string): Error => Object.assign(new Error(`The tunnel failed: ${code}`), { code });
