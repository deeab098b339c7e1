/** One round of the tool loop, repeated with another request when the upstream refused the first one. */
import type { ProviderMessage } from '../../providers/provider.ts';
import { refusalOf, withoutRefused, type Refusal } from './refused-files.ts';
import { streamAnswer, type Finished, type Loop, type LoopRun } from './round.ts';
import { requestOf } from './round-request.ts';

/** Where refusals of a run are remembered. */
export const scopeOf = ({ conversationId, siteId, site }: LoopRun) => ({
  conversationId,
  siteId,
  model: site.model,
});

/**
 * One round. A request that the upstream refuses because of its files is repeated at once with the files described in words, also
 * in `messages`, as long as nothing of the round was written.
 */
export async function answerOrRepeat(
  loop: Loop,
  messages: ProviderMessage[],
  toolChoice: 'auto' | 'none',
): Promise<Finished> {
  const { options, run, writer } = loop;
  const remember = (refusal: Refusal) => {
    options.refusedFiles.remember(scopeOf(run), refusal);
  };
  const uncertain: Refusal[] = [];
  for (;;) {
    const before = writer.read().parts.length;
    try {
      const finished = await streamAnswer(loop, requestOf(run, messages, toolChoice));
      uncertain.forEach(remember);
      return finished;
    } catch (error) {
      const refusal = refusalOf(error, messages);
      if (refusal === undefined || loop.signal.aborted || writer.read().parts.length > before) throw error;
      if (refusal.isCertain) remember(refusal);
      else uncertain.push(refusal);
      messages.splice(0, messages.length, ...withoutRefused(messages, new Set(refusal.kinds)));
      logRefusal(loop, refusal);
    }
  }
}

function logRefusal({ options, run }: Loop, { kinds, reach }: Refusal): void {
  const { conversationId, runId, siteId, site } = run;
  options.logger.warn(
    { conversationId, runId, siteId, model: site.model, kinds, reach },
    'the upstream refused files of a request; it is repeated with their names only, and the visitor is told',
  );
}
