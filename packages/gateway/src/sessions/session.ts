/** The session of one connected client: receives commands, sends events. */
import {
  CLOSE_CODES,
  bodyOf,
  unreachable,
  type ChatError,
  type ChatEvent,
  type CommandId,
  type CommandOf,
  type ConversationId,
  type Position,
} from '@rivulet/protocol';
import { closeCodeOf, closeReasonOf, siteOf, type Admitted } from './admission.ts';
import { authorize } from '../access/authorize.ts';
import { concerns, revokedError } from '../access/revocations.ts';
import type { Principal, TokenFacts } from '../auth/auth.ts';
import { describeCause, refusal } from '../base/index.ts';
import { withHeartbeat } from './heartbeat.ts';
import { Frame } from '../transports/frame.ts';
import { handleCommand, type CommandScope } from './session-commands.ts';
import { createSessionExpiry, expiredError, type SessionExpiry } from './session-expiry.ts';
import type { SessionBroadcast, SessionOptions } from './session-options.ts';
import { createDecider, whoIn, type Decision, type SessionState } from './session-state.ts';
import { SessionViewers } from './session-viewers.ts';
import type { RequestOrigin } from '../sites/origins.ts';
import type { RefusedClient } from '../sites/refusal-advice.ts';
import type { Site } from '../sites/sites.ts';
import type { GatewayChannel } from '../transports/transport.ts';
import { wrapFailure } from './command-failure.ts';
import { isSameMajor, welcomeAgain, welcomeOf } from './welcome.ts';

/** Serves one client from its first frame until the connection closes. Call `run` once. */
export class Session {
  /** The id in `welcome`, in the log and in broadcast messages. */
  readonly id: string;
  readonly #options: SessionOptions;
  readonly #channel: GatewayChannel;
  readonly #origin: RequestOrigin;
  readonly #viewers: SessionViewers;
  readonly #expiry: SessionExpiry;
  #state: SessionState = { kind: 'awaiting-hello' };
  readonly #decide = createDecider();
  /** The tokens that the client has. */
  #tokens: readonly TokenFacts[] = [];

