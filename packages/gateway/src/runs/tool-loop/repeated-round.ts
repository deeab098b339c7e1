/** One round of the tool loop, repeated with another request when the upstream refused the first one. */
import { ChatError } from '@rivulet/protocol';
import { abortable } from '../../base/index.ts';
import { estimateContext, shortenContext } from '../../prompt/index.ts';
import type { ProviderMessage } from '../../providers/provider.ts';
import { UpstreamError } from '../../providers/upstream-error.ts';
import { afterToolRefusal } from './refused-tools.ts';
import { refusalOf, withoutRefused, type Refusal } from './refused-files.ts';
import { streamAnswer, type Finished, type Loop } from './round.ts';
import { requestOf, scopeOf } from './round-request.ts';

/**
 * One round. As long as nothing of it was written, a request that the upstream refuses is repeated at once, and `messages` are
 * changed to what was accepted: files that it does not take are described in words, the gateway's own tool is left out; when it is too long, once for each run, the
 * oldest turns are left out.
 */
export async function answerOrRepeat(
  loop: Loop,
  messages: ProviderMessage[],
  toolChoice: 'auto' | 'none',
): Promise<Finished> {
  const { options, writer } = loop;
  const remember = (refusal: Refusal) => {
    options.refusedFiles.remember(scopeOf(loop.run), refusal);
  };
  const uncertain: Refusal[] = [];
  for (;;) {
    const before = writer.read().parts.length;
    const { background, caller } = loop;
    const request = {
      ...requestOf(loop.run, messages, toolChoice),
      caller,
      ...(background === undefined ? {} : { background }),
    };
    const admitted = loop.meter.admit(request);
    // The first request of a run was reserved when the run was accepted, and waits for nothing.
    if (admitted !== undefined) await abortable(loop.signal, admitted);
    try {
      const finished = await streamAnswer(loop, request);
      uncertain.forEach(remember);
      rememberBudget(loop, messages);
      return finished;
    } catch (error) {
      if (loop.signal.aborted || writer.read().parts.length > before) throw error;
      const run = afterToolRefusal(options.refusedTools, loop.run, error);
      if (run !== undefined) {
        loop.run = run;
        continue;
      }
      const refusal = refusalOf(error, messages);
      if (refusal === undefined) {
        shortenOrThrow(loop, messages, error);
        continue;
      }
      if (refusal.isCertain) remember(refusal);
      else uncertain.push(refusal);
      messages.splice(0, messages.length, ...withoutRefused(messages, new Set(refusal.kinds)));
      logRefusal(loop, refusal);
    }
  }
}

/** The next questions of the conversation begin with a context that the upstream takes. */
function rememberBudget({ options, run, refusedTokens }: Loop, messages: readonly ProviderMessage[]): void {
  if (refusedTokens === undefined) return;
  const acceptedTokens = estimateContext(messages);
  options.learnedBudgets.remember(scopeOf(run), { refusedTokens, acceptedTokens });
}

/** Leaves out the oldest messages when the error says that they are too long. @throws the error when that cannot help */
function shortenOrThrow(loop: Loop, messages: ProviderMessage[], error: unknown): void {
  const isTooLong = error instanceof ChatError && error.code === 'context-length';
  const shorter = isTooLong && loop.refusedTokens === undefined ? shortenContext(messages) : undefined;
  if (shorter === undefined) throw error;
  loop.refusedTokens = estimateContext(messages);
  const { options, run } = loop;
  const { conversationId, runId, siteId } = run;
  const cause = error instanceof ChatError && error.cause instanceof UpstreamError ? error.cause : undefined;
  options.logger.info(
    {
      ...{
        conversationId,
        runId,
        siteId,
        model: cause?.model,
        words: cause?.safeWords(),
        advice: cause?.advice,
      },
      ...{ messages: messages.length, keptMessages: shorter.length },
    },
    'the upstream called the context too long; the request is repeated without the oldest messages',
  );
  messages.splice(0, messages.length, ...shorter);
}

function logRefusal({ options, run }: Loop, { kinds, reach }: Refusal): void {
  const { conversationId, runId, siteId, site } = run;
  options.logger.warn(
    { conversationId, runId, siteId, model: site.model, kinds, reach },
    'the upstream refused files of a request; it is repeated with their names only, and the visitor is told',
  );
}
