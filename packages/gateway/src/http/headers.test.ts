import express, { Router } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { ROUTE_NAMES, ROUTES, isConsoleRoute, partsOfRoute, type RouteName } from './route-table.ts';

let started: StartedGateway;
beforeAll(async () => {
  started = await startGateway({
    adminToken: 'an-operator-token-of-32-characters',
    adminUsers: [{ name: 'ann', role: 'viewer', tokenHash: 'f'.repeat(64) }],
  });
});
afterAll(() => started.stop());

const ask = (name: RouteName, init: RequestInit = {}) => {
  const { method, path } = partsOfRoute(name);
  const url = started.url + path.replace(':id', 'c_0123456789abcd').replace(/:(hash|file)/, 'none');
  return fetch(url, { method: method.toUpperCase(), ...init });
};

interface Layer {
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}
/** Every route of a router and of those in it; `all` is middleware, which answers nothing by itself. */
const routesOf = (layers: readonly Layer[]): string[] =>
  layers.flatMap(({ route, handle }) => {
    if (route === undefined) return routesOf(handle.stack ?? []);
    const methods = Object.keys(route.methods).filter((method) => method !== '_all');
    return methods.map((method) => `${method.toUpperCase()} ${[route.path].flat().join()}`);
  });

describe('the route table', () => {
  it('has every route of the router, and the router every route of the table', () => {
    const served = routesOf((started.gateway.router as unknown as { stack: Layer[] }).stack);
    expect(served.toSorted()).toEqual(ROUTE_NAMES.toSorted());
  });

  it('would show a route that was added beside it', () => {
    const router = Router().use(Router().get('/v1/new', express.text()));
    expect(routesOf((router as unknown as { stack: Layer[] }).stack)).toEqual(['GET /v1/new']);
  });
});

describe.each(ROUTE_NAMES)('%s', (name) => {
  it('has the security headers, also when it refuses', async () => {
    for (const origin of [undefined, 'https://stranger.example']) {
      const { headers } = await ask(name, origin === undefined ? {} : { headers: { origin } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      const isKept = ROUTES[name].keep !== 'nothing';
      const policy = headers.get('content-security-policy');
      if (isKept && isConsoleRoute(name)) {
        expect(policy).toMatch(/^default-src 'none';script-src 'self';.*trusted-types 'none'$/);
        expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
        expect(headers.get('access-control-allow-origin')).toBeNull();
      } else expect(policy).toBe(isKept ? null : "default-src 'none';frame-ancestors 'none'");
    }
  });

  it('keeps in caches what the table says, and nothing of a refusal', async () => {
    const response = await ask(name);
    const kept = {
      nothing: /^no-store/,
      'one-minute': /max-age=60, must-revalidate$/,
      'five-minutes': /max-age=300$/,
      forever: /immutable$/,
      revalidated: /max-age=0/,
    };
    const isMissing = response.status === 404;
    expect(response.headers.get('cache-control')).toMatch(isMissing ? /^no-store/ : kept[ROUTES[name].keep]);
    if (ROUTES[name].keep === 'nothing') expect(response.headers.get('vary')).toContain('Authorization');
  });
});

it('a path that cannot be decoded and a method that is not served are not kept either', async () => {
  const undecodable = await fetch(`${started.url}/v1/files/%E0%A4%A`);
  expect([
    undecodable.headers.get('cache-control'),
    undecodable.headers.get('x-content-type-options'),
  ]).toEqual(['no-store', 'nosniff']);
  const put = await fetch(`${started.url}/v1/conversations`, { method: 'PUT' });
  expect([put.status, put.headers.get('cache-control')]).toEqual([404, 'no-store']);
});
