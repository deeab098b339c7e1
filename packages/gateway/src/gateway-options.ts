/** What the caller of `createGateway` gives and gets. */
import type { Server } from 'node:http';
import type { ConversationId, RandomBytes } from '@rivulet/protocol';
import type { Router } from 'express';
import type { ConsoleTokenUser } from './access/console-roles.ts';
import type { ConsoleOidcSettings } from './admin/oidc-settings.ts';
import type { RevocationTarget } from './access/revocations.ts';
import type { Auth } from './auth/auth.ts';
import type { Clock, Limits, Logger } from './base/index.ts';
import type { BudgetSettings } from './budgets/budget-settings.ts';
import type { Prices } from './budgets/prices.ts';
import type { Erased } from './conversations/archive.ts';
import type { Desk } from './conversations/desk.ts';
import type { HoldsPage } from './conversations/holds.ts';
import type { EventLog } from './event-logs/event-log.ts';
import type { FileStore } from './files/file-store.ts';
import type { MailSettings } from './mail/settings.ts';
import type { SiteModeration } from './moderation/settings.ts';
import type { Provider } from './providers/provider.ts';
import type { TrustProxy } from './rate-limits/client-address.ts';
import type { ProofOfWorkSettings } from './rate-limits/proof-settings.ts';
import type { RateLimiter } from './rate-limits/rate-limiter.ts';
import type { RateLimitSettings } from './rate-limits/settings.ts';
import type { Site } from './sites/sites.ts';
import type { Hold } from './stores/retention.ts';
import type { Store } from './stores/store.ts';
import type { TracingSettings } from './telemetry/tracing-settings.ts';
import type { WebhookSettings } from './webhooks/settings.ts';

