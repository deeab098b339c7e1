/** A site: one place that shows the widget, with its own origins and its own voice. */
import { ChatError } from '@rivulet/protocol';
import { checkTools } from '../tools/tool-input.ts';
import type { Tool } from '../tools/tool.ts';

export interface Site {
  id: string;
  /** Allowed `Origin`s: `https://shop.example`, `self` (the gateway's own), `localhost` (any port of this machine), `*`. */
  origins: readonly string[];
  /** Goes before every conversation. */
  systemPrompt?: string | undefined;
  /** Overrides the provider's model. */
  model?: string | undefined;
  /** What a message meets while an answer is being written. Default: `queue`. */
  whenBusy?: WhenBusy | undefined;
  /** Media types that visitors may send. Default: common images, PDF and text; an empty list: none. */
  fileTypes?: readonly string[] | undefined;
  /** What the model may call. Not in a configuration file: they are code. */
  tools?: readonly Tool[] | undefined;
  /** Whether a page may bring tools of its own, which run in the page. Default: false. */
  allowClientTools?: boolean | undefined;
  /** Only people whom the site has signed in may speak. Default: false. */
  requireIdentity?: boolean | undefined;
  /** What becomes of a running reply that nobody watches. Default: `finish`. */
  whenUnwatched?: WhenUnwatched | undefined;
}

/** `finish`: it is written to its end. `abandonAfterMs`: it is stopped when nobody has watched for this long, on any gateway. */
export type WhenUnwatched = 'finish' | { abandonAfterMs: number };

/** undefined: a reply of the site is never abandoned, and nobody needs to know who watches it. */
export function abandonAfterMsOf({ whenUnwatched }: Site): number | undefined {
  return typeof whenUnwatched === 'object' ? whenUnwatched.abandonAfterMs : undefined;
}

/** `queue`: waits its turn, at most three behind the running one. `reject`: busy. `interrupt`: stops the running one. */
export const WHEN_BUSY = ['queue', 'reject', 'interrupt'] as const;
export type WhenBusy = (typeof WHEN_BUSY)[number];

/** How many unfinished runs a conversation may have beside a new one. */
export const MAX_RUNNING: Readonly<Record<WhenBusy, number>> = {
  queue: 3, // one that is written and two that wait, so that the new one is the third to wait
  reject: 0,
  interrupt: 100, // they are being stopped; the bound is for a sender that never lets one begin
};

export interface Sites {
  /** The first one for an empty id. @throws {ChatError} forbidden: there is no such site. */
  find(id: string): Site;
  /** Whether any site would take this origin: asked at the upgrade, when the site is not known yet. */
  allowsSomewhere(origin: RequestOrigin): boolean;
  /** @throws {ChatError} origin-denied */
  check(site: Site, origin: RequestOrigin): void;
}

export interface RequestOrigin {
  /** The `Origin` header; absent from what is not a browser. */
  origin: string | undefined;
  /** The `Host` header. */
  host: string | undefined;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @throws {TypeError} for a tool that cannot be offered to a model */
export function createSites(list: readonly Site[]): Sites {
  for (const { tools = [] } of list) checkTools(tools);
  const byId = new Map(list.map((site) => [site.id, site]));
  return {
    find(id) {
      const site = id === '' ? list[0] : byId.get(id);
      if (site === undefined) {
        throw new ChatError('forbidden', {
          message: 'This gateway has no such site; see `sites` in its configuration.',
        });
      }
      return site;
    },
    allowsSomewhere: (request) => list.some((site) => isAllowed(site, request)),
    check(site, request) {
      if (!isAllowed(site, request)) throw new ChatError('origin-denied');
    },
  };
}

function isAllowed(site: Site, { origin, host }: RequestOrigin): boolean {
  // Without the header it is no browser; the token alone decides, and no cookie could be ridden on.
  if (origin === undefined) return true;
  return site.origins.some((allowed) => {
    if (allowed === '*') return true;
    if (allowed === 'self') return hostOf(origin) === host;
    if (allowed === 'localhost') return LOOPBACK.has(hostnameOf(origin) ?? '');
    return allowed === origin;
  });
}

const parse = (origin: string) => (URL.canParse(origin) ? new URL(origin) : undefined);
const hostOf = (origin: string) => parse(origin)?.host;
const hostnameOf = (origin: string) => parse(origin)?.hostname;
