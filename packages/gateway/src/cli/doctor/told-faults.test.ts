/** Faults of webhooks, of mail and of their outbox, planted one by one into a sound service. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createPostgresStore } from '../../stores/postgres.ts';
import { createSqliteStore } from '../../stores/sqlite.ts';
import type { Store } from '../../stores/store.ts';
import {
  deserted,
  DOCTOR_TIMEOUT_MS,
  examine,
  expectFound,
  useSoundService,
  type Draft,
  type PlantedFault,
} from '../../testing/doctor-draft.ts';
import { endpointNameOf } from '../../webhooks/settings.ts';

const MINUTE_MS = 60_000;
const login = { user: 'chat', password: 'a password of the relay' };
const hook = (one: Draft) => one.value.webhooks[0]!;

const FAULTS: PlantedFault[] = [
  {
    title: 'an endpoint that is away',
    plant: async (one) => (hook(one).url = `${await deserted(one)}/hooks`),
    checks: ['webhook 1'],
    found: /refuses connections/,
  },
  {
    title: 'an endpoint whose certificate is one for another host',
    plant: (one) => (hook(one).url = String(hook(one).url).replace('127.0.0.1', 'localhost')),
    checks: ['webhook 1'],
    found: /certificate of localhost:\d+ is not accepted: ERR_TLS_CERT_ALTNAME_INVALID/,
  },
  {
    title: 'an endpoint whose name is one of a private address',
    plant: (one) => {
      hook(one).url = 'https://localhost/hooks';
      delete hook(one).allowPrivate;
    },
    checks: ['webhook 1'],
    found: /private address/,
  },
  {
    title: 'a secret that is not random',
    plant: (one) => (hook(one).secret = `whsec_${Buffer.alloc(32, 'secret').toString('base64')}`),
    checks: ['webhook 1 secret'],
    found: /too few different bytes/,
  },
  {
    title: 'a mail server that is away',
    plant: async ({ service, value }) => {
      const server = await service.mailServer({});
      await server.stop();
      value.mail.port = server.port;
    },
    checks: ['mail'],
    found: /cannot be reached/,
  },
  {
    title: 'a mail server without STARTTLS',
    plant: ({ value }) => (value.mail.security = 'starttls'),
    checks: ['mail'],
    found: /could not be encrypted/,
  },
  {
    title: 'a mail server that refuses the password',
    plant: async ({ service, value }) => {
      setDefaultCACertificates([...authorities, service.ca]);
      const { port } = await service.mailServer({ tls: { ...service.tls, from: 'starttls' }, login });
      Object.assign(value.mail, { port, security: 'starttls', ...login, password: 'another password' });
    },
    checks: ['mail'],
    found: /535/,
  },
  {
    title: 'deliveries that have waited for two hours',
    plant: (one) => fill(one, 120),
    checks: ['outbox queue'],
    found: /1 deliveries to webhook 1 \(127\.0\.0\.1:\d+\) wait, the oldest for 120 minutes\./,
  },
];

const authorities = getCACertificates('default');
afterEach(() => {
  setDefaultCACertificates(authorities);
});

/** Puts one delivery into the outbox of the draft, which waits. */
async function fill(one: Draft, minutes: number): Promise<void> {
  const store = await openStore(one);
  const endpoint = endpointNameOf(String(hook(one).url));
  const told = { endpoint, orderKey: 'c_1', body: '{}', atMs: Date.now() - minutes * MINUTE_MS };
  await store.webhooks.add([{ eventId: `evt_${minutes}`, ...told }]);
  await store.close();
}

/** A database of its own for a draft. */
async function openStore({ service, value }: Draft): Promise<Store> {
  const name = `told${(databases += 1)}`;
  await service.postgres.run(`CREATE DATABASE ${name}`);
  value.postgresUrl = service.postgres.connectionString.replace('/postgres?', `/${name}?`);
  return createPostgresStore({ connectionString: String(value.postgresUrl), poolSize: 2 });
}
let databases = 0;

const draft = useSoundService();

describe('rivulet doctor', { timeout: DOCTOR_TIMEOUT_MS }, () => {
  it.each(FAULTS)('finds $title, and nothing else', async (row) => {
    await expectFound(draft(), row);
  });

  it('signs in to a mail server that takes the password', async () => {
    const one = draft();
    setDefaultCACertificates([...authorities, one.service.ca]);
    const server = await one.service.mailServer({ tls: { ...one.service.tls, from: 'starttls' }, login });
    Object.assign(one.value.mail, { port: server.port, security: 'starttls', ...login });
    const { findings } = await examine(one);
    expect(findings.filter(({ check }) => check === 'mail')).toMatchObject([{ status: 'ok' }]);
    expect(server.received).toEqual([]);
  });

  it('warns of what was given up and of what waits, also beside the gateway that has the database of SQLite', async () => {
    const one = draft();
    Object.assign(one.value, { postgresUrl: undefined, redisUrl: undefined, secret: undefined });
    mkdirSync(one.value.dataFolder, { recursive: true });
    const store = await createSqliteStore({ file: join(one.value.dataFolder, 'rivulet.sqlite') });
    await store.own();
    const endpoint = endpointNameOf(String(hook(one).url));
    const nowMs = Date.now();
    const told = { endpoint, orderKey: 'c_1', body: '{}' };
    await store.webhooks.add([{ ...told, eventId: 'evt_dead', atMs: nowMs - 1 }]);
    const bounds = { nowMs, maxWaiting: 9, maxDead: 9, deadBeforeMs: 0 };
    await store.webhooks.trim({ ...bounds, queuedBeforeMs: nowMs });
    await store.webhooks.add([{ ...told, eventId: 'evt_late', atMs: nowMs - 20 * MINUTE_MS }]);
    const { findings } = await examine(one).finally(() => store.close());
    const warned = findings.filter(({ status }) => status === 'warning');
    expect(warned.map(({ check }) => check)).toEqual(['outbox queue', 'outbox dead letters']);
    expect(warned[1]?.found).toMatch(/^Deliveries were given up: 1 to webhook 1/);
  });
});
