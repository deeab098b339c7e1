/** Upstreams on this machine or in its own network, such as Ollama: they may load a model of many gigabytes before they answer. */
import { BlockList, isIP } from 'node:net';
import type { Limits } from '../base/index.ts';

/** The limits that suit such an upstream: five minutes to load the model, five to read the prompt, and time for the answer. */
export const LOCAL_LIMITS = {
  upstreamHeadersMs: 300_000,
  upstreamFirstContentMs: 300_000,
  upstreamTotalMs: 900_000,
} satisfies Partial<Limits>;

/** Loopback, private, link-local and carrier-grade (Tailscale) addresses. */
const PRIVATE = new BlockList();
for (const [address, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
  ['0.0.0.0', 32],
] as const)
  PRIVATE.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(address, bits, 'ipv6');

/** Names that public DNS never has; `host.docker.internal` is the machine of a container. */
const LOCAL_NAMES = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/;

/** Whether the host of this URL is on this machine or in a private network. A name without a dot is one of a private network. */
export function isLocalUpstream(baseUrl: string): boolean {
  const host = (URL.parse(baseUrl)?.hostname ?? '').replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const version = isIP(host);
  if (version !== 0) return PRIVATE.check(host, version === 4 ? 'ipv4' : 'ipv6');
  return LOCAL_NAMES.test(host) || (host !== '' && !host.includes('.'));
}