/** The adapters and settings of one gateway. */
export interface GatewayOptions {
  /**
   * The model that writes the replies, or several in turn: see `createFallbackProvider`. The gateway applies the `upstream…` limits to
   * it, retries, circuit breakers and the limit of requests at once.
   */
  provider: Provider;
  /**
   * Who is told what happens: endpoints of your own, in signed requests. Default: nobody. See docs/webhooks.md; `verifyWebhook` is for
   * the receivers.
   */
  webhooks?: readonly WebhookSettings[];
  /**
   * The mail server, and who is told by mail: of visitors who ask for a person, of addresses that they leave, of budgets that are used up, of
   * upstreams that fail. It needs the package `nodemailer`. Default: nobody. See docs/mail.md.
   */
  mail?: MailSettings;
  /** The system of record: conversations, messages and usage. The gateway owns it and closes it. */
  store: Store;
  /** The live events of running conversations. Use a shared log when several gateways serve the same visitors. Closed by the gateway. */
  eventLog: EventLog;
  /** Turns the token of a client into a principal, and creates tokens for anonymous visitors. */
  auth: Auth;
  /**
   * Turns file uploads on. `store` keeps the files and is closed by the gateway; `secret` signs the URLs of the files and must
   * be the same on every gateway that shares the store. Default: uploads are refused with `unsupported`.
   */
  files?: { store: FileStore; secret: string };
  /**
   * The sites that may show the widget. A client that names no site gets the first one. Set it in production: the default,
   * `DEFAULT_SITES`, allows only the gateway's own origin and pages on localhost.
   */
  sites?: readonly Site[];
  /** Bounds that differ from the provider's own and from `DEFAULT_LIMITS`; the others keep their default. */
  limits?: Partial<Limits>;
  /**
   * What visitors may do, where it differs from `DEFAULT_RATE_LIMITS`; `off` switches a limit, or all of them, off. Default: visitors,
   * addresses, sites and the gateway are limited.
   */
  rateLimits?: RateLimitSettings;
  /**
   * The proof of work of new anonymous visitors, for sites without their own. It needs an `auth` with `secrets`. Default:
   * `DEFAULT_PROOF_OF_WORK`, which asks nobody.
   */
  proofOfWork?: ProofOfWorkSettings;
  /**
   * Counts what visitors do. Use a shared one when several gateways serve the same visitors. Default: `createMemoryRateLimiter`.
   * Closed by the gateway.
   */
  rateLimiter?: RateLimiter;
  /**
   * The proxies in front of the gateway whose `X-Forwarded-For` names the address of a visitor: their number, or a list of addresses
   * and ranges such as `10.0.0.0/8` or `loopback`. Default: false, the address of the connection counts.
   */
  trustProxy?: TrustProxy;
  /**
   * What each visitor, each signed-in user and all of a site together may use in a day (UTC), for sites without their own. Default:
   * 500,000 tokens for a visitor and for a user, 50,000,000 for a site. `off`: there is no limit.
   */
  budgets?: BudgetSettings;
  /** What models cost, by their exact names, for budgets of money and the metrics. They replace the known list prices. */
  prices?: Prices;
  /**
   * Who decides which questions and answers may be shown, for sites without their own, and what happens when they block or fail. What is
   * not decided about is held back: it is in no event and in no store. Default: nothing is moderated.
   */
  moderation?: SiteModeration;
  /** Receives warnings and errors. Default: `silentLogger`, which drops them; set it in production. */
  logger?: Logger;
  /** The source of time and of timers. Default: `systemClock`. Set it in tests. */
  clock?: Clock;
  /** A cryptographically secure source of bytes, for ids. Default: that of `node:crypto`. Set it in tests. */
  random?: RandomBytes;
  /**
   * Further secrets of yours that no answer may show, such as those of your tools. They are replaced by `[hidden]` in what a model
   * writes, as the keys of the provider and the secrets of `auth` and `files` are. Texts of fewer than 16 characters, or of fewer
   * than 32 without a digit, are not hidden. A function is asked when a run begins, for secrets that change; those it gave before stay
   * hidden. Default: none.
   */
  secrets?: readonly string[] | (() => readonly string[]);
  /**
   * The bearer token of operators, at least 16 characters: for `/metrics`, the details of `/readyz`, and all of `adminRouter`. Default: none; then
   * only direct requests from the gateway's own machine see them.
   */
  adminToken?: string;
  /**
   * Where operators are served. `shared`: on `router`. `own`: on `adminRouter`, which you mount on a listener that strangers cannot reach;
   * on `router` only the token opens them. Default: `shared`.
   */
  adminListener?: 'shared' | 'own';
  /**
   * The users of the operator's console, `/admin/api`; each signs in with a token of which this has the SHA-256 only. With `adminListener:
   * 'own'` the console is on `adminRouter` alone. Default: none, and there is no console.
   */
  adminUsers?: readonly ConsoleTokenUser[];
  /** Where people reach the console: the URL that its paths follow, such as `https://chat.example.com`. `adminOidc` needs it. Default: not known. */
  adminUrl?: string;
  /**
   * Lets people of an identity provider sign in to the console by OpenID Connect, with the rights that its claims are mapped to. Nobody is let in
   * whom no rule of `access` applies to. Default: nobody signs in so.
   */
  adminOidc?: ConsoleOidcSettings;
  /**
   * Traces by OpenTelemetry. Default: spans are recorded when the package `@opentelemetry/api` is there, without anything that visitors or
   * models write, and upstreams are not told of them.
   */
  tracing?: TracingSettings;
  /**
   * Names where a setting of a site is configured, such as `rivulet.json:12` or `RIVULET_BUDGETS`, for admins who read it in the console;
   * undefined when it is not known. The path is that of the setting in the site, such as `widget.start.greeting`; an empty one is the site.
   * Default: it is not said.
   */
  settingSource?: (siteId: string, path: string) => string | undefined;
  /** When conversations that are older than their site's `retentionDays` are erased, once a day: a time in UTC. Default: `03:00`. */
  retentionTime?: string;
  /** Whether to serve the demo page at `/`. Default: false, because the host application usually serves that path. */
  demoPage?: boolean;
  /**
   * The path of the folder that contains `rivulet.js` and the modules it loads. Default: the folder of the installed package
   * `@rivulet/widget`. Set it to serve a build of your own.
   */
  widgetFolder?: string;
  /**
   * Called before conversations are erased, so that you can erase data that you keep elsewhere. When it rejects, nothing is
   * erased and the request fails. Default: nothing is called.
   */
  onErase?: (erased: Erased) => Promise<void>;
}

