/** The sites in the console: how they are served, the snippet of their pages, and edits of what may be edited. */
import { ChatError } from '@rivulet/protocol';
import type { RequestHandler } from 'express';
import * as v from 'valibot';
import { authorize } from '../access/authorize.ts';
import type { Limits } from '../base/index.ts';
import type { DescribedBudgets } from '../budgets/describe-budgets.ts';
import { checkSchema, jsonBodyOf } from '../http/body.ts';
import { sendError } from '../http/error-response.ts';
import { createSnippet, GATEWAY_URL_PROBLEM, readGatewayUrl } from '../http/snippet.ts';
import { readWidgetIntegrity, widgetFolder, type WidgetIntegrity } from '../http/widget-files.ts';
import type { Provider } from '../providers/provider.ts';
import type { VisitorLimits } from '../rate-limits/visitor-limits.ts';
import type { EditedSites } from '../sites/site-changes.ts';
import type { Site, Sites } from '../sites/sites.ts';
import type { SiteEdit } from '../stores/site-edits.ts';
import type { ConsoleRequest, createConsoleGuard } from './console-guard.ts';
import { defaultsOf } from './site-defaults.ts';
import { viewOf, type SiteView } from './site-view.ts';

/** What the routes need. */
export interface ConsoleSitesOptions {
  sites: Pick<Sites, 'list'>;
  siteUpdates: EditedSites;
  visitorLimits: Pick<VisitorLimits, 'limitsOf'>;
  describeBudgets: (sites: readonly Site[]) => DescribedBudgets[];
  limits: Limits;
  provider: Pick<Provider, 'modelsOf'>;
  /** Names where a setting of a site is configured. Default: not known. */
  settingSource?: ((siteId: string, path: string) => string | undefined) | undefined;
  /** The folder of the files that the snippet pins. Default: that of the package of the widget. */
  widgetFolder?: string | undefined;
}

/** The largest body of an edit: a prompt is as long as its owner likes. */
export const MAX_EDIT_BYTES = 1_024 * 1_024;

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const ChangeSchema = v.strictObject({
  revision: v.pipe(v.number(), v.integer(), v.minValue(0)),
  set: v.custom<Readonly<Record<string, unknown>>>(isObject),
  reset: v.array(v.string()),
});

type SiteRoute =
  | 'GET /admin/api/sites'
  | 'GET /admin/api/sites/:id'
  | 'GET /admin/api/sites/:id/snippet'
  | 'PATCH /admin/api/sites/:id';

/** The routes. */
export function siteRoutes(
  options: ConsoleSitesOptions,
  guard: ReturnType<typeof createConsoleGuard>,
): Record<SiteRoute, RequestHandler> {
  const integrity = once(() => readWidgetIntegrity(options.widgetFolder ?? widgetFolder()));
  return {
    'GET /admin/api/sites': guard('console-list-sites', ({ user, response }) => {
      const mine = options.sites.list().filter(({ id }) => user.sites?.includes(id) !== false);
      response.json({ sites: mine.map((site) => listed(viewed(options, site, 'viewer'))) });
      return Promise.resolve();
    }),
    'GET /admin/api/sites/:id': guard('console-read-site', async (asked) => {
      const site = siteOf(options, asked, 'console-read-site');
      await asked.touch({ target: site.id, siteId: site.id });
      asked.response.json({ site: viewed(options, site, asked.user.role) });
    }),
    'GET /admin/api/sites/:id/snippet': guard('console-read-snippet', (asked) => {
      const site = siteOf(options, asked, 'console-read-snippet');
      asked.response.json(snippetOf(site, asked, integrity()));
      return Promise.resolve();
    }),
    'PATCH /admin/api/sites/:id': guard('console-edit-site', (asked) => edit(options, asked)),
  };
}

/** Of a list: what says which site it is and how it is. */
const listed = ({ id, disabled, isSwitchedOff, hasDesk, servedSinceMs, revision, edited }: SiteView) => ({
  ...{ id, disabled, isSwitchedOff, hasDesk, servedSinceMs, revision, edited },
});

