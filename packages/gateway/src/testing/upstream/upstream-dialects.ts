/** The two APIs of the scripted upstream: how a request is read, and how an answer is written. The scenes know of neither. */
import { createResponseWriter } from './response-writer.ts';

/** What a scene needs of a request. */
export interface ReadRequest {
  model: string;
  /** The text of the last user message. */
  question: string;
  /** The tool results at the end of the request. */
  results: string[];
  usage: 'wanted' | 'unwanted';
}

/** Writes one answer, as the texts to send. */
export interface AnswerWriter {
  /** One delta, in the words of chat completions. */
  delta: (delta: Record<string, unknown>) => string;
  /** The finish reason, in the words of chat completions. */
  finishReason: (reason: string) => string;
  /** What follows the finish reason. */
  end: () => string;
}

/** One API. */
export interface Dialect {
  read(body: unknown): ReadRequest;
  write(answer: { id: number; model: string; usage: ReadRequest['usage'] }): AnswerWriter;
}

type Content = string | { type: string; text?: string }[] | null | undefined;

interface ChatBody {
  model?: string;
  messages?: { role: string; content: Content }[];
  stream_options?: { include_usage?: boolean };
}

interface ResponsesBody {
  model?: string;
  input?: { type?: string; role?: string; content?: Content; output?: string }[];
}

const textOf = (content: Content): string =>
  Array.isArray(content) ? content.map(({ text = '' }) => text).join('\n') : (content ?? '');

/** The token counts of every answer. */
const USAGE = { input: 11, output: 7 };
const dataOf = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

/** Chat completions. */
export const CHAT_DIALECT: Dialect = {
  read(body) {
    const { model = '', messages = [], stream_options: options } = body as ChatBody; // sent by the gateway under test
    const lastOtherIndex = messages.findLastIndex(({ role }) => role !== 'tool');
    return {
      model,
      question: textOf(messages.findLast(({ role }) => role === 'user')?.content),
      results: messages.slice(lastOtherIndex + 1).map(({ content }) => textOf(content)),
      usage: options?.include_usage === true ? 'wanted' : 'unwanted',
    };
  },
  write({ id, model, usage }) {
    const chunk = (rest: object) =>
      dataOf({ id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created: 0, model, ...rest });
    const counted = { prompt_tokens: USAGE.input, completion_tokens: USAGE.output };
    return {
      delta: (delta) => chunk({ choices: [{ index: 0, delta, finish_reason: null }] }),
      finishReason: (reason) => chunk({ choices: [{ index: 0, delta: {}, finish_reason: reason }] }),
      end: () => `${usage === 'wanted' ? chunk({ choices: [], usage: counted }) : ''}data: [DONE]\n\n`,
    };
  },
};

/** The responses API. */
export const RESPONSES_DIALECT: Dialect = {
  read(body) {
    const { model = '', input = [] } = body as ResponsesBody; // sent by the gateway under test
    const lastOtherIndex = input.findLastIndex(({ type }) => type !== 'function_call_output');
    return {
      model,
      question: textOf(input.findLast(({ role }) => role === 'user')?.content),
      results: input.slice(lastOtherIndex + 1).map(({ output = '' }) => output),
      usage: 'wanted',
    };
  },
  write({ id, model }) {
    const usage = { input_tokens: USAGE.input, output_tokens: USAGE.output };
    const writer = createResponseWriter({ id: `resp_${id}`, model, usage });
    return { delta: writer.delta, finishReason: writer.finish, end: () => '' };
  },
};

/** The API of a path. */
export const dialectOf = (path: string): Dialect =>
  path.endsWith('/responses') ? RESPONSES_DIALECT : CHAT_DIALECT;
