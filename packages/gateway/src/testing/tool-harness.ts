/** Runs a conversation whose model calls tools, on one gateway or across two, for tests of the tool flow. */
import {
  mintConversationId,
  mintMessageId,
  type ClientTool,
  type CommandOf,
  type ConversationId,
  type EventOf,
  type FinishReason,
  type ToolPart,
} from '@rivulet/protocol';
import { randomBytes } from '../base/index.ts';
import type { Site } from '../sites/sites.ts';
import type { Store } from '../stores/store.ts';
import type { FakeClock } from './fake-clock.ts';
import { ProtocolClient } from './protocol-client.ts';
import type { Scene } from './script-provider.ts';
import { ONE_NODE, type Service, type StartedNodes } from './start-nodes.ts';

/** The default tool call of the harness, with the id of the upstream. */
export const CALL = { callId: 'call-1', name: 'weather' };

/** Options of `ToolHarness.open`. */
export interface ToolHarnessOptions {
  /** The deployment to run on. Default: one gateway. */
  service?: Service;
  /** The gateway's limits. */
  limits?: object;
  clock?: FakeClock;
  /** The store of the gateway. Default: one in memory. */
  store?: Store;
}

/** Emits the events of a tool call; the test ends the response. A string is sent as the input's text, anything else as JSON. */
export function emitToolCall(scene: Scene, input: unknown = { city: 'Oslo' }, { callId, name } = CALL): void {
  scene.emit({ type: 'tool-call-started', callId, name });
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  scene.emit({ type: 'tool-call-delta', callId, text });
}

/** The tool results in the provider's request, parsed from JSON. */
export const toolResultsIn = ({ request }: Scene): unknown[] =>
  request.messages.flatMap((message) =>
    message.role === 'tool' ? [JSON.parse(message.text) as unknown] : [],
  );

type CommandAnswer = Promise<EventOf<'accepted'> | EventOf<'rejected'>>;

/** A conversation with two clients of one visitor. */
export class ToolHarness {
  readonly nodes: StartedNodes;
  readonly conversationId: ConversationId = mintConversationId(randomBytes);
  /** The client that sends the message, connected to the first gateway. */
  client: ProtocolClient;
  /** Another tab of the same visitor, connected to the other gateway if there are two. */
  readonly tab: ProtocolClient;

  private constructor(nodes: StartedNodes, client: ProtocolClient, tab: ProtocolClient) {
    this.nodes = nodes;
    this.client = client;
    this.tab = tab;
  }

  /** Starts the gateways with one site, `demo`, and connects both clients. */
  static async open(
    site: Partial<Site>,
    { service = ONE_NODE, ...options }: ToolHarnessOptions = {},
  ): Promise<ToolHarness> {
    const nodes = await service.open({ ...options, sites: [{ id: 'demo', origins: ['self'], ...site }] });
    const client = await ProtocolClient.connect(nodes.first.url);
    const { token = '' } = await client.received('welcome');
    return new ToolHarness(nodes, client, await ProtocolClient.connect(nodes.other.url, { token }));
  }

  /** Resolves with the next call of the provider. */
  scene(): Promise<Scene> {
    return this.nodes.first.provider.next();
  }

  /** Sends a message. @param tools the client's tools @returns the gateway's answer */
  sendMessage(tools?: ClientTool[]): CommandAnswer {
    const messageId = mintMessageId(randomBytes);
    const { conversationId } = this;
    const parts = [{ type: 'text' as const, text: 'Weather?' }];
    const command = { type: 'send-message' as const, conversationId, messageId, parts };
    return this.client.answer(this.client.send(tools === undefined ? command : { ...command, tools }));
  }

  /** Sends a message and has the model respond with a tool call. @returns that call of the provider */
  async sendMessageAndCall(
    ...parts: Parameters<typeof emitToolCall> extends [Scene, ...infer Rest] ? Rest : never
  ): Promise<Scene> {
    void this.sendMessage();
    const scene = await this.scene();
    emitToolCall(scene, ...parts);
    scene.finish('tool');
    return scene;
  }

  /** Sends a `tool-approval`; by default the other tab approves. @returns the gateway's answer */
  sendApproval(decision: Partial<CommandOf<'tool-approval'>> = {}, by = this.tab): CommandAnswer {
    const { conversationId, callId } = this;
    return by.answer(
      by.send({ type: 'tool-approval', conversationId, callId, decision: 'approve', ...decision }),
    );
  }

  /** Sends a `tool-output`. @returns the gateway's answer */
  sendOutput(more: object, by = this.tab): CommandAnswer {
    const { conversationId, callId } = this;
    return by.answer(by.send({ type: 'tool-output', conversationId, callId, ...more }));
  }

  /** Sends an `abort-run`. @returns the gateway's answer */
  abort(by = this.tab): CommandAnswer {
    return by.answer(by.send({ type: 'abort-run', conversationId: this.conversationId }));
  }

  /** The `run-finished` events that the client has received. */
  get ends() {
    return this.client.events.filter(({ type }) => type === 'run-finished');
  }

  /** Resolves with the finish reason of the run that ends first, by its event or by a snapshot that includes the end. */
  async reason(): Promise<FinishReason> {
    const find = () =>
      this.client.view?.conversation.messages.find(({ run }) => run?.reason !== undefined)?.run?.reason;
    await this.client.until(() => find() !== undefined);
    return find() ?? 'error';
  }

  /** The tool part of the last message in the client's view. */
  get part(): ToolPart | undefined {
    return this.client.view?.conversation.messages
      .at(-1)
      ?.parts.find((part): part is ToolPart => part.type === 'tool');
  }

  /** The gateway's id of that tool call; empty when there is none. */
  get callId(): string {
    return this.part?.callId ?? '';
  }

  /** Resolves once the tool part is in this state. */
  waitForState(state: ToolPart['state']): Promise<void> {
    return this.client.until(() => this.part?.state === state, state);
  }
}
