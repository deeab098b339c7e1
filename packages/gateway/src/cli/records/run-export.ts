/** The command `export` of the executable: writes conversations, while gateways use them. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { wrongUsage } from '../arguments.ts';
import { openOutput, STANDARD_STREAM } from '../backup/output.ts';
import type { CommandOptions } from '../command-flags.ts';
import type { CommandOutput } from '../command-output.ts';
import type { Config } from '../config.ts';
import { interruptible } from '../interruption.ts';
import { StartError } from '../start-error.ts';
import type { ConversationWithMessages, RecordReader } from '../../stores/record-reader.ts';
import { conversationIdsOf, openRecords, whoseOf, type Whose } from './whose.ts';

/** What `runExport` needs. */
export interface RunExportOptions {
  config: Config;
  options: CommandOptions;
  /** Prints a line on the way. */
  report: (line: string) => void;
}

const FORMATS = ['ndjson', 'json'] as const;
type Format = (typeof FORMATS)[number];
/** A line of progress after so many conversations. */
const REPORT_CONVERSATIONS = 1_000;

/** What was written. */
interface Counts {
  conversations: number;
  messages: number;
}

/**
 * Writes the conversations, one at a time. Each is as it was at one moment; what comes while the command works may be in it.
 * @throws {ConfigError} for flags that name nothing
 * @throws {StartError} when a named conversation does not exist, or it was interrupted: then no file remains
 * @throws {StoreError | BackupError} when the store cannot be read, or the file not be written
 */
export async function runExport({ config, options, report }: RunExportOptions): Promise<CommandOutput> {
  const whose = whoseOf(options);
  const { output: file = STANDARD_STREAM, format = FORMATS[0] } = options;
  if (!isFormat(format)) throw wrongUsage(`--format: expected ${FORMATS.join(' or ')}`);
  const counts: Counts = { conversations: 0, messages: 0 };
  const reader = openRecords(config);
  try {
    await interruptible('The export was interrupted; no file remains of it.', async (signal) => {
      const chunks = chunksOf(format, counted(recordsOf(reader, whose), { counts, report }), whose);
      await write(file, chunks, signal);
    });
  } finally {
    await reader.close();
  }
  const target = file === STANDARD_STREAM ? 'standard output' : file;
  const { conversations, messages } = counts;
  return {
    text: `Written to ${target}: conversations ${conversations}, messages ${messages}.\n`,
    json: { file, format, ...counts },
  };
}

const isFormat = (text: string): text is Format => FORMATS.some((one) => one === text);

async function* recordsOf(reader: RecordReader, whose: Whose): AsyncGenerator<ConversationWithMessages> {
  if ('conversationId' in whose) {
    const found = await reader.read(whose.conversationId);
    if (found === undefined) throw new StartError(`There is no conversation ${whose.conversationId}.`);
    yield found;
    return;
  }
  for await (const id of conversationIdsOf(reader, whose)) {
    const found = await reader.read(id); // it may have been erased since it was listed
    if (found !== undefined) yield found;
  }
}

async function* counted(
  records: AsyncIterable<ConversationWithMessages>,
  { counts, report }: { counts: Counts; report: (line: string) => void },
): AsyncGenerator<ConversationWithMessages> {
  for await (const record of records) {
    counts.conversations += 1;
    counts.messages += record.messages.length;
    yield record;
    if (counts.conversations % REPORT_CONVERSATIONS === 0) report(`conversations: ${counts.conversations}`);
  }
}

/** The text of the export, in pieces of one conversation: all of them at once may not fit in memory. */
async function* chunksOf(
  format: Format,
  records: AsyncIterable<ConversationWithMessages>,
  whose: Whose,
): AsyncGenerator<string> {
  if (format === 'ndjson') {
    for await (const record of records) yield `${toJson(record)}\n`;
    return;
  }
  const head = { format: 'rivulet-export', version: 1, ...headOf(whose), exportedAtMs: Date.now() };
  yield `${JSON.stringify(head).slice(0, -1)},"conversations":[`;
  let separator = '\n';
  for await (const record of records) {
    yield separator + toJson(record);
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** As the export of a visitor names them. */
const headOf = (whose: Whose) =>
  'conversationId' in whose
    ? { conversation: whose.conversationId }
    : { site: whose.siteId, ...(whose.ownerId === undefined ? {} : { visitor: whose.ownerId }) };

/** With `site` and `visitor`, as the flags name them, and the facts of the runs as the console's export has them. */
const toJson = ({ siteId: site, ownerId: visitor, runs, ...record }: ConversationWithMessages): string =>
  JSON.stringify({
    ...{ site, visitor, ...record },
    runs: runs.map(({ messageId, facts }) => ({ messageId, ...facts })),
  });

/** A file appears under its name when it is complete. */
async function write(file: string, chunks: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  if (file === STANDARD_STREAM) {
    await pipeline(Readable.from(chunks), process.stdout, { signal, end: false });
    return;
  }
  const output = await openOutput(file);
  try {
    await pipeline(Readable.from(chunks), output.stream, { signal });
    await output.commit();
  } finally {
    await output.discard();
  }
}
