/** A conversation whose model calls tools: what a test does and sees of it, on one gateway or across two. */
import {
  mintConversationId,
  mintMessageId,
  type ClientTool,
  type CommandOf,
  type ConversationId,
  type EventOf,
  type ToolPart,
} from '@rivulet/protocol';
import { randomBytes } from '../base/random.ts';
import type { Site } from '../sites/sites.ts';
import type { FakeClock } from './fake-clock.ts';
import { ProtocolClient } from './protocol-client.ts';
import type { Scene } from './script-provider.ts';
import { ONE_NODE, type Service, type StartedNodes } from './start-nodes.ts';

export const CALL = { callId: 'call-1', name: 'weather' };

export interface ToolHarnessOptions {
  service?: Service;
  limits?: object;
  clock?: FakeClock;
}

/** The model calls; its next word is the test's. */
export function call(scene: Scene, input: unknown = { city: 'Oslo' }, { callId, name } = CALL): void {
  scene.emit({ type: 'tool-call-started', callId, name });
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  scene.emit({ type: 'tool-call-delta', callId, text });
}

/** What the model is told that its calls gave. */
export const resultsIn = ({ request }: Scene): unknown[] =>
  request.messages.flatMap((message) =>
    message.role === 'tool' ? [JSON.parse(message.text) as unknown] : [],
  );

type Said = Promise<EventOf<'accepted'> | EventOf<'rejected'>>;

export class ToolHarness {
  readonly nodes: StartedNodes;
  readonly conversationId: ConversationId = mintConversationId(randomBytes);
  /** Who asks. */
  client: ProtocolClient;
  /** Another tab of the same visitor, at the other gateway where there are two. */
  readonly tab: ProtocolClient;

  private constructor(nodes: StartedNodes, client: ProtocolClient, tab: ProtocolClient) {
    this.nodes = nodes;
    this.client = client;
    this.tab = tab;
  }

  static async open(
    site: Partial<Site>,
    { service = ONE_NODE, ...options }: ToolHarnessOptions = {},
  ): Promise<ToolHarness> {
    const nodes = await service.open({ ...options, sites: [{ id: 'demo', origins: ['self'], ...site }] });
    const client = await ProtocolClient.greet(nodes.first.url);
    const { token = '' } = await client.received('welcome');
    return new ToolHarness(nodes, client, await ProtocolClient.greet(nodes.other.url, { token }));
  }

  /** The next call of the provider. */
  scene(): Promise<Scene> {
    return this.nodes.first.provider.next();
  }

  ask(tools?: ClientTool[]): Said {
    const messageId = mintMessageId(randomBytes);
    const { conversationId } = this;
    const parts = [{ type: 'text' as const, text: 'Weather?' }];
    const command = { type: 'send-message' as const, conversationId, messageId, parts };
    return this.client.answer(this.client.say(tools === undefined ? command : { ...command, tools }));
  }

  /** Asks, and has the model call; the call is what the test waits for next. */
  async askAndCall(
    ...parts: Parameters<typeof call> extends [Scene, ...infer Rest] ? Rest : never
  ): Promise<Scene> {
    void this.ask();
    const scene = await this.scene();
    call(scene, ...parts);
    scene.finish('tool');
    return scene;
  }

  decide(decision: Partial<CommandOf<'tool-approval'>> = {}, by = this.tab): Said {
    const { conversationId } = this;
    const { callId } = CALL;
    return by.answer(
      by.say({ type: 'tool-approval', conversationId, callId, decision: 'approve', ...decision }),
    );
  }

  giveOutput(more: object, by = this.tab): Said {
    const { conversationId } = this;
    return by.answer(by.say({ type: 'tool-output', conversationId, callId: CALL.callId, ...more }));
  }

  abort(by = this.tab): Said {
    return by.answer(by.say({ type: 'abort-run', conversationId: this.conversationId }));
  }

  get ends() {
    return this.client.events.filter(({ type }) => type === 'run-finished');
  }

  /** Of the run that ends first. */
  async reason(): Promise<EventOf<'run-finished'>['reason']> {
    return (await this.client.received('run-finished')).reason;
  }

  get part(): ToolPart | undefined {
    return this.client.view?.conversation.messages
      .at(-1)
      ?.parts.find((part): part is ToolPart => part.type === 'tool');
  }

  stateIs(state: ToolPart['state']): Promise<void> {
    return this.client.until(() => this.part?.state === state, state);
  }
}
