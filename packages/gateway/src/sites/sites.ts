/** Sites: the web sites that a gateway serves, each with its own origins, system prompt, tools and policies. */
import { ChatError } from '@rivulet/protocol';
import type { Limits } from '../base/index.ts';
import type { NotifySettings } from '../mail/settings.ts';
import type { Provider } from '../providers/provider.ts';
import type { BudgetSettings } from '../budgets/budget-settings.ts';
import type { RequestSettings } from '../providers/request-settings.ts';
import type { SiteModeration } from '../moderation/settings.ts';
import { allowsOrigin, readOriginPattern, type OriginPattern, type RequestOrigin } from './origins.ts';
import type { KnowledgeSettings } from '../knowledge/settings.ts';
import type { ProofOfWorkSettings } from '../rate-limits/proof-settings.ts';
import type { SiteRateLimits } from '../rate-limits/settings.ts';
import type { DeskSettings } from './desk-settings.ts';
import type { Disabled } from './disabled.ts';
import type { RetentionDays } from './retention-days.ts';
import { SiteError } from './site-error.ts';
import { isRequestPersonTool, REQUEST_PERSON, requestPersonTool } from '../tools/request-person.ts';
import { checkTools } from '../tools/tool-input.ts';
import type { Tool } from '../tools/tool.ts';
import type { WidgetSettings } from './widget-settings.ts';

/** A web site that embeds the widget. */
export interface Site {
  /** Unique among the sites of a gateway. Clients send it to select the site. */
  id: string;
  /**
   * The `Origin` headers that are allowed: an origin such as `https://shop.example` or `capacitor://localhost`, one with any
   * first label (`https://*.shop.example`), `self` (the host of the gateway), `localhost` (the loopback host, any port), `null`
   * (files and sandboxed frames) or `*` (any origin).
   */
  origins: readonly string[];
  /** The first message of the context that the model gets. Default: none. */
  systemPrompt?: string | undefined;
  /** What writes the replies of this site, or several in turn: see `createFallbackProvider`. Default: the gateway's provider. */
  provider?: Provider | undefined;
  /** The model that the provider is asked for, the first one of a chain. Default: the provider's own. */
  model?: string | undefined;
  /** The settings of the requests to the model, which replace those of the provider one by one. Default: none. */
  request?: RequestSettings | undefined;
  /** What happens to a message that arrives while an answer of its conversation is being written. Default: `queue`. */
  whenBusy?: WhenBusy | undefined;
  /** The media types that visitors may upload. Default: common images, PDF and text; an empty list allows none. */
  fileTypes?: readonly string[] | undefined;
  /** The tools that the model may call. They are code, so they cannot be set in a configuration file. Default: none. */
  tools?: readonly Tool[] | undefined;
  /** Whether a page may offer client tools, which run in the page. Default: false. */
  allowClientTools?: boolean | undefined;
  /** Whether only users with an identity token of the site are served, and anonymous visitors are rejected. Default: false. */
  requireIdentity?: boolean | undefined;
  /**
   * Switches the site off: no new replies, running ones end as `site-disabled`, and visitors can still read. A text is shown to them
   * instead of the built-in one. Default: false.
   */
  disabled?: Disabled | undefined;
  /**
   * People take conversations of this site over: their opening hours, who is given a conversation, what they answer with one click. `{}`
   * is enough. Default: none, and no visitor is offered a person.
   */
  desk?: DeskSettings | undefined;
  /** Who is told by mail of what happens on this site, and of what; `off`: nobody. What is absent is that of `mail` of the gateway. */
  notify?: NotifySettings | 'off' | undefined;
  /** What happens to a running reply whose conversation has no viewers. Default: `finish`. */
  whenUnwatched?: WhenUnwatched | undefined;
  /** What happens to a reply whose gateway has died while it wrote it. Default: `end`. */
  whenInterrupted?: WhenInterrupted | undefined;
  /**
   * Whether upstreams with the responses API write in the background, where they store the answer, so that a gateway that takes a reply
   * over goes on with it. What cannot go on is for `whenInterrupted`. Default: false.
   */
  reattach?: boolean | undefined;
  /** The text of one answer, as `Limits.maxAnswerChars`, which is the default. */
  maxAnswerChars?: number | undefined;
  /** What visitors of this site may do, where it differs from `rateLimits` of the gateway. Default: the same. */
  rateLimits?: SiteRateLimits | undefined;
  /** The proof of work of new visitors of this site, where it differs from `proofOfWork` of the gateway. Default: the same. */
  proofOfWork?: ProofOfWorkSettings | undefined;
  /** What visitors may use in a day. Each replaces that of the gateway; `off`: there is no limit. Default: those of the gateway. */
  budgets?: BudgetSettings | undefined;
  /**
   * What the widget shows on this site: texts, languages, colours and other options. Everybody may read it. What a page sets itself
   * counts more. Default: the widget's own.
   */
  widget?: WidgetSettings | undefined;
  /**
   * After how many days without activity a conversation is erased, with its files: a message, the end of an answer and a new name are
   * activity. Default: `off`, it is kept until somebody erases it.
   */
  retentionDays?: RetentionDays | undefined;
  /** Who decides about the texts of this site, and what happens then. `off`: nobody. Default: `moderation` of the gateway. */
  moderation?: SiteModeration | undefined;
  /**
   * The model may search the documents of this site, which `rivulet ingest` reads, and cites them. `{}` is enough. Default: it has none.
   */
  knowledge?: KnowledgeSettings | undefined;
}

