import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStatic, serve } from './static-file.ts';

const CONTENT = 'export const words = "the same words, the same words, the same words";';
const DECODE: Record<string, (bytes: Buffer) => Buffer> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
  identity: (bytes) => bytes,
};
let folder: string;
let server: Server;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-static-'));
  writeFileSync(join(folder, 'a.js'), CONTENT);
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Serves `a.js` and asks for it once. A client of its own, because `fetch` decodes what it gets. */
async function get(
  accepted: string | undefined,
): Promise<{ headers: IncomingMessage['headers']; body: Buffer }> {
  const file = readStatic(join(folder, 'a.js'));
  server = createServer(
    express().get('/a.js', (incoming, response) => {
      serve(incoming, response, { file, cacheControl: 'no-cache' });
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server on TCP has this kind of address
  const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, path: '/a.js', headers, agent: false }, resolve).on('error', reject).end();
  });
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  return { headers: answer.headers, body: Buffer.concat(pieces) };
}

describe('a file with brotli from the build', () => {
  beforeEach(() => {
    writeFileSync(join(folder, 'a.js.br'), brotliCompressSync(CONTENT));
  });

  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.1, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['zstd', 'identity'],
    ['', 'identity'],
    [undefined, 'identity'],
  ])('is sent to a client that takes %j as %s', async (accepted, encoding) => {
    const { headers, body } = await get(accepted);
    expect(headers['content-encoding'] ?? 'identity').toBe(encoding);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(DECODE[encoding]?.(body).toString()).toBe(CONTENT);
  });
});

it('each encoding has a tag of its own, so that no cache takes one for the other', async () => {
  writeFileSync(join(folder, 'a.js.br'), brotliCompressSync(CONTENT));
  const tags = new Set<string | undefined>();
  for (const accepted of ['br', 'gzip', 'identity']) {
    tags.add((await get(accepted)).headers.etag);
    server.close();
  }
  expect(tags.size).toBe(3);
  for (const tag of tags) expect(tag).toMatch(/^"[\w-]+"$/);
});

it('a file without brotli is sent as gzip', async () => {
  const { headers } = await get('gzip, br');
  expect(headers['content-encoding']).toBe('gzip');
});

it('brotli of another build is not sent', async () => {
  writeFileSync(join(folder, 'a.js.br'), brotliCompressSync('export const words = "older words";'));
  const { headers, body } = await get('gzip, br');
  expect(headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(body).toString()).toBe(CONTENT);
});
