/**
 * One random history: several tabs of one visitor, with the widget's client on three transports, and the faults that happen to
 * them. The seed determines every choice of the history; the timing of the processes stays random.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom, type Random } from '@rivulet/protocol/testing';
import type { Conversation, ConversationId, MessageId } from '@rivulet/protocol';
import { contentOf, differenceOf } from './conversation-difference.ts';
import type { Deployment, HistorySite } from './deployment.ts';
import { wrongNumbersOfAnswers } from './counted-text.ts';
import { checkLog } from './log-check.ts';
import { MemoryStorage } from './node-environment.ts';
import { OrphanWatch } from './orphan-watch.ts';
import { emptyOutcome, type Outcome } from './outcome.ts';
import { readStored } from './stored-conversation.ts';
import { Tab, TRANSPORT_NAMES } from './tab.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { addWrong } from './wrong-deliveries.ts';

const SCENES = [
  '',
  '[[slow:5]]',
  '[[emoji]]',
  '[[truncate]]',
  '[[numbers]]',
  '[[numbers:5]]',
  '[[numbers:30]]',
  '[[numbers:60]]',
];

/** Takes six seconds. */
const LONG_SCENE = '[[numbers:60]]';

/** Faults of tabs and their connections. A fault that is listed more often is chosen more often. */
const TAB_FAULTS = ['cut', 'cut', 'cut', 'cut', 'reload', 'reload', 'stop', 'stop', 'close', 'close'];

/** A history on a deployment. Call `run()` once; `close()` ends it early. */
export class History {
  /** Complete when `run()` has resolved. */
  readonly outcome: Outcome = emptyOutcome();
  /** What the history waits for, for the message of a test that fails because of a hang. */
  waitingFor = 'the start';
  readonly #random: Random;
  readonly #deployment: Deployment;
  readonly #site: HistorySite;
  readonly #storage = new MemoryStorage();
  readonly #accepted = new Set<MessageId>();
  readonly #tabs: Tab[] = [];
  readonly #sends: Promise<unknown>[] = [];
  readonly #orphans: OrphanWatch;
  /** The ends of the injected faults of the deployment. */
  readonly #faults: Promise<void>[] = [];
  /** The content that every tab and the store had at the end. */
  #final = '';
  /** One proxy to each gateway, in the order of the deployment's ports. */
  #proxies: TcpProxy[] = [];

  constructor(seed: number, deployment: Deployment) {
    this.#random = createRandom(seed);
    this.#deployment = deployment;
    this.#site = deployment.siteOf(seed);
    this.#orphans = new OrphanWatch({ deployment, site: this.#site, tabs: this.#tabs });
  }