/** A running gateway. Mount its router and attach it to an HTTP server; call `close` when the process ends. */
export interface Gateway {
  /** The Express routes: protocol endpoints, widget files, health and metrics. Mount it at the root or below a prefix. */
  readonly router: Router;
  /** The routes of operators, for a listener of their own: health and metrics. Whoever reaches it may read them, unless `adminToken` is set. */
  readonly adminRouter: Router;
  /**
   * Serves the WebSocket upgrades of `server` and leaves all other upgrades alone. `close` detaches it again. Also lets the server cut
   * connections whose headers are not complete within `limits.requestMs`, for which it must be called before `server.listen`.
   * @param options.prefix the path that the router is mounted at, such as `/chat`; default: the root
   */
  attach(server: Server, options?: { prefix?: string }): void;
  /**
   * Replaces all sites of this gateway without dropping a connection: the next command of each client sees the new settings, and a
   * reply that is running or waiting keeps those that it was accepted with. A connection whose site is gone is closed with
   * `site-unknown`, one from an origin that is not allowed any more with `origin-denied`. Other gateways have their own sites. What was
   * edited in the console stays laid over them.
   * @throws {GatewayOptionsError} as `createGateway`, and so are the others; then nothing is replaced
   * @throws {SiteError}
   * @throws {ToolDefinitionError}
   */
  updateSites(sites: readonly Site[]): void;
  /**
   * Revokes all tokens of a visitor or user that were issued until now (`ownerId`), or one token by its `jti` (`tokenId`). It is kept until
   * the tokens have expired. Open connections are closed on every gateway, within a second as long as the event log delivers, otherwise
   * within `limits.sweepMs`. Running replies are finished.
   * @throws {ChatError} `bad-frame` for a target that names neither or both; `internal` when the store cannot keep it
   */
  revoke(target: RevocationTarget): Promise<void>;
  /**
   * Keeps a conversation from being erased, by its visitor and by `retentionDays`, on every gateway of the store; or replaces the reason
   * for it. Logged.
   * @param options.reason your own words, such as the number of a case: 1 to 200 characters, which no visitor sees
   * @throws {ChatError} `not-found`; `bad-frame` for another reason
   */
  hold(conversationId: ConversationId, options: { reason: string }): Promise<void>;
  /** Lifts a hold. The conversation may be erased from now on. Logged. @throws {ChatError} `not-found` when it is not held */
  liftHold(conversationId: ConversationId): Promise<void>;
  /** What people do who take conversations over. It does not check who they are: do so before you call it. */
  readonly desk: Desk;
  /** The holds of all sites, in the order of the ids of their conversations. */
  listHolds(page?: HoldsPage): Promise<Hold[]>;
  /**
   * Switches a site off, at once and on every gateway of the event log: new replies are rejected as `site-disabled`, running ones end
   * with it, and visitors can still read. It lasts until `enableSite`, also when the sites are replaced and after a restart: the store
   * keeps it, and every gateway of the store reads it at its start. `createMemoryStore` keeps nothing.
   * @param options.text shown to the visitors instead of the built-in text, 1 to 500 characters
   * @returns a promise that resolves when the store keeps it and the other gateways have been told; one that this does not reach reads
   *   it from the store within `limits.sweepMs`. It takes effect here before that, also when it rejects
   * @throws {ChatError} `site-unknown`; `internal` when the store cannot keep it
   * @throws {SiteError} when the text is empty or too long
   */
  disableSite(siteId: string, options?: { text?: string }): Promise<void>;
  /** Ends `disableSite`. A site that is `disabled` by its own settings stays so. @throws {ChatError} `site-unknown` */
  enableSite(siteId: string): Promise<void>;
  /**
   * Stops accepting messages, reports not ready and tells the clients. Resolves when no reply is running; replies that still
   * run after `limits.drainMs` are ended as `interrupted`. May be called twice.
   */
  drain(): Promise<void>;
  /** Drains, then closes every connection, the event log, the file store and the store. May be called twice. */
  close(): Promise<void>;
}

/** The sites of a gateway that is given none: one site `demo`, for the gateway's own origin and pages on localhost. */
export const DEFAULT_SITES: readonly Site[] = [{ id: 'demo', origins: ['self', 'localhost'] }];
