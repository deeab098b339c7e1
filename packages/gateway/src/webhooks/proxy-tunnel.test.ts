/** Webhooks through a forward proxy: what it is told, and that it leads to no private address. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/index.ts';
import { createCertificate } from '../testing/certificate.ts';
import { startForwardProxy, type ForwardProxy, type ForwardProxyOptions } from '../testing/forward-proxy.ts';
import { proxiesOfProcess } from './environment-proxy.ts';
import { createWebhookSender, type WebhookSender } from './send.ts';

/** Public, and no test connects to it: the proxy leads to loopback. */
const ADDRESS = '93.184.215.14';
const secrets = [`whsec_${Buffer.alloc(32, 7).toString('base64')}`];
const never = new AbortController().signal;
const authorities = getCACertificates('default');
let received: { host: string | undefined; body: string }[];
let receiver: ReturnType<typeof createServer>;
let port: number;
let proxy: ForwardProxy;
let sender: WebhookSender;

beforeEach(async () => {
  const files = createCertificate(mkdtempSync(join(tmpdir(), 'rivulet-tunnel-')), { address: ADDRESS });
  const cert = readFileSync(files.certificateFile, 'utf8');
  setDefaultCACertificates([...authorities, cert]);
  received = [];
  receiver = createServer({ cert, key: readFileSync(files.keyFile) }, (request, response) => {
    void text(request).then((body) => {
      received.push({ host: request.headers.host, body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  ({ port } = receiver.address() as AddressInfo); // a TCP server has this kind of address
});
afterEach(async () => {
  setDefaultCACertificates(authorities);
  sender.close();
  receiver.closeAllConnections();
  await Promise.all([proxy.stop(), new Promise((resolve) => receiver.close(resolve))]);
});

async function open(options: Partial<ForwardProxyOptions> = {}, except?: string): Promise<void> {
  proxy = await startForwardProxy({ target: port, ...options });
  const https = proxy.url.replace('//', '//ann:p%40ss@');
  sender = createWebhookSender(systemClock, { https, except });
}
const send = (url: string, allowPrivate = false) =>
  sender.send({ endpoint: { url, secrets, allowPrivate }, id: 'evt_1', body: '{}', signal: never });

describe('a webhook through a proxy', () => {
  it('is encrypted to its endpoint, and the proxy is told the address that was checked', async () => {
    await open();
    expect(await send(`https://${ADDRESS}/hooks`)).toEqual({ kind: 'delivered' });
    expect(received).toEqual([{ host: ADDRESS, body: '{}' }]);
    expect(proxy.asked).toEqual([`CONNECT ${ADDRESS}:443 by ann:p@ss`]);
  });

  it.each([
    ['an address of this machine', 'https://127.0.0.1/'],
    ['a name of this machine', 'https://localhost/'],
    ['the metadata of a cloud', 'https://169.254.169.254/'],
    ['this machine in IPv6', 'https://[::1]/'],
    ['this machine as IPv4 in IPv6', 'https://[::ffff:127.0.0.1]/'],
  ])('to %s is not sent, and the proxy is not asked', async (_, url) => {
    await open();
    expect(await send(url)).toMatchObject({
      kind: 'away',
      problem: expect.stringContaining('private') as string,
    });
    expect([proxy.asked, received]).toEqual([[], []]);
  });

  it('is not sent when the certificate is that of another host', async () => {
    await open();
    expect(await send('https://93.184.215.15/hooks')).toMatchObject({ kind: 'away' });
    expect(received).toEqual([]);
  });

  it.each([
    [407, 'PROXY_PASSWORD_REQUIRED'],
    [403, 'PROXY_ANSWERED_403'],
  ])('says that the proxy refuses it: %i', async (refuse, code) => {
    await open({ refuse });
    expect(await send(`https://${ADDRESS}/`)).toEqual({
      kind: 'away',
      problem: `It cannot be reached (${code}).`,
    });
  });

  it('waits while the proxy is away', async () => {
    await open();
    await proxy.stop();
    expect(await send(`https://${ADDRESS}/`)).toMatchObject({
      problem: 'It cannot be reached (ECONNREFUSED).',
    });
  });

  it('does not use it for endpoints of the own network', async () => {
    await open();
    setDefaultCACertificates(authorities);
    expect(await send(`https://127.0.0.1:${port}/`, true)).toMatchObject({ kind: 'away' }); // not its certificate
    expect(proxy.asked).toEqual([]);
  });
});

describe('the proxies of the process', () => {
  const HTTPS_PROXY = 'proxy.example:3128';
  it.each([
    [{ HTTPS_PROXY }, [], undefined],
    [{ HTTPS_PROXY, NODE_USE_ENV_PROXY: '0' }, [], undefined],
    [{ HTTPS_PROXY, NODE_USE_ENV_PROXY: '1' }, [], `http://${HTTPS_PROXY}`],
    [{ HTTPS_PROXY }, ['--use-env-proxy'], `http://${HTTPS_PROXY}`],
    [{ HTTPS_PROXY, NODE_OPTIONS: '--max-old-space-size=500 --use-env-proxy' }, [], `http://${HTTPS_PROXY}`],
    [
      { HTTPS_PROXY, https_proxy: 'https://other.example', NODE_USE_ENV_PROXY: '1' },
      [],
      'https://other.example',
    ],
    [{ NODE_USE_ENV_PROXY: '1' }, [], undefined],
  ])('of %j %j are %s', async (env, execArgv, https) => {
    await open();
    expect(proxiesOfProcess({ env, execArgv }).https).toBe(https);
  });
});