  constructor(options: SessionOptions, channel: GatewayChannel, origin: RequestOrigin) {
    this.#options = options;
    const { clock, limits } = options;
    this.#channel = withHeartbeat(channel, { clock, heartbeatMs: limits.heartbeatMs });
    this.#origin = origin;
    this.id = options.mintRef();
    this.#expiry = createSessionExpiry(clock, () => {
      this.#reject(expiredError(), undefined);
      this.close('unauthenticated', 'the token has expired');
    });
    this.#viewers = new SessionViewers({
      ...options,
      sessionId: this.id,
      channel: this.#channel,
      onFailed: (conversationId, error) => {
        const facts = { sessionId: this.id, conversationId, ...describeCause(error) };
        options.logger.error(facts, 'a viewer failed; its connection is closed');
        this.close('internal', 'internal error'); // the client reconnects and resumes
      },
    });
  }

  /** Serves the client until the connection is closed. Never rejects. */
  async run(): Promise<void> {
    const { clock, limits, metrics, logger } = this.#options;
    metrics.sessions.inc();
    const helloTimer = clock.after(limits.helloMs, () => {
      if (this.#state.kind === 'awaiting-hello') this.close('hello-timeout', 'no hello in time');
    });
    // Closing detaches and never aborts (invariant 2): viewers end, runs continue.
    void this.#channel.closed.then(({ code }) => {
      metrics.sessions.dec();
      metrics.closed.inc({ code });
      this.#state = { kind: 'closed' };
      this.#viewers.end();
      this.#expiry.stop();
    });
    for await (const incoming of this.#channel.receive()) {
      try {
        await this.#perform(this.#decide(this.#state, incoming));
      } catch (error) {
        logger.error({ sessionId: this.id, ...describeCause(error) }, 'a session failed and is closed');
        this.close('internal', 'internal error');
      }
    }
    helloTimer.cancel();
  }

  /** Tells the client that the gateway is shutting down. @param withinMs the time within which it should reconnect */
  announceDrain(withinMs: number): void {
    this.#send({ type: 'draining', withinMs });
  }

  /** Handles a broadcast message from another session, on this gateway or another. */
  handle(message: SessionBroadcast): void {
    if (this.#state.kind !== 'open') return;
    const { principal } = this.#state;
    if (message.kind === 'revoked') {
      if (!concerns(message.revocation, principal, this.#tokens)) return;
      this.#reject(revokedError(), undefined);
      this.close('unauthenticated', 'the token was revoked');
    } else if (principal.id === message.ownerId && principal.siteId === message.siteId) {
      // The client reconnects: as the user, or as the visitor that may no longer see the conversations.
      this.close('rebalance', 'the visitor has signed in');
    }
  }

  /**
   * The sites were replaced: later commands see the new settings of the site. Closes the connection when the site is gone or does
   * not serve this client any more.
   */
  followSite(): void {
    if (this.#state.kind !== 'open') return;
    const { principal, site: before } = this.#state;
    try {
      const site = siteOf(this.#options.sites, principal, this.#origin);
      this.#state = { ...this.#state, site };
      this.#viewers.followSite(site);
      const welcome = welcomeAgain(this.#options, { sessionId: this.id, principal, site }, before);
      if (welcome !== undefined) this.#send(welcome);
    } catch (error) {
      this.close(closeReasonOf(error), 'the settings of the site have changed');
    }
  }

  /** Other gateways can no longer read what the clients of this one are sent, or can again. */
  followEventLog(): void {
    if (this.#state.kind === 'open')
      this.#send(welcomeOf(this.#options, { ...this.#state, sessionId: this.id }));
  }

  /** Resolves when the client has received all that is in the log now, or the connection is closed. */
  async waitUntilCaughtUp(): Promise<void> {
    await Promise.race([this.#viewers.waitUntilCaughtUp(), this.#channel.closed]);
  }

  /** Closes the connection with a close code. @param sentence the reason for people; it is not part of the protocol */
  close(reason: keyof typeof CLOSE_CODES, sentence: string): void {
    this.#channel.close({ code: CLOSE_CODES[reason], reason: sentence });
  }

  #send(event: ChatEvent): void {
    void this.#channel.send(new Frame([event]));
  }

  async #perform(decision: Decision): Promise<void> {
    switch (decision.kind) {
      case 'ignore':
        return;
      case 'reject':
        this.#reject(decision.error, decision.commandId);
        return;
      case 'refuse':
        this.#reject(decision.error, decision.commandId);
        this.#channel.close({ code: decision.code, reason: decision.error.code });
        return;
      case 'greet':
        await this.#greet(decision.hello);
        return;
      case 'handle':
        try {
          await handleCommand(this.#scope(decision.principal, decision.site), decision.command);
        } catch (error) {
          this.#reject(this.#wrapped(error), decision.command.id);
        }
        return;
      default:
        unreachable(decision);
    }
  }

  #wrapped(error: unknown): ChatError {
    return wrapFailure(error, { ...this.#options, sessionId: this.id });
  }

  #reject(error: ChatError, commandId: CommandId | undefined, client: RefusedClient = {}): void {
    const { metrics, refusals } = this.#options;
    metrics.rejected.inc({ code: error.code });
    const reported = refusals.report(error, { ...this.#origin, ...whoIn(this.#state), ...client });
    const event: ChatEvent = { type: 'rejected', error: bodyOf(reported) };
    if (commandId !== undefined) event.commandId = commandId;
    this.#send(event);
  }

  #countOpen(siteId: string): void {
    const { figures } = this.#options.metrics;
    figures.change(siteId, 'connections', 1);
    void this.#channel.closed.then(() => {
      figures.change(siteId, 'connections', -1);
    });
  }

  async #greet(hello: CommandOf<'hello'>): Promise<void> {
    try {
      if (!isSameMajor(hello.protocol)) throw refusal('unsupported', 'protocol-version');
      const admitted = await this.#options.admit({ ...hello, origin: this.#origin });
      const { site, principal } = admitted;
      const client = { site, visitorId: principal.id, address: this.#origin.address };
      void this.#channel.closed.then(this.#options.visitorLimits.openSession(client));
      this.#countOpen(site.id);
      if (!this.#enter(admitted)) return;
      this.#send(welcomeOf(this.#options, { ...admitted, sessionId: this.id }));
    } catch (error) {
      const { site: siteId, protocol } = hello;
      const wrapped = this.#wrapped(error);
      this.#reject(wrapped, hello.id, { siteId, protocol });
      this.#channel.close({ code: closeCodeOf(wrapped), reason: wrapped.code });
      return;
    }
    for (const { conversationId, cursor } of hello.subscriptions) {
      await this.#view(conversationId, cursor).catch((error: unknown) => {
        this.#reject(this.#wrapped(error), hello.id);
      });
    }
  }

  /** Opens the session. @returns false when the connection was closed during the authentication */
  #enter({ principal, site, tokens = [{}] }: Admitted): boolean {
    if (this.#state.kind === 'closed') return false;
    // From here on a revocation finds this session; one that came during the authentication did not.
    this.#options.revocations.check({ principal, tokens });
    this.#state = { kind: 'open', principal, site };
    this.#tokens = tokens;
    this.#expiry.follow(principal);
    return true;
  }

  async #refresh(token: string): Promise<void> {
    if (this.#state.kind !== 'open') return;
    const before = this.#state;
    const request = { site: before.site.id, origin: this.#origin, token };
    const admitted = await this.#options.admit(request);
    const resource = { kind: 'session', next: admitted.principal } as const;
    authorize({ principal: before.principal, action: 'refresh-auth', resource });
    this.#enter(admitted);
  }

  #scope(principal: Principal, site: Site): CommandScope {
    return {
      ...this.#options,
      sessionId: this.id,
      principal,
      site,
      address: this.#origin.address,
      traceContext: this.#origin.traceContext,
      send: (event) => {
        this.#send(event);
      },
      refresh: (token) => this.#refresh(token),
      view: (conversationId, cursor) => this.#view(conversationId, cursor),
      viewOwn: (conversationId) => {
        this.#viewers.follow(conversationId, undefined, { site });
      },
      unview: (conversationId) => {
        this.#viewers.leave(conversationId);
      },
      isViewing: (conversationId) => this.#viewers.has(conversationId),
    };
  }

  /** Starts a viewer of the conversation, in place of an earlier one. @throws {ChatError} `not-found` */
  async #view(conversationId: ConversationId, cursor: Position | undefined): Promise<void> {
    if (this.#state.kind !== 'open') return;
    const { site, principal } = this.#state;
    const end = new AbortController();
    try {
      await this.#options.viewerAccess.admit({ principal, action: 'subscribe', conversationId }, end.signal);
    } catch (error) {
      end.abort();
      throw error;
    }
    this.#viewers.follow(conversationId, cursor, { site, end });
  }
}