/** @throws {ChatError} `not-found`, also when the user has no right to the site */
function siteOf(
  { sites }: ConsoleSitesOptions,
  { request, user }: ConsoleRequest,
  action: 'console-read-site' | 'console-read-snippet' | 'console-edit-site',
): Site {
  const siteId = String(request.params.id);
  authorize({ action, resource: { kind: 'console', user, siteId } });
  const site = sites.list().find(({ id }) => id === siteId);
  if (site === undefined) throw new ChatError('not-found');
  return site;
}

function viewed(options: ConsoleSitesOptions, served: Site, role: 'viewer' | 'agent' | 'admin'): SiteView {
  const { siteUpdates, settingSource } = options;
  const { id } = served;
  const configured = siteUpdates.configured().find((site) => site.id === id) ?? served;
  return viewOf(
    {
      ...{ configured, served },
      known: siteUpdates.edits.find(id),
      servedSinceMs: siteUpdates.servedSinceMs(id),
      defaults: role === 'admin' ? defaultsOf(options, configured) : {},
      sourceOf: (path) => settingSource?.(id, path),
    },
    role,
  );
}

/** @throws {ChatError} `bad-frame` for what is no address of a gateway */
function snippetOf({ id }: Site, { request }: ConsoleRequest, integrity: WidgetIntegrity): object {
  const { url } = request.query;
  const gatewayUrl = typeof url === 'string' ? readGatewayUrl(url) : undefined;
  if (gatewayUrl === undefined) throw new ChatError('bad-frame', { message: `url: ${GATEWAY_URL_PROBLEM}` });
  return { snippet: createSnippet({ siteId: id, gatewayUrl, integrity }) };
}

/** Longer than the name of any setting; the log keeps as much of each target. */
const MAX_TARGET_CHARS = 250;

async function edit(options: ConsoleSitesOptions, asked: ConsoleRequest): Promise<void> {
  const { request, response, user, touch } = asked;
  const { id: siteId } = siteOf(options, asked, 'console-edit-site');
  const { revision, set, reset } = checkSchema(ChangeSchema, jsonBodyOf(request), 'body');
  const { edits } = options.siteUpdates;
  const plan = await edits.plan({ siteId, revision, set, reset, userName: user.name });
  if (plan.kind === 'invalid') {
    sendError(response, new ChatError('bad-frame', { message: 'Some values cannot be used.' }), {
      problems: plan.problems,
    });
    return;
  }
  if (plan.kind === 'conflict') {
    sendConflict(response, plan.edit);
    return;
  }
  for (const target of targetsOf(plan.paths)) await touch({ target, siteId });
  const faster = await edits.commit(plan.edit);
  if (faster !== undefined) {
    sendConflict(response, faster);
    return;
  }
  const served = siteOf(options, asked, 'console-edit-site');
  response.json({ site: viewed(options, served, user.role) });
}

/** Says who was faster, so that the two can talk. */
function sendConflict(response: ConsoleRequest['response'], { revision, userName, atMs }: SiteEdit): void {
  const error = new ChatError('conflict', { message: `The site was edited by ${userName} meanwhile.` });
  sendError(response, error, { revision, edited: { by: userName, atMs } });
}

/** The names of the settings, without their values, in as many entries of the audit log as they need. At least one. */
function targetsOf(paths: readonly string[]): string[] {
  const targets = [''];
  for (const path of paths) {
    const last = targets.at(-1) ?? '';
    if (last.length + path.length < MAX_TARGET_CHARS) targets[targets.length - 1] = `${last} ${path}`.trim();
    else targets.push(path);
  }
  return targets;
}

/** Files of a release do not change while it runs. */
function once<Value>(read: () => Value): () => Value {
  let value: { read: Value } | undefined;
  return () => (value ??= { read: read() }).read;
}
