/**
 * Runs the functions of the page that the model calls. Loaded on demand, because most pages have none. Their definitions are
 * sent by tool-names.ts, so that the first message does not wait for this file.
 */
import type { ToolPart } from '@rivulet/protocol';
import type { PageTool } from '../chat.ts';
import type { ChatSession } from '../chat-session.ts';

/** The length limit of an error message that is sent to the model; it ends up in the log and shall reveal little of the page. */
const MAX_ERROR_CHARS = 100;

/** Runs called tools until it is ended. @returns a function that ends it */
export function performTools(session: ChatSession, tools: readonly PageTool[]): () => void {
  const runner = new ToolRunner(session, tools);
  const unsubscribe = session.source.subscribe(() => {
    runner.update();
  });
  runner.update();
  return () => {
    unsubscribe();
    runner.close();
  };
}

/**
 * Runs the tool calls of the conversation on screen. When several tabs show the conversation, only the tab that holds its lock
 * runs them. Without locks every tab runs them, and the gateway accepts the first output.
 */
class ToolRunner {
  readonly #session: ChatSession;
  readonly #tools: ReadonlyMap<string, PageTool>;
  /** Calls that this tab has started; bounded by the calls of one conversation. */
  readonly #started = new Set<string>();
  #conversationId: string | undefined;
  #mayRun = false;
  #release: () => void = () => undefined;

  constructor(session: ChatSession, tools: readonly PageTool[]) {
    this.#session = session;
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
  }

  update(): void {
    const { conversation } = this.#session.current;
    if (conversation.id !== this.#conversationId) this.#switchTo(conversation.id);
    if (!this.#mayRun) return;
    for (const { run, parts } of conversation.messages.toReversed()) {
      if (run?.state !== 'running') continue;
      for (const part of parts) if (part.type === 'tool' && part.state === 'called') void this.#run(part);
    }
  }

  close(): void {
    this.#release();
    this.#mayRun = false;
  }

  #switchTo(id: string): void {
    this.close();
    this.#started.clear();
    this.#conversationId = id;
    const { locks } = this.#session.environment;
    const begin = () => {
      this.#mayRun = true;
      this.update();
    };
    if (locks === undefined) this.#mayRun = true;
    else
      this.#release = locks.hold(`rivulet-tools:${id}`, 'wait', {
        held: begin,
        failed: begin,
        lost: () => {
          this.#mayRun = false;
        },
      });
  }

  async #run({ callId, name, input }: ToolPart): Promise<void> {
    const tool = this.#tools.get(name);
    if (tool === undefined || this.#started.has(callId)) return;
    this.#started.add(callId);
    const { requests, current } = this.#session;
    const about = { conversationId: current.id, id: this.#session.mintCommandId(), callId };
    const result = await callHandler(tool, input);
    // A rejection means that another tab was faster or that the visitor has stopped the answer: it needs no report.
    await requests.ask({ type: 'tool-output', ...about, ...result }).catch(() => undefined);
  }
}

async function callHandler(
  { handler }: PageTool,
  input: unknown,
): Promise<{ output: unknown } | { error: string }> {
  try {
    // Values that JSON cannot represent, such as undefined, are sent as null.
    return { output: JSON.parse(JSON.stringify((await handler(input)) ?? null)) as unknown };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { error: message.slice(0, MAX_ERROR_CHARS) || 'The tool failed.' };
  }
}
