import { expect, it } from 'vitest';
import { createAnswerReader } from './openai-answer.ts';
import { createChunkReader } from './openai-chunks.ts';
import type { ProviderEvent } from './provider.ts';

const ANSWER =
  'data: {"choices":[{"delta":{"content":"Hello."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

it('a body that ends anywhere after the finish reason is a complete answer', () => {
  for (let end = ANSWER.indexOf('\n') + 1; end <= ANSWER.length; end += 1) {
    const reader = createAnswerReader(
      { host: 'model.example', model: 'm' },
      new Headers(),
      createChunkReader(),
    );
    const events: ProviderEvent[] = [];
    if (reader.read(Buffer.from(ANSWER.slice(0, end)), events) !== 'finished') reader.end(events, 'closed');
    expect(events.at(-1)).toMatchObject({ type: 'finished', reason: 'stop' });
  }
});
