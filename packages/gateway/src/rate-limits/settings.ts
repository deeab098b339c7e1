/** The limits of what visitors may do: their settings, their defaults, and what holds for one site. */
import * as v from 'valibot';
import type { ProofOfWorkSettings } from './proof-settings.ts';
import { RateLimitError } from './rate-limit-error.ts';

/** The word that switches a limit off. */
export const OFF = 'off';
/** What a limit must be, for errors. */
const PROBLEM = `expected a whole number, at least 1, or "${OFF}"`;
/** A limit: a whole number of at least 1, or `off`. */
export type Bound = number | 'off';
const BoundSchema = v.custom<Bound>(
  (value) => value === OFF || (Number.isSafeInteger(value) && Number(value) >= 1),
  PROBLEM,
);

const bounds = <Name extends string>(...names: readonly Name[]) => {
  const entries = names.map((name) => [name, v.optional(BoundSchema)]);
  // Object.fromEntries forgets the key type.
  return Object.fromEntries(entries) as Record<Name, v.OptionalSchema<typeof BoundSchema, undefined>>;
};
/** What one visitor of a site may do. */
const visitor = bounds('messagesPerMinute', 'runsAtOnce', 'connections', 'conversations', 'keptBytes');
/** What all visitors with one address may do on one site. An IPv6 address is its first 64 bits. */
const address = bounds('messagesPerMinute', 'runsAtOnce', 'newVisitorsPer10Minutes');
/** The connections of an address are counted before it is known to which site they lead. */
const addressOfAllSites = bounds('messagesPerMinute', 'runsAtOnce', 'newVisitorsPer10Minutes', 'connections');
/** The ceiling of a site, and of all sites of the gateways that share a Redis; connections are those of one gateway. */
const ceiling = bounds('messagesPerMinute', 'runsAtOnce', 'newVisitorsPer10Minutes', 'connections');

const scope = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.optional(v.strictObject(entries, 'there is no such limit'));

/** The limits of one site that differ from those of the gateway. */
export const SiteRateLimitsSchema = v.strictObject({
  visitor: scope(visitor),
  address: scope(address),
  site: scope(ceiling),
});
/** The limits of one site that differ from those of the gateway. */
export type SiteRateLimits = v.InferOutput<typeof SiteRateLimitsSchema>;

const GatewayRateLimitsSchema = v.strictObject({
  visitor: scope(visitor),
  address: scope(addressOfAllSites),
  site: scope(ceiling),
  gateway: scope(ceiling),
});
/** The limits of a gateway that differ from the defaults; `off` switches all of them off. */
export const RateLimitsSchema = v.lazy((input) =>
  typeof input === 'string'
    ? v.literal(OFF, `expected an object of limits, or "${OFF}"`)
    : GatewayRateLimitsSchema,
);
/** The limits of a gateway that differ from the defaults; `off` switches all of them off. */
export type RateLimitSettings = v.InferOutput<typeof RateLimitsSchema>;

/** All limits of a site. */
export interface RateLimits {
  visitor: Record<'messagesPerMinute' | 'runsAtOnce' | 'connections' | 'conversations' | 'keptBytes', Bound>;
  address: Record<'messagesPerMinute' | 'runsAtOnce' | 'connections' | 'newVisitorsPer10Minutes', Bound>;
  site: Record<'messagesPerMinute' | 'runsAtOnce' | 'connections' | 'newVisitorsPer10Minutes', Bound>;
  gateway: Record<'messagesPerMinute' | 'runsAtOnce' | 'connections' | 'newVisitorsPer10Minutes', Bound>;
}
/** Whom a limit is for. */
export type RateLimitScope = keyof RateLimits;

/** The limits without any configuration. Each scope has room for several of the one before it, so that none can use up the next. */
export const DEFAULT_RATE_LIMITS: RateLimits = {
  // A person writes one message in three seconds at most, and reads one answer while another is written.
  visitor: {
    messagesPerMinute: 20,
    runsAtOnce: 2,
    connections: 20,
    conversations: 1_000,
    keptBytes: 52_428_800,
  },
  // An office or a school behind one address: ten visitors at full speed.
  address: { messagesPerMinute: 200, runsAtOnce: 20, connections: 200, newVisitorsPer10Minutes: 20 },
  site: { messagesPerMinute: 1_000, runsAtOnce: 200, connections: 5_000, newVisitorsPer10Minutes: 2_000 },
  gateway: { messagesPerMinute: 3_000, runsAtOnce: 500, connections: 10_000, newVisitorsPer10Minutes: 5_000 },
};

