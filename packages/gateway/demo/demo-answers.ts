/** Replies of the demo provider to tool results, submitted forms and files. Pure. */
import { dataStep, sourceStep, textStep, type ReplyStep } from './demo-steps.ts';
import type { ProviderFile, ProviderMessage } from '../src/providers/provider.ts';

/** The result of one tool call. */
export interface ToolResult {
  /** The name of the tool; empty when the call is not in the messages. */
  name: string;
  /** The result as JSON. */
  text: string;
}

/** The results of the tool calls at the end of the messages; empty when the last message is not a result. */
export function resultsIn(messages: readonly ProviderMessage[]): ToolResult[] {
  const from = messages.findLastIndex(({ role }) => role !== 'tool');
  const caller = messages[from];
  const calls = caller?.role === 'assistant' ? (caller.calls ?? []) : [];
  return messages.slice(from + 1).flatMap((message) => {
    if (message.role !== 'tool') return [];
    const name = calls.find(({ callId }) => callId === message.callId)?.name ?? '';
    return [{ name, text: message.text }];
  });
}

const NEXT = dataStep('suggestions', ['Show me an approval', 'Show me a form', 'What is Rivulet?']);

/** The reply to tool results, with suggestions at its end. */
export const answerResults = (results: readonly ToolResult[]): readonly ReplyStep[] => [
  ...results.flatMap(answerResult),
  NEXT,
];

function answerResult({ name, text }: ToolResult): ReplyStep[] {
  const result = recordOf(parse(text));
  if (typeof result.error === 'string') return [textStep(`That did not happen. ${result.error}`)];
  if (name === 'search_documents') return answerSearch(Array.isArray(result.results) ? result.results : []);
  const output = recordOf(result.output);
  const reference = stringOf(result.reference) || stringOf(output.reference);
  if (name === 'book_callback' && reference !== '')
    return [
      textStep(
        `Done: your call back is booked as \`${reference}\`. In the demo nobody will call, of course.`,
      ),
    ];
  return [textStep(`This is what it gave:\n\n\`\`\`json\n${text}\n\`\`\``)];
}

function answerSearch(found: readonly unknown[]): ReplyStep[] {
  const passages = found.map(recordOf).map(({ title, excerpt }) => ({
    title: stringOf(title),
    excerpt: stringOf(excerpt),
  }));
  if (passages.length === 0) return [textStep('I searched the documentation and found nothing that fits.')];
  const lines = passages.map(({ title, excerpt }, index) => `- **${title}** [${index + 1}]: ${excerpt}`);
  return [
    textStep(`I searched the documentation. This fits best:\n\n${lines.join('\n')}`),
    ...passages.map(({ title, excerpt }, index) => sourceStep(`found-${index + 1}`, title, { excerpt })),
  ];
}

/** The reply to a submitted form; undefined when the message is not one. */
export function answerForm(question: string): readonly ReplyStep[] | undefined {
  const json = /^form-answer: (.+)$/m.exec(question)?.[1];
  if (json === undefined) return undefined;
  const values = Object.entries(recordOf(recordOf(parse(json)).values));
  if (values.length === 0) return [textStep('Thank you. The form came back empty.')];
  const lines = values.map(([name, value]) => `| ${cell(name)} | ${cell(String(value))} |`);
  return [
    textStep(`Thank you! I received:\n\n| field | value |\n| :--- | :--- |\n${lines.join('\n')}`),
    NEXT,
  ];
}

const EXCERPT_MAX_CHARACTERS = 280;

/** The reply to files: lists them, and quotes the beginning of text files. */
export function answerFiles(files: readonly ProviderFile[]): readonly ReplyStep[] {
  const lines = files.map((file) => `- ${describe(file)}`).join('\n');
  const what = files.length === 1 ? 'your file' : `your ${files.length} files`;
  const excerpts = files.flatMap(excerptOf);
  return [
    textStep(
      [
        `I have ${what}:\n\n${lines}`,
        ...excerpts,
        'I am the demo, so I cannot look at pictures or documents. A real model behind the gateway is given them as its API expects.',
      ].join('\n\n'),
    ),
  ];
}

const KILO = 1024;
const describe = ({ name, mediaType, sizeBytes }: ProviderFile): string =>
  `\`${plain(name)}\` (${mediaType}, ${sizeBytes < KILO ? `${sizeBytes} bytes` : `${Math.ceil(sizeBytes / KILO)} kB`})`;

function excerptOf({ name, mediaType, bytes }: ProviderFile): string[] {
  if (bytes === undefined || !/^text\/|json$/.test(mediaType)) return [];
  const text = new TextDecoder().decode(bytes).slice(0, EXCERPT_MAX_CHARACTERS).toWellFormed();
  return [`\`${plain(name)}\` begins like this:\n\n\`\`\`\`\n${text.replaceAll('````', "'''")}\n\`\`\`\``];
}

/** Removes the characters that would end a code span or a table cell early. */
const plain = (text: string): string => text.replace(/[`|\r\n]/g, ' ');
const cell = (text: string): string => plain(text) || ' ';

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // visitors may write anything: text that is not JSON is treated as plain text
  }
};
const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** The fields of an object; empty for any other value. */
const recordOf = (value: unknown): Record<string, unknown> =>
  // The cast is safe: reading any key of an object gives an unknown value.
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
