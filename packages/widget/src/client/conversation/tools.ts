/**
 * Performs the functions of the page that the model calls. Import it when a page has some: most have none. They are named with
 * every command that starts a run without it, so that the first message need not wait.
 */
import type { ToolPart } from '@rivulet/protocol';
import type { PageTool } from '../chat.ts';
import type { ChatSession } from '../chat-session.ts';

/** What is told of an error of the page: whoever reads the log needs no more of its inside. */
const MAX_ERROR_CHARS = 100;

/** @returns the way to end it */
export function performTools(session: ChatSession, tools: readonly PageTool[]): () => void {
  const performer = new Performer(session, tools);
  const end = session.source.subscribe(() => {
    performer.look();
  });
  performer.look();
  return () => {
    end();
    performer.close();
  };
}

/**
 * Of the tabs that show a conversation one performs its calls: the one that holds its lock. Where there are no locks each tab
 * would; the gateway takes the first word.
 */
class Performer {
  readonly #session: ChatSession;
  readonly #tools: ReadonlyMap<string, PageTool>;
  /** Calls that this tab has taken on; as many as a conversation has. */
  readonly #taken = new Set<string>();
  #conversationId: string | undefined;
  #mayPerform = false;
  #release: () => void = () => undefined;

  constructor(session: ChatSession, tools: readonly PageTool[]) {
    this.#session = session;
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
  }

  look(): void {
    const { conversation } = this.#session.current;
    if (conversation.id !== this.#conversationId) this.#enter(conversation.id);
    if (!this.#mayPerform) return;
    for (const { run, parts } of conversation.messages.toReversed()) {
      if (run?.state !== 'running') continue;
      for (const part of parts) if (part.type === 'tool' && part.state === 'called') void this.#perform(part);
    }
  }

  close(): void {
    this.#release();
    this.#mayPerform = false;
  }

  #enter(id: string): void {
    this.close();
    this.#taken.clear();
    this.#conversationId = id;
    const { locks } = this.#session.environment;
    const begin = () => {
      this.#mayPerform = true;
      this.look();
    };
    if (locks === undefined) this.#mayPerform = true;
    else
      this.#release = locks.hold(`rivulet-tools:${id}`, 'wait', {
        held: begin,
        failed: begin,
        lost: () => {
          this.#mayPerform = false;
        },
      });
  }

  async #perform({ callId, name, input }: ToolPart): Promise<void> {
    const tool = this.#tools.get(name);
    if (tool === undefined || this.#taken.has(callId)) return;
    this.#taken.add(callId);
    const { requests, current } = this.#session;
    const about = { conversationId: current.id, id: this.#session.mintCommandId(), callId };
    const result = await run(tool, input);
    // Another tab was faster, or the visitor has stopped the answer: there is nobody to tell.
    await requests.ask({ type: 'tool-output', ...about, ...result }).catch(() => undefined);
  }
}

async function run({ handler }: PageTool, input: unknown): Promise<{ output: unknown } | { error: string }> {
  try {
    // What JSON has no word for is nothing.
    return { output: JSON.parse(JSON.stringify((await handler(input)) ?? null)) as unknown };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { error: words.slice(0, MAX_ERROR_CHARS) || 'The tool failed.' };
  }
}
