import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCertificate } from '../testing/certificate.ts';
import { startMailServer, type MailServer, type MailServerOptions } from '../testing/mail-server.ts';
import type { MailSettings } from './settings.ts';
import { createSmtpSender } from './smtp-sender.ts';

let cert: string;
let key: string;
let server: MailServer | undefined;
const authorities = getCACertificates('default');
beforeAll(() => {
  const files = createCertificate(mkdtempSync(join(tmpdir(), 'rivulet-smtp-')));
  [cert, key] = [readFileSync(files.certificateFile, 'utf8'), readFileSync(files.keyFile, 'utf8')];
});
afterEach(async () => {
  setDefaultCACertificates(authorities);
  await server?.stop();
  server = undefined;
});

const login = { user: 'chat', password: 'a password of the relay' };
const never = new AbortController().signal;
const mail = { to: 'team@shop.example', id: 'evt_1', subject: 'shop: something', text: 'It happened.' };

async function open(options: MailServerOptions, settings: Partial<MailSettings> = {}) {
  server = await startMailServer(options);
  const { host, port } = server;
  return createSmtpSender({ host, port, from: 'chat@shop.example', ...settings });
}

describe('the sender of mails', () => {
  it.each(['starttls', 'beginning'] as const)('encrypts before it signs in: TLS by %s', async (from) => {
    setDefaultCACertificates([...authorities, cert]);
    const security = from === 'beginning' ? 'tls' : 'starttls';
    const sender = await open({ tls: { cert, key, from }, login }, { security, ...login });
    expect(await sender.send(mail, never)).toEqual({ kind: 'delivered' });
    expect(server?.received).toMatchObject([{ isEncrypted: true, user: 'chat' }]);
    expect(await sender.verify(never)).toBeUndefined();
    expect(server?.received).toHaveLength(1);
  });

  it('sends nothing, and no password, to a server that does not offer STARTTLS', async () => {
    const sender = await open({}, { security: 'starttls', ...login });
    expect(await sender.send(mail, never)).toMatchObject({
      kind: 'away',
      problem: expect.stringContaining('encrypted') as string,
    });
    expect(server?.received).toEqual([]);
  });

  it.each(['starttls', 'beginning'] as const)(
    'sends nothing to whoever has no valid certificate: TLS by %s',
    async (from) => {
      const security = from === 'beginning' ? 'tls' : 'starttls';
      const sender = await open({ tls: { cert, key, from }, login }, { security, ...login });
      expect(await sender.send(mail, never)).toMatchObject({ kind: 'away' });
      expect(await sender.verify(never)).toMatch(/encrypted|reached/);
      expect(server?.received).toEqual([]);
    },
  );

  it('waits with a password that is refused, without naming it', async () => {
    setDefaultCACertificates([...authorities, cert]);
    const wrong = { ...login, password: 'another password' };
    const sender = await open(
      { tls: { cert, key, from: 'starttls' }, login },
      { security: 'starttls', ...wrong },
    );
    const outcome = await sender.send(mail, never);
    expect(outcome).toMatchObject({ kind: 'away', problem: expect.stringMatching(/535|password/) as string });
    expect(JSON.stringify(outcome)).not.toContain(wrong.password);
  });

  it.each([
    [550, { kind: 'refused', isFinal: true }],
    [554, { kind: 'refused', isFinal: true }],
    [450, { kind: 'refused', isFinal: false }],
    [421, { kind: 'away' }],
  ])('takes an answer %i to a recipient as %j, without the address', async (status, expected) => {
    const sender = await open({});
    server!.answer = () => status;
    const outcome = await sender.send(mail, never);
    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify(outcome)).not.toContain(mail.to);
  });

  it('ends an attempt at a server that says nothing when the gateway closes', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number }; // a TCP server has this kind of address
    const stop = new AbortController();
    const connected = new Promise((resolve) => silent.once('connection', resolve));
    const sender = createSmtpSender({ host: '127.0.0.1', port, from: 'chat@shop.example' });
    const sent = sender.send(mail, stop.signal);
    await connected;
    stop.abort();
    expect(await sent).toMatchObject({ kind: 'away' });
    silent.close();
  });
});
