/** Requests to the public URL, as a visitor's browser sends them. */
import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { mintCommandId, PROTOCOL_VERSION } from '@rivulet/protocol';
import { randomBytes } from '../../base/index.ts';

/** How the public URL is looked at. */
export interface PublicOptions {
  /** How long connections are watched for a proxy that closes them, in milliseconds. */
  holdMs: number;
  /** How long the first event of a stream may take, in milliseconds. */
  firstEventMs: number;
  /** An authority in PEM beside those that Node knows. */
  ca?: string;
  /** Resolves host names. Default: as Node. */
  lookup?: LookupFunction;
}

/** The gateway as visitors reach it. */
export interface PublicTarget extends PublicOptions {
  /** Ends in a slash. */
  url: URL;
  signal: AbortSignal;
}

/** Longer than a heartbeat, and than the 30 s after which some proxies close a connection. */
export const PUBLIC_DEFAULTS: PublicOptions = { holdMs: 35_000, firstEventMs: 5_000 };

/** What a connection to the target needs. The certificate has its own check; no secret is sent. */
export const connectionOptions = ({ lookup, ca }: PublicOptions) => ({
  agent: false as const,
  rejectUnauthorized: false,
  ...(lookup === undefined ? {} : { lookup }),
  ...(ca === undefined ? {} : { ca }),
});

/** One request. */
export interface PublicRequest {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
}

/** Resolves when the headers are there. @param path without the first slash @throws {Error} of the network, with its `code` */
export function ask(
  target: PublicTarget,
  path: string,
  options: PublicRequest = {},
): Promise<IncomingMessage> {
  const { url, signal } = target;
  const { method = 'GET', headers = {}, body } = options;
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(new URL(path, url), {
      ...connectionOptions(target),
      ...{ method, signal },
      headers: { 'accept-encoding': 'identity', 'content-type': 'text/plain', ...headers },
    });
    request.once('response', (response) => {
      response.on('error', () => undefined); // an end that comes too early is noticed by what was read
      resolve(response);
    });
    request.once('error', reject);
    request.end(body);
  });
}

const MAX_CHARS = 2_000_000;

/** The answer to a request, as a whole. */
export interface PublicAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** As `ask`, with the body. */
export async function askWhole(
  target: PublicTarget,
  path: string,
  options?: PublicRequest,
): Promise<PublicAnswer> {
  const response = await ask(target, path, options);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MAX_CHARS) break;
  }
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** A hello that follows no conversation: it stores nothing. */
export const helloText = (site: string): string =>
  JSON.stringify({
    ...{ type: 'hello', id: mintCommandId(randomBytes), protocol: PROTOCOL_VERSION, site },
    client: { name: 'rivulet-doctor', version: '1' },
    ...{ capabilities: [], subscriptions: [] },
  });
