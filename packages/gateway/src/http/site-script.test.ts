import { runInNewContext } from 'node:vm';
import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Site } from '../sites/sites.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { toScriptJson } from './site-script.ts';

const HOSTILE = '</script><!-- \u2028\u2029 \u{1f30a} é $& ${x} "\'`\\';
const shop: Site = { id: 'shop', origins: ['self'], widget: { header: { title: HOSTILE } } };

let started: StartedGateway;
beforeAll(async () => {
  started = await startGateway({ sites: [{ id: 'first', origins: ['self'] }, shop] });
});
afterAll(() => started.stop());

const scriptOf = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${started.url}/rivulet.js${query}`, { headers: { 'cache-control': 'max-age=0', ...headers } });
/** Runs a script as a page does. */
function run(script: string): { applied?: unknown; warn: ReturnType<typeof vi.fn> } {
  const page = { warn: vi.fn(), console: {} };
  page.console = { warn: page.warn };
  runInNewContext(script, page);
  return page;
}

describe('the script of a site', () => {
  it('is the loader, followed by what the site sets, in ASCII and without the end of a script element', async () => {
    const script = await (await scriptOf('?site=shop')).text();
    expect(script.startsWith(await (await scriptOf('')).text())).toBe(true);
    expect(script).toMatch(/^[\n\x20-\x7e]*$/);
    expect(script).not.toMatch(/<\/script|<!--/);
    expect(JSON.parse(JSON.stringify(run(script).applied))).toEqual({
      site: 'shop',
      options: { strings: { title: HOSTILE } },
    });
  });

  it('is kept for a minute, compressed, and answered with 304 until the site changes', async () => {
    const first = await scriptOf('?site=shop');
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'cache-control': 'public, max-age=60, must-revalidate',
      'content-encoding': 'gzip',
      'content-type': 'text/javascript; charset=utf-8',
      'access-control-allow-origin': '*',
      vary: 'Accept-Encoding',
    });
    const etag = first.headers.get('etag') ?? '';
    expect((await scriptOf('?site=shop', { 'if-none-match': etag })).status).toBe(304);
    expect((await scriptOf('', { 'if-none-match': etag })).status).toBe(200);
    started.gateway.updateSites([{ ...shop, widget: { header: { title: 'New' } } }]);
    const next = await scriptOf('?site=shop', { 'if-none-match': etag });
    started.gateway.updateSites([{ id: 'first', origins: ['self'] }, shop]);
    expect([next.status, await next.text()]).toEqual([200, expect.stringContaining('"title":"New"')]);
  });

  it('is the same plain as compressed', async () => {
    const raw = await new Promise<Buffer>((resolve) => {
      request(
        `${started.url}/rivulet.js?site=shop`,
        { headers: { 'accept-encoding': 'gzip' } },
        (response) => {
          const chunks: Buffer[] = [];
          response
            .on('data', (chunk: Buffer) => chunks.push(chunk))
            .on('end', () => {
              resolve(Buffer.concat(chunks));
            });
        },
      ).end();
    });
    const plain = await scriptOf('?site=shop', { 'accept-encoding': 'identity' });
    expect(gunzipSync(raw).toString()).toBe(await plain.text());
  });

  it('of an unknown site is the loader, with a line for the console that repeats nothing of the URL', async () => {
    const response = await scriptOf('?site=%3C/script%3Eevil');
    const script = await response.text();
    expect([response.status, script.includes('evil')]).toEqual([200, false]);
    const page = run(script);
    expect(page.warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('the gateway has no site'));
    expect(page.applied).toBeUndefined();
  });

  it.each(['', '?site=', '?site[]=shop', '?site=shop&site=first', '?v=1'])(
    'without one site (%s) is the loader',
    async (query) => {
      expect(await (await scriptOf(query)).text()).toBe('/* the loader */\n');
    },
  );

  it('is not served under the name of its part', async () => {
    expect((await fetch(`${started.url}/rivulet/site.js`)).status).toBe(404);
    const pinned = await (await fetch(`${started.url}/rivulet/integrity.json`)).text();
    expect(pinned).not.toContain('site.js');
  });
});

describe('/rivulet/site.json', () => {
  const ask = (query: string) => fetch(`${started.url}/rivulet/site.json${query}`);

  it('has the same, for pages that bundle the widget; without a name, of the first site', async () => {
    const response = await ask('?site=shop');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toEqual({ site: 'shop', options: { strings: { title: HOSTILE } } });
    expect(await (await ask('')).json()).toEqual({ site: 'first' });
  });

  it('of an unknown site is not found, and not kept', async () => {
    const response = await ask('?site=none');
    expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-store']);
    // Otherwise the page would get a failed request instead of the status.
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

it('data that is written as script means what it means as JSON', () => {
  const value = { [HOSTILE]: [HOSTILE, null, 1.5, { a: false }] };
  expect(JSON.parse(toScriptJson(value))).toEqual(value);
});