/**
 * What happens to a running reply without viewers. `finish`: it is completed. `abandonAfterMs`: it is aborted after this many
 * milliseconds without a viewer on any gateway.
 */
export type WhenUnwatched = 'finish' | { abandonAfterMs: number };

/**
 * What happens to a reply whose gateway has died. `end`: it ends as interrupted and keeps its text. `restart`: the text is withdrawn and
 * the upstream is asked again, at most twice, unless a tool may have run; both calls count for the budgets.
 */
export type WhenInterrupted = 'end' | 'restart';
/** The policies for a reply whose gateway has died. */
export const WHEN_INTERRUPTED = ['end', 'restart'] as const satisfies readonly WhenInterrupted[];

/** Whether a reply of the site may go on, or begin again, after its gateway has died. */
export const isTakenOver = ({ whenInterrupted, reattach }: Site): boolean =>
  whenInterrupted === 'restart' || reattach === true;

/** The limit of a site in milliseconds; undefined when its replies are never abandoned, so that viewers need not be tracked. */
export function abandonAfterMsOf({ whenUnwatched }: Site): number | undefined {
  return typeof whenUnwatched === 'object' ? whenUnwatched.abandonAfterMs : undefined;
}

/** The longest answer of a site, in UTF-16 code units. @param limits those of the gateway */
export function maxAnswerCharsOf(site: Site, limits: Pick<Limits, 'maxAnswerChars'>): number {
  return site.maxAnswerChars ?? limits.maxAnswerChars;
}

/**
 * The policies for a message that arrives while an answer is being written. `queue`: it waits; at most three wait behind the
 * running answer. `reject`: it is rejected as `busy`. `interrupt`: the running answer is aborted.
 */
export const WHEN_BUSY = ['queue', 'reject', 'interrupt'] as const;
/** One of `WHEN_BUSY`. */
export type WhenBusy = (typeof WHEN_BUSY)[number];

/** How many unfinished runs a conversation may have when a new one is accepted, by policy. */
export const MAX_RUNNING: Readonly<Record<WhenBusy, number>> = {
  queue: 3, // one that is running and two that wait, so that the new one is the third to wait
  reject: 0,
  interrupt: 100, // the others are being aborted; the bound limits a client that sends faster than runs end
};

