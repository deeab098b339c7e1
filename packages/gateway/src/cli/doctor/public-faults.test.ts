/** Faults that visitors meet at the public URL, planted one by one into a sound service. */
import { describe, expect, it } from 'vitest';
import {
  behindProxy,
  deserted,
  DOCTOR_TIMEOUT_MS,
  examine,
  expectFound,
  useSoundService,
  type PlantedFault,
} from '../../testing/doctor-draft.ts';
import { withHsts } from '../../testing/sound-service.ts';
import { judgeCertificate } from './certificate.ts';
import type { PublicOptions } from './public-request.ts';

/** Resolves every name to this machine. */
const lookup: NonNullable<PublicOptions['lookup']> = (_name, { all }, found) => {
  if (all === true) found(null, [{ address: '127.0.0.1', family: 4 }]);
  else found(null, '127.0.0.1', 4);
};

const PUBLIC: PlantedFault[] = [
  {
    title: 'a proxy that buffers',
    plant: (one) => behindProxy(one, { buffering: 'all' }),
    checks: ['public stream'],
    found: /No response came/,
  },
  {
    title: 'a proxy without WebSocket',
    plant: (one) => behindProxy(one, { upgrades: 'refuse' }),
    checks: ['public websocket'],
    found: /with 400/,
  },
  {
    title: 'a proxy that closes idle connections',
    plant: (one) => {
      one.options.publicOptions.holdMs = 20_000;
      return behindProxy(one, { idle: 'close' });
    },
    checks: ['public stream time-out', 'public websocket time-out'],
    found: /was closed after \d\.\d s/,
  },
  {
    title: 'a proxy that removes headers',
    plant: (one) =>
      behindProxy(one, {
        headers: ({ 'x-content-type-options': _lost, ...kept }) => withHsts(kept),
      }),
    checks: ['public headers'],
    found: /x-content-type-options/,
  },
  {
    title: 'a proxy that replaces the Host',
    plant: (one) => behindProxy(one, { host: 'replace' }),
    checks: ['public origin self of shop'],
    found: /refuses pages of https:\/\/127/,
  },
  {
    title: 'a proxy with CORS of its own',
    plant: (one) =>
      behindProxy(one, { headers: (all) => withHsts({ ...all, 'access-control-allow-origin': '*' }) }),
    checks: ['public origin https://shop.example of shop', 'public origin self of shop'],
    found: /Access-Control-Allow-Origin is \*/,
  },
  {
    title: 'a CDN that rewrites scripts',
    plant: (one) => behindProxy(one, { script: ';1' }),
    checks: ['public loader'],
    found: /changed/,
  },
  {
    title: 'a certificate that nobody has signed',
    plant: ({ options }) => {
      delete options.publicOptions.ca;
    },
    // The endpoint of the webhook has the same one.
    checks: ['webhook 1', 'public certificate'],
    found: /SELF_SIGNED/,
  },
  {
    title: 'a certificate for another name',
    plant: ({ options, service }) =>
      (options.publicUrl = service.publicUrl.replace('127.0.0.1', 'localhost')),
    checks: ['public certificate'],
    found: /ALTNAME/,
  },
  {
    title: 'a public URL without TLS',
    plant: async (one) => {
      await behindProxy(one, { tls: undefined });
      one.options.publicOptions.lookup = lookup;
      one.options.publicUrl = one.options.publicUrl?.replace('127.0.0.1', 'chat.example');
    },
    checks: ['public certificate'],
    found: /no TLS/,
  },
  {
    title: 'an origin that the running gateway does not know',
    plant: ({ value }) => (value.sites = [{ id: 'shop', origins: ['https://new.example'] }]),
    checks: ['public origin https://new.example of shop'],
    found: /refuses pages of https:\/\/new\.example/,
  },
  {
    title: 'a site for pages without TLS only',
    plant: ({ value }) => (value.sites = [{ id: 'shop', origins: ['localhost'] }]),
    checks: ['origins of shop'],
    found: /No page with https/,
  },
  {
    title: 'metrics that everybody may read',
    plant: async (one) => {
      await behindProxy(one, { host: 'replace', forwarding: 'none' });
      one.options.publicUrl = one.options.publicUrl?.replace('127.0.0.1', 'chat.example');
      one.options.publicOptions.lookup = lookup;
    },
    checks: ['public certificate', 'public operator routes', 'public origin self of shop'],
    found: /Everybody may read \/metrics/,
  },
];

const draft = useSoundService();

describe('rivulet doctor', { timeout: DOCTOR_TIMEOUT_MS }, () => {
  it.each(PUBLIC)('finds $title, and nothing else', async (row) => {
    await expectFound(draft(), row);
  });

  it('finds a proxy that is away by its own check first', async () => {
    const one = draft();
    one.options.publicUrl = await deserted(one);
    const { findings } = await examine(one);
    const first = findings.find(({ status }) => status === 'fault');
    expect(first).toMatchObject({
      check: 'public url',
      found: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('finds a certificate that has expired, and one that soon will', () => {
    const seen = { problem: undefined, validToMs: Date.parse('2026-12-01') };
    const at = (day: string) => judgeCertificate(seen, Date.parse(day));
    expect(at('2026-12-02')).toMatchObject({
      status: 'fault',
      found: 'The certificate expired on 2026-12-01.',
    });
    expect(at('2026-11-25')).toMatchObject({
      status: 'warning',
      found: expect.stringContaining('in 6 days') as string,
    });
    expect(at('2026-11-01')).toMatchObject({ status: 'ok' });
  });
});
