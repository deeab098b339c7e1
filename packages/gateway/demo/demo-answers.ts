/** What the demo provider says about what it was given: results of tools, filled in forms, files. Pure. */
import { data, source, words, type Beat } from './demo-beats.ts';
import type { ProviderFile, ProviderMessage } from '../src/providers/provider.ts';

export interface ToolResult {
  name: string;
  /** JSON text. */
  text: string;
}

/** What the calls of the last turn gave; empty when the last word is the visitor's. */
export function resultsIn(messages: readonly ProviderMessage[]): ToolResult[] {
  const from = messages.findLastIndex(({ role }) => role !== 'tool');
  const asked = messages[from];
  const calls = asked?.role === 'assistant' ? (asked.calls ?? []) : [];
  return messages.slice(from + 1).flatMap((message) => {
    if (message.role !== 'tool') return [];
    const name = calls.find(({ callId }) => callId === message.callId)?.name ?? '';
    return [{ name, text: message.text }];
  });
}

const NEXT = data('suggestions', ['Show me an approval', 'Show me a form', 'What is Rivulet?']);

export const answerResults = (results: readonly ToolResult[]): readonly Beat[] => [
  ...results.flatMap(answerResult),
  NEXT,
];

function answerResult({ name, text }: ToolResult): Beat[] {
  const result = recordOf(parse(text));
  if (typeof result.error === 'string') return [words(`That did not happen. ${result.error}`)];
  if (name === 'search_documents') return answerSearch(Array.isArray(result.results) ? result.results : []);
  const output = recordOf(result.output);
  const reference = wordOf(result.reference) || wordOf(output.reference);
  if (name === 'book_callback' && reference !== '')
    return [
      words(`Done: your call back is booked as \`${reference}\`. In the demo nobody will call, of course.`),
    ];
  return [words(`This is what it gave:\n\n\`\`\`json\n${text}\n\`\`\``)];
}

function answerSearch(found: readonly unknown[]): Beat[] {
  const passages = found.map(recordOf).map(({ title, excerpt }) => ({
    title: wordOf(title),
    excerpt: wordOf(excerpt),
  }));
  if (passages.length === 0) return [words('I searched the documentation and found nothing that fits.')];
  const lines = passages.map(({ title, excerpt }, index) => `- **${title}** [${index + 1}]: ${excerpt}`);
  return [
    words(`I searched the documentation. This fits best:\n\n${lines.join('\n')}`),
    ...passages.map(({ title, excerpt }, index) => source(`found-${index + 1}`, title, { excerpt })),
  ];
}

/** undefined: it is no filled in form. */
export function answerForm(question: string): readonly Beat[] | undefined {
  const json = /^form-answer: (.+)$/m.exec(question)?.[1];
  if (json === undefined) return undefined;
  const values = Object.entries(recordOf(recordOf(parse(json)).values));
  if (values.length === 0) return [words('Thank you. The form came back empty.')];
  const lines = values.map(([name, value]) => `| ${cell(name)} | ${cell(String(value))} |`);
  return [words(`Thank you! I received:\n\n| field | value |\n| :--- | :--- |\n${lines.join('\n')}`), NEXT];
}

const EXCERPT_MAX_CHARACTERS = 280;

/** The demo sees that they are there, and reads what is text. */
export function answerFiles(files: readonly ProviderFile[]): readonly Beat[] {
  const lines = files.map((file) => `- ${describe(file)}`).join('\n');
  const what = files.length === 1 ? 'your file' : `your ${files.length} files`;
  const excerpts = files.flatMap(excerptOf);
  return [
    words(
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

/** What would end a code span or a cell of a table early. */
const plain = (text: string): string => text.replace(/[`|\r\n]/g, ' ');
const cell = (text: string): string => plain(text) || ' ';

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a visitor may write anything; it is then not what it looks like
  }
};
const wordOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** An object's fields, none when it is no object. */
const recordOf = (value: unknown): Record<string, unknown> =>
  // Any object may be read by any key; what comes out is unknown.
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
