import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

let started: StartedGateway;
beforeAll(async () => {
  started = await startGateway({ demoPage: true });
});
afterAll(() => started.stop());

describe('the routes', () => {
  it.each([
    ['/healthz', 200, /json/],
    ['/readyz', 200, /json/],
    ['/metrics', 200, /text\/plain/],
    ['/rivulet.js', 200, /javascript/],
    ['/', 200, /html/],
    ['/page.css', 200, /css/],
    ['/rivulet/none.js', 404, /json/],
    ['/rivulet/..%2f..%2fpackage.json', 404, /json/],
  ])('%s: %i', async (path, status, type) => {
    const response = await fetch(started.url + path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(type);
  });

  it('let every site load the widget, compressed, and not again while it is the same', async () => {
    const first = await fetch(`${started.url}/rivulet.js`);
    expect(first.headers.get('content-encoding')).toBe('gzip');
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    const etag = first.headers.get('etag') ?? '';
    const second = await fetch(`${started.url}/rivulet.js`, {
      headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' },
    });
    expect(second.status).toBe(304);
  });
});
