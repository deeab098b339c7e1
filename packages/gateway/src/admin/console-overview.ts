/** The overview of the console: figures from the store, what is open now, what was spent of the budgets, and the gateways. */
import * as v from 'valibot';
import { authorize } from '../access/authorize.ts';
import type { Clock } from '../base/index.ts';
import { dayOf } from '../budgets/budgets.ts';
import type { DescribedBudget, DescribedBudgets } from '../budgets/describe-budgets.ts';
import { PICOS } from '../budgets/prices.ts';
import { checkSchema } from '../http/body.ts';
import type { Site, Sites } from '../sites/sites.ts';
import type { Store } from '../stores/store.ts';
import type { ConsoleRequest } from './console-guard.ts';
import { liveOf, nodesOf, SHOWN_MS } from './console-nodes.ts';
import { overviewOf, sinceMsOf, SPANS, type Span } from './overview-figures.ts';

/** What the overview needs. */
export interface ConsoleOverviewOptions {
  store: Pick<Store, 'figures' | 'spending'>;
  sites: Pick<Sites, 'list'>;
  describeBudgets: (sites: readonly Site[]) => DescribedBudgets[];
  clock: Clock;
}

/** What a site has used today, UTC, with what unfinished replies have reserved. */
export interface SpentOfSite {
  siteId: string;
  tokens: number;
  /** In the unit of the prices. */
  money: number;
  budget: DescribedBudget;
}

const SPAN_NAMES = Object.keys(SPANS) as Span[]; // Object.keys forgets the key type
const QuerySchema = v.object({
  site: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
  span: v.optional(v.picklist(SPAN_NAMES), 'day'),
});

/**
 * Answers the request for the overview. A user of some sites sees the figures of those only, and neither the gateways nor what belongs to
 * no site. It shows nothing of a visitor, so that it is not in the audit log: a page asks for it every few seconds.
 */
export async function readOverview(
  { store, sites, describeBudgets, clock }: ConsoleOverviewOptions,
  { request, response, user }: ConsoleRequest,
): Promise<void> {
  const { site, span } = checkSchema(QuerySchema, request.query, 'query');
  authorize({ action: 'console-read-overview', resource: { kind: 'console', user, siteId: site } });
  const siteIds = site === undefined ? user.sites : [site];
  const nowMs = clock.now();
  const { bucketMs } = SPANS[span];
  const sinceMs = sinceMsOf(span, nowMs);
  const shown = sites.list().filter(({ id }) => siteIds?.includes(id) !== false);
  const [sums, rows, spent] = await Promise.all([
    store.figures.read({ siteIds, sinceMs, bucketMs }),
    store.figures.listNodes(nowMs - SHOWN_MS),
    Promise.all(describeBudgets(shown).map((each) => spentOf(store, each, nowMs))),
  ]);
  const nodes = nodesOf(rows, nowMs);
  response.json({
    ...{ site: site ?? null, span, sinceMs, nowMs, bucketMs },
    live: liveOf(nodes, siteIds),
    ...overviewOf(sums, { span, nowMs }),
    spent,
    nodes: user.sites === undefined ? nodes.map(({ body: _body, ...node }) => node) : null,
  });
}

async function spentOf(
  { spending }: ConsoleOverviewOptions['store'],
  { siteId, site: budget }: DescribedBudgets,
  nowMs: number,
): Promise<SpentOfSite> {
  const { site } = await spending.readSpent({ siteId, ownerId: '' }, dayOf(nowMs));
  return { siteId, tokens: site.tokens, money: site.costPico / PICOS, budget };
}