/** The sites of one gateway. They can be replaced while it runs. */
export interface Sites {
  /** All sites, as they are now. */
  list(): readonly Site[];
  /** The site with this id; the first site for an empty id. @throws {ChatError} `site-unknown` */
  find(id: string): Site;
  /** Whether there is a site with this id; the empty id is that of the first site. */
  has(id: string): boolean;
  /** Whether at least one site allows the origin. Used at the HTTP upgrade, when the site is not known yet. */
  allowsSomewhere(origin: RequestOrigin): boolean;
  /** Checks the origin of a request to a site. @throws {ChatError} origin-denied */
  check(site: Site, origin: RequestOrigin): void;
  /**
   * Switches a site off, or on again; a site that is off by its own settings stays so. It lasts also when the sites are replaced.
   * @param atMs when it was switched: an older switch than the last one changes nothing
   * @throws {ChatError} `site-unknown`
   */
  toggle(id: string, disabled: Disabled, atMs: number): void;
  /** Replaces all sites. Throws as `createSites`; then nothing is replaced. */
  replace(list: readonly Site[]): void;
}

/**
 * Creates the sites of a gateway and checks their tools and origins.
 * @throws {ToolDefinitionError} for a tool whose definition cannot be offered to a model
 * @throws {SiteError} for two sites with one id, or for an entry of `origins` that could never match
 */
export function createSites(list: readonly Site[]): Sites {
  let given = list;
  /** The newest switch of each site. Bounded by the sites that an operator has switched. */
  const switches = new Map<string, { disabled: Disabled; atMs: number }>();
  const switched = (site: Site): Site => {
    const { disabled = false } = switches.get(site.id) ?? {};
    return disabled === false ? site : { ...site, disabled };
  };
  let now = readSites(given);
  const isAllowed = (site: Site, request: RequestOrigin) =>
    allowsOrigin(now.patterns.get(site) ?? [], request);
  return {
    list: () => now.list,
    find(id) {
      const site = id === '' ? now.list[0] : now.byId.get(id);
      if (site === undefined) throw new ChatError('site-unknown');
      return site;
    },
    has: (id) => (id === '' ? now.list.length > 0 : now.byId.has(id)),
    allowsSomewhere: (request) => now.list.some((site) => isAllowed(site, request)),
    check(site, request) {
      if (!isAllowed(site, request)) throw new ChatError('origin-denied');
    },
    toggle(id, disabled, atMs) {
      if (!now.byId.has(id)) throw new ChatError('site-unknown');
      if (atMs < (switches.get(id)?.atMs ?? 0)) return;
      switches.set(id, { disabled, atMs });
      now = readSites(given.map(switched));
    },
    replace(other) {
      now = readSites(other.map(switched));
      given = other;
    },
  };
}

/** The site as it was configured: without the tool by which the model asks for a person, which is added to what is served. */
export const withoutDeskTool = (site: Site): Site =>
  site.tools?.some(isRequestPersonTool) === true
    ? { ...site, tools: site.tools.filter((tool) => !isRequestPersonTool(tool)) }
    : site;

/** The site with the tool by which the model asks for a person, unless it has a tool of this name or wants none. */
function withDeskTool(given: Site): Site {
  const site = withoutDeskTool(given);
  const { desk, tools = [] } = site;
  const tool = desk && requestPersonTool(desk.requestPersonTool ?? 'on');
  if (tool === undefined || tools.some(({ name }) => name === REQUEST_PERSON)) return site;
  return { ...site, tools: [...tools, tool] };
}

/** @throws {ToolDefinitionError | SiteError} */
function readSites(given: readonly Site[]) {
  const list = given.map(withDeskTool);
  for (const { tools = [] } of list) checkTools(tools);
  const byId = new Map(list.map((site) => [site.id, site]));
  if (byId.size < list.length) throw new SiteError('Two sites have the same id; give each its own.');
  return { list, byId, patterns: new Map(list.map((site) => [site, patternsOf(site)])) };
}

/** @throws {SiteError} */
function patternsOf({ id, origins }: Site): OriginPattern[] {
  return origins.map((origin) => {
    const pattern = readOriginPattern(origin);
    if (pattern.kind !== 'problem') return pattern;
    throw new SiteError(`The site ${id} has the origin ${JSON.stringify(origin)}: ${pattern.problem}.`);
  });
}
