/**
 * Records golden/*.ndjson: `node packages/protocol/scripts/record-golden.ts`. Deterministic. A file that exists is never
 * written again: a released transcript is what older widgets and gateways send.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mergeDeltas } from '../src/conversation/merge.ts';
import { LoggedEventSchema } from '../src/schemas/logged-events.ts';
import { parseTranscript, replayTranscript } from '../src/testing/transcript.ts';
import { parse } from 'valibot';
import { CONVERSATIONS } from './golden-conversations.ts';
import { CONVERSATION_ID, atMs, type Json, type Line } from './golden-line.ts';

const folder = new URL('../golden/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, lines] of Object.entries(CONVERSATIONS)) {
  const file = new URL(`${name}.ndjson`, folder);
  if (existsSync(file)) continue;
  writeFileSync(file, record(lines));
  process.stdout.write(`recorded ${name}\n`);
}

function record(lines: readonly Line[]): string {
  let seq = 0;
  let commands = 0;
  const placed = lines.map((line): Json => {
    if ('command' in line) {
      commands += 1;
      return { command: { ...line.command, id: `q_command${String(commands).padStart(3, '0')}` } };
    }
    seq += 1;
    const { type, ...rest } = line.event;
    return { event: { type, ...('at' in rest ? {} : { conversationId: CONVERSATION_ID }), seq, ...rest } };
  });
  const isMerged = lines.some((line) => 'merge' in line);
  const text = (isMerged ? merged(placed) : placed).map((line) => JSON.stringify(line)).join('\n');
  const empty = { id: CONVERSATION_ID, title: null, createdAtMs: atMs(0), messages: [], participants: [] };
  const before = parseTranscript(`${text}\n${JSON.stringify({ state: empty })}\n`);
  const { conversation } = replayTranscript(before.state, before.events);
  return `${text}\n${JSON.stringify({ state: conversation })}\n`;
}

/** As a viewer gets them that reads slowly: a batch of 1 to 7 events at a time, its deltas merged. */
function merged(lines: readonly Json[]): Json[] {
  const commands = lines.filter((line) => 'command' in line);
  const events = lines.flatMap((line) => ('event' in line ? [parse(LoggedEventSchema, line.event)] : []));
  const batches: Json[] = [];
  for (let at = 0, size = 1; at < events.length; at += size, size = (size % 7) + 1)
    for (const event of mergeDeltas(events.slice(at, at + size))) batches.push({ event });
  return [...commands, ...batches];
}
