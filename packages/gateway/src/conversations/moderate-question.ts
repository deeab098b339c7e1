/** Moderates what a visitor sends, before anything of it is stored or given to a model. */
import type { CommandOf, UserPart } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import { createKeyedMutex } from '../base/index.ts';
import { ownerOf } from '../access/owned-conversation.ts';
import type { Moderation } from '../moderation/moderation.ts';
import { textsIn } from '../moderation/texts-in.ts';
import type { Site } from '../sites/sites.ts';
import type { Store } from '../stores/store.ts';

/** What the moderation of questions needs. */
export interface QuestionModerationOptions {
  moderation: Moderation;
  store: Store;
}

/** Who sends a question, to which site. */
interface Asker {
  site: Site;
  principal: Principal;
}

/**
 * Accepts a message, or the new version of one, when moderation has passed it. The questions of a conversation are accepted in the order
 * in which they came, whatever their moderation takes.
 * @throws {ChatError} content-blocked; upstream-failed when it could not be moderated; and what `accept` throws
 */
export type AcceptModerated = <Accepted>(
  asker: Asker,
  command: CommandOf<'send-message' | 'edit-message'>,
  accept: () => Promise<Accepted>,
) => Promise<Accepted>;

/** Creates the moderation of the questions of one gateway. Where nothing is moderated, a question is accepted at once. */
export function createQuestionModeration({ moderation, store }: QuestionModerationOptions): AcceptModerated {
  const inOrder = createKeyedMutex();
  return (asker, command, accept) => {
    const active = moderation.of(asker.site);
    if (active === undefined) return accept();
    const { conversationId, messageId } = command;
    const owner = ownerOf(asker.principal);
    // With the owner: whoever may not see the conversation must not wait behind its questions.
    return inOrder.run(`${owner.siteId} ${owner.ownerId} ${conversationId}`, async () => {
      // A stored one has passed: a client that repeats it, because it has not seen the answer, must not be refused.
      const standing = await store.readStanding(conversationId, messageId, owner);
      if (standing?.named === undefined) await active.check('question', textOfQuestion(command.parts));
      return accept();
    });
  };
}

/** The texts and the data of a question, and the names of its files. What is in the files is not moderated. */
const textOfQuestion = (parts: readonly UserPart[]): string => parts.flatMap(textsOfPart).join('\n\n');

function textsOfPart(part: UserPart): string[] {
  if (part.type === 'text') return [part.text];
  return part.type === 'file' ? [part.name] : textsIn(part.value);
}
