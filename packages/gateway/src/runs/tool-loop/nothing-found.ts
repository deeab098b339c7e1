/** What an answer does about it when its tools have found nothing: it offers a person, or asks for one. */
import { describeCause, type Logger } from '../../base/index.ts';
import type { LoopRun, RunWriter } from './round.ts';

/**
 * To be called at the end of an answer that has something to show. The offer is the last part of the answer; a request is one of the
 * answer, as by the tool. An answer in which a person was asked for does neither.
 */
export async function endWithoutFindings(
  { logger }: { logger: Logger },
  { site, desk, conversationId }: LoopRun,
  writer: Pick<RunWriter, 'write'>,
): Promise<void> {
  const policy = site.desk?.whenNothingFound ?? 'offer';
  if (desk === undefined || desk.wasAsked || policy === 'nothing') return;
  if (policy === 'offer') {
    writer.write([{ type: 'data', name: 'person-offer', value: { reason: 'nothing-found' } }]);
    return;
  }
  try {
    await desk.request();
  } catch (error) {
    logger.warn(
      { conversationId, ...describeCause(error) },
      'nothing was found, and no person could be asked for',
    );
  }
}