  /** Runs the history. Resolves when every tab and the store have the same content; hangs when they never do. */
  async run(): Promise<void> {
    this.#proxies = await Promise.all(this.#deployment.ports.map((port) => startTcpProxy(port)));
    this.#openTab();
    this.#send();
    this.waitingFor = 'the first message';
    await this.#sends[0];
    for (let more = this.#below(3); more > 0; more -= 1) this.#openTab();
    for (let steps = 6 + this.#below(8); steps > 0; steps -= 1) {
      await this.#act();
      await this.#pause();
    }
    this.waitingFor = 'the end of the faults';
    await Promise.all(this.#faults);
    await this.#settle();
    await this.#compare();
    this.close();
  }

  /** Closes every tab and every proxy. May be called twice. */
  close(): void {
    this.#orphans.close();
    while (this.#tabs.length > 0) this.#closeTab(0);
    for (const proxy of this.#proxies) void proxy.close();
  }

  #oneOf<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#below(items.length)];
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Processes need a while until a fault shows, and a visitor until the next action. */
  async #pause(): Promise<void> {
    const { maxPauseMs } = this.#deployment;
    if (maxPauseMs > 0) await pause(this.#below(maxPauseMs));
    for (let iterations = this.#below(12); iterations > 0; iterations -= 1)
      await new Promise((resolve) => setImmediate(resolve));
  }

  #openTab(): void {
    const transport = this.#oneOf(TRANSPORT_NAMES) ?? 'websocket';
    const gateway = this.#below(this.#proxies.length);
    const url = this.#proxies[gateway]?.url ?? '';
    const port = this.#deployment.ports[gateway] ?? 0;
    this.outcome.transports.push(transport);
    this.#tabs.push(new Tab({ site: this.#site.id, transport, storage: this.#storage, url, port }));
  }

  #closeTab(index: number): void {
    const [tab] = this.#tabs.splice(index, 1);
    if (tab === undefined) return;
    tab.chat.close();
    this.outcome.endedTwice.push(...tab.endedTwice);
    this.outcome.firstWrong.push(...tab.describeEnds(tab.endedTwice));
    addWrong(this.outcome.wrong.received, tab.audit.wrong);
    if (tab.audit.firstWrong !== undefined) this.outcome.firstWrong.push(tab.audit.firstWrong);
    addWrong(this.outcome.wrong.shown, tab.wrongShown);
    this.#orphans.addRestarts(tab.audit.restartedAtMs);
  }

  #send(tab = this.#oneOf(this.#tabs), scene = this.#oneOf(SCENES) ?? ''): void {
    const sending = tab?.chat.sendMessage(`Question ${this.#sends.length + 1} ${scene}`);
    // Only an accepted message must be kept, not one that was rejected as busy, cancelled by a stop, or unsent when its tab closed.
    this.#sends.push(
      Promise.resolve(sending).then(
        (sent) => {
          if (sent === undefined || tab === undefined) return;
          this.#accepted.add(sent.messageId);
          this.#orphans.addAccepted(sent.messageId, tab.port);
        },
        () => undefined,
      ),
    );
  }

  async #act(): Promise<void> {
    const isSpent = this.#faults.length >= this.#deployment.maxFaults;
    const deploymentFaults = isSpent ? [] : Object.keys(this.#deployment.faults);
    const choice = this.#below(19 + deploymentFaults.length);
    if (choice < 6) this.#send();
    else if (choice < 9) this.#deployment.release();
    else {
      const fault = [...TAB_FAULTS, ...deploymentFaults][choice - 9] ?? 'cut';
      this.outcome.faults.push(fault);
      await this.#inject(fault);
    }
  }

  async #inject(fault: string): Promise<void> {
    const index = this.#below(this.#tabs.length);
    if (fault === 'cut') this.#oneOf(this.#proxies)?.cut();
    else if (fault === 'stop') void this.#tabs[index]?.chat.stop().catch(() => undefined);
    else if (fault === 'reload' || fault === 'close') {
      this.#closeTab(index);
      if (fault === 'reload' || this.#tabs.length === 0) this.#openTab();
    } else {
      this.waitingFor = fault;
      const injected = this.#deployment.faults[fault]?.(this.#random);
      if (injected === undefined) return;
      this.#faults.push(injected.over);
      await injected.begun;
      // The gateway that the fault affects is to be writing a reply.
      const affected = this.#tabs.find(({ port }) => port === injected.port);
      if (affected !== undefined) this.#send(affected, LONG_SCENE);
    }
  }

  /** Waits until every tab is idle. The history injects no faults any more; others on its deployment may. */
  async #settle(): Promise<void> {
    for (;;) {
      this.#deployment.release();
      const busy = this.#tabs.find(({ isIdle }) => !isIdle);
      if (busy === undefined) return;
      const { status, pending, isAnswering, isLoading } = busy.chat.snapshot;
      this.waitingFor = `an idle tab: ${JSON.stringify({ status, pending: pending.length, isAnswering, isLoading })}`;
      await busy.change();
    }
  }

  async #compare(): Promise<void> {
    this.waitingFor = 'the store';
    let store = await this.#readStore();
    // An idle tab may not have received a message of another tab yet. It must receive it: otherwise the history hangs here.
    for (let behind = this.#behind(store); behind !== undefined; behind = this.#behind(store)) {
      const difference = differenceOf(behind.chat.snapshot.conversation, store);
      this.waitingFor = `a tab to have the content of the store: ${JSON.stringify(difference)}`;
      await behind.change();
      await this.#settle();
      store = await this.#readStore();
    }
    this.waitingFor = 'the event log';
    await this.#checkStored(store);
    this.#final = contentOf(store);
  }

  async #checkStored(store: Conversation): Promise<void> {
    const { outcome } = this;
    for (const id of this.#accepted) {
      const count = store.messages.filter((message) => message.id === id).length;
      if (count === 0) outcome.lost.push(id);
      if (count > 1) outcome.duplicated.push(id);
    }
    for (const { run } of store.messages) if (run?.state === 'running') outcome.unfinished.push(run.id);
    addWrong(outcome.wrong.stored, wrongNumbersOfAnswers(store.messages, store.messages));
    const log = checkLog(await this.#deployment.readLog(store.id));
    addWrong(outcome.wrong.logged, log.wrong);
    outcome.endedTwice.push(...log.endedTwice);
    outcome.writtenAfterEnd.push(...log.writtenAfterEnd);
    const wrongly = this.#site.whenInterrupted === 'restart' ? log.wronglyRestarted : log.restarted;
    outcome.wronglyRestarted.push(...wrongly);
    for (const { audit } of this.#tabs) this.#orphans.addRestarts(audit.restartedAtMs);
    outcome.orphans.push(...this.#orphans.orphansIn(store));
  }

  #behind(store: Conversation): Tab | undefined {
    return this.#tabs.find(({ chat }) => contentOf(chat.snapshot.conversation) !== contentOf(store));
  }

  /** Whether a new client receives the content that every tab had at the end. */
  async isPersisted(): Promise<boolean> {
    return contentOf(await this.#readStore()) === this.#final;
  }

  #readStore(): Promise<Conversation> {
    const site = this.#site.id;
    const token = this.#storage.getItem(`rivulet:${site}:token`) ?? '';
    // The client stored an id that it had minted itself, so the cast is safe.
    const conversationId = this.#storage.getItem(`rivulet:${site}:conversation`) as ConversationId;
    return readStored(this.#deployment, { site, token, conversationId, random: this.#random });
  }
}
