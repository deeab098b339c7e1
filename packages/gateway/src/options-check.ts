/** Checks the settings among the options of a gateway, as the executable checks its configuration. */
import * as v from 'valibot';
import { ConsoleUsersSchema } from './admin/console-users.ts';
import { ADMIN_URL_MISSING, AdminUrlSchema, ConsoleOidcSchema } from './admin/oidc-settings.ts';
import { DEFAULT_LIMITS, type Limits } from './base/index.ts';
import { LimitsSchema } from './base/limits-schema.ts';
import { settingIssues } from './base/setting-names.ts';
import { TrustProxySchema } from './rate-limits/client-address.ts';
import { ProofOfWorkSchema } from './rate-limits/proof-settings.ts';
import { RateLimitsSchema } from './rate-limits/settings.ts';
import { AdminTokenSchema } from './sites/admin-token.ts';
import { BudgetsSchema } from './budgets/budget-settings.ts';
import { PricesSchema } from './budgets/prices.ts';
import { RetentionTimeSchema } from './sites/retention-days.ts';
import { ModerationSchema } from './moderation/settings.ts';
import { MailSchema, problemOfMail } from './mail/settings.ts';
import { WebhooksSchema } from './webhooks/settings.ts';
import { SITE_SETTINGS } from './sites/site-settings.ts';
import { TracingSchema } from './telemetry/tracing-settings.ts';

/** An option of a gateway that cannot be used. */
export interface InvalidOption {
  /** Where it is: `limits.maxAnswerChars` or `sites.0.request.temperature`. */
  place: string;
  /** What was expected. It never repeats the value, which may be secret. */
  problem: string;
}

/** Options of a gateway cannot be used. The message lists each of them with its place and what was expected. */
export class GatewayOptionsError extends RangeError {
  override readonly name = 'GatewayOptionsError';
  readonly isForOperator = true;
  readonly invalidOptions: readonly InvalidOption[];

  constructor(invalidOptions: readonly InvalidOption[]) {
    const lines = invalidOptions.map(({ place, problem }) => `  ${place}: ${problem}`);
    super(`options of the gateway cannot be used; change:\n${lines.join('\n')}`);
    this.invalidOptions = invalidOptions;
  }
}

// Tools are code and are checked with the origins and the ids when the sites are created; adapters check what they are given.
const { id: _id, origins: _origins, ...ofSite } = SITE_SETTINGS;
const OptionFields = v.object({
  limits: v.optional(LimitsSchema),
  rateLimits: v.optional(RateLimitsSchema),
  trustProxy: v.optional(TrustProxySchema),
  proofOfWork: v.optional(ProofOfWorkSchema),
  adminToken: v.optional(AdminTokenSchema),
  adminUsers: v.optional(ConsoleUsersSchema),
  adminUrl: v.optional(AdminUrlSchema),
  adminOidc: v.optional(ConsoleOidcSchema),
  adminListener: v.optional(v.picklist(['shared', 'own'], 'expected shared or own')),
  budgets: v.optional(BudgetsSchema),
  prices: v.optional(PricesSchema),
  retentionTime: v.optional(RetentionTimeSchema),
  tracing: v.optional(TracingSchema),
  provider: v.object({ limits: v.optional(LimitsSchema) }),
  moderation: v.optional(ModerationSchema),
  webhooks: v.optional(WebhooksSchema),
  mail: v.optional(MailSchema),
  sites: v.optional(v.array(v.object({ ...ofSite, moderation: v.optional(ModerationSchema) }))),
});
const OptionsSchema = v.pipe(
  OptionFields,
  v.forward(
    v.check(
      ({ adminOidc, adminUrl }) => adminOidc === undefined || adminUrl !== undefined,
      ADMIN_URL_MISSING,
    ),
    ['adminUrl'],
  ),
);

/** The options that are checked, as they were given. */
interface GivenOptions {
  limits?: unknown;
  rateLimits?: unknown;
  trustProxy?: unknown;
  proofOfWork?: unknown;
  adminToken?: unknown;
  adminListener?: unknown;
  adminUsers?: unknown;
  adminUrl?: unknown;
  adminOidc?: unknown;
  budgets?: unknown;
  prices?: unknown;
  retentionTime?: unknown;
  tracing?: unknown;
  moderation?: unknown;
  webhooks?: unknown;
  mail?: unknown;
  provider: { limits?: unknown };
  sites?: unknown;
}

/** The settings of all: sites alone may name whom a mail server tells that is not among them. */
const GatewaySchema = v.pipe(
  OptionsSchema,
  v.forward(
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? problemOfMail(dataset.value) : undefined;
      if (problem !== undefined) addIssue({ message: problem });
    }),
    ['mail'],
  ),
);

/** Checks the settings of sites that replace others. @throws {GatewayOptionsError} naming every value that cannot be used */
export function checkSites(sites: unknown): void {
  check(OptionsSchema, { provider: {}, sites });
}

/** Checks the limits and the settings of the sites. @throws {GatewayOptionsError} naming every value that cannot be used */
export function checkOptions(options: GivenOptions): void {
  check(GatewaySchema, options);
}

function check(schema: typeof OptionsSchema | typeof GatewaySchema, given: GivenOptions): void {
  const { provider, ...options } = given;
  const result = v.safeParse(schema, { ...options, provider: { limits: provider.limits } });
  if (result.success) return;
  throw new GatewayOptionsError(
    settingIssues(OptionsSchema, result.issues).map(({ path, message, isUnknown }) => ({
      place: path.length === 0 ? 'options' : path.join('.'),
      problem: isUnknown ? 'there is no such setting' : message,
    })),
  );
}

/** Limits as they were given, with those that suit the provider. */
interface GivenLimits {
  provider: { readonly limits?: Partial<Limits> };
  limits?: Partial<Limits>;
  eventLog?: { readonly isShared: boolean };
}

/** The text of a reply whose gateway dies is in the shared log. The store has it in case the log is lost, too. */
const SHARED_LOG_LIMITS: Partial<Limits> = { checkpointMs: 250 };

/** The limits of a gateway. Those of the options count more than the provider's. An undefined one is not set. */
export function limitsOf({ provider, limits, eventLog }: GivenLimits): Limits {
  const all: [string, number | undefined][] = Object.entries({ ...provider.limits, ...limits });
  const given = all.filter(([, value]) => value !== undefined);
  const defaults = eventLog?.isShared === true ? { ...DEFAULT_LIMITS, ...SHARED_LOG_LIMITS } : DEFAULT_LIMITS;
  return { ...defaults, ...Object.fromEntries(given) };
}