/** A site, as far as its limits matter. */
export interface LimitedSite {
  id: string;
  rateLimits?: SiteRateLimits | undefined;
  proofOfWork?: ProofOfWorkSettings | undefined;
}

/**
 * The limits that hold for a site: its own, else those of the gateway, else the defaults.
 * @param site undefined: those of sites without their own
 * @throws {RateLimitError} when a limit is not a whole number of at least 1, or when one visitor could use up a ceiling
 */
export function rateLimitsOf(settings: RateLimitSettings = {}, site?: LimitedSite): RateLimits {
  check(RateLimitsSchema, settings, 'rateLimits');
  const own = site?.rateLimits ?? {};
  check(SiteRateLimitsSchema, own, `rateLimits of the site ${site?.id ?? ''}`);
  const base = settings === OFF ? ALL_OFF : merged(DEFAULT_RATE_LIMITS, settings);
  const limits = merged(base, own);
  checkOrder(limits, site);
  return limits;
}

const off = <Name extends string>(limits: Record<Name, Bound>) =>
  Object.fromEntries(Object.keys(limits).map((name) => [name, OFF])) as Record<Name, Bound>; // forgets the key type
const ALL_OFF: RateLimits = {
  visitor: off(DEFAULT_RATE_LIMITS.visitor),
  address: off(DEFAULT_RATE_LIMITS.address),
  site: off(DEFAULT_RATE_LIMITS.site),
  gateway: off(DEFAULT_RATE_LIMITS.gateway),
};

type Partials = Partial<Record<RateLimitScope, Partial<Record<string, Bound | undefined>> | undefined>>;
const merged = (base: RateLimits, own: Partials): RateLimits => ({
  visitor: { ...base.visitor, ...defined(own.visitor) },
  address: { ...base.address, ...defined(own.address) },
  site: { ...base.site, ...defined(own.site) },
  gateway: { ...base.gateway, ...defined(own.gateway) },
});
const defined = (limits: Partial<Record<string, Bound | undefined>> = {}) =>
  Object.fromEntries(Object.entries(limits).filter(([, bound]) => bound !== undefined)) as Record<
    string,
    Bound
  >;

function check(schema: v.GenericSchema, value: unknown, name: string): void {
  const { issues } = v.safeParse(schema, value);
  const [issue] = issues ?? [];
  if (issue === undefined) return;
  const path = v.getDotPath(issue);
  throw new RateLimitError(`${path === null ? name : `${name}: ${path}`}: ${issue.message}.`);
}

/** Each scope with the one that contains it. `off` is no number to compare with: whoever writes it has decided. */
const WITHIN: readonly (readonly [RateLimitScope, RateLimitScope])[] = [
  ['visitor', 'address'],
  ['visitor', 'site'],
  ['address', 'site'],
  ['site', 'gateway'],
];

/** @throws {RateLimitError} when a scope may do less than one of those that it contains */
function checkOrder(limits: RateLimits, site: LimitedSite | undefined): void {
  for (const [inner, outer] of WITHIN) {
    const wider: Partial<Record<string, Bound>> = limits[outer];
    for (const [name, bound] of Object.entries<Bound>(limits[inner])) {
      const ceilingOf = wider[name];
      if (typeof bound !== 'number' || typeof ceilingOf !== 'number' || bound <= ceilingOf) continue;
      const where = site?.rateLimits === undefined ? '' : ` of the site ${site.id}`;
      throw new RateLimitError(
        `rateLimits${where}: ${outer}.${name} is ${ceilingOf} and ${inner}.${name} is ${bound}, so that one ${inner} could use up the ${outer}; raise ${outer}.${name}, or lower ${inner}.${name}.`,
      );
    }
  }
}
