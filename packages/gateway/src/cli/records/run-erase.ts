/** The command `erase` of the executable: erases what is kept of a visitor, or one conversation, but for what is held. */
import type { ConversationId } from '@rivulet/protocol';
import { wrongUsage } from '../arguments.ts';
import type { CommandOptions } from '../command-flags.ts';
import type { CommandOutput } from '../command-output.ts';
import type { Config } from '../config.ts';
import { FAILED } from '../exit-codes.ts';
import { asking, isTerminal, type Terminal } from '../init/ask.ts';
import { StartError } from '../start-error.ts';
import type { Hold } from '../../stores/retention.ts';
import type { ConversationRecord, Owner } from '../../stores/store.ts';
import { openErasure, type Erasure } from './erasure.ts';
import { conversationIdsOf, openRecords, whoseOf } from './whose.ts';

/** What `runErase` needs. */
export interface RunEraseOptions {
  config: Config;
  options: CommandOptions;
  /** Where to ask. Default: standard input and error when both are a terminal, otherwise nowhere. */
  terminal?: Terminal | undefined;
}

/** What is to be erased. */
interface Target {
  owner: Owner;
  /** One of the owner's conversations; undefined: everything of the owner. */
  conversation: ConversationRecord | undefined;
  /** How many conversations that are. */
  conversations: number;
}

/**
 * Erases, after a question unless `--yes` was given. A gateway without Redis must not run; those on Redis end the answers first, and
 * their viewers are notified.
 * @throws {ConfigError} for flags that name nothing, and when nobody can be asked
 * @throws {StartError} when there is no such conversation, or the answer was no; nothing was erased then
 */
export async function runErase(input: RunEraseOptions): Promise<CommandOutput> {
  const { config, options } = input;
  const target = await findTarget(config, options);
  if (options['dry-run'] === true) return reportOf(config, target, 'show');
  await confirm(input, target);
  return reportOf(config, target, 'erase');
}

async function findTarget(config: Config, options: CommandOptions): Promise<Target> {
  const whose = whoseOf(options);
  const reader = openRecords(config);
  try {
    if ('conversationId' in whose) {
      const conversation = await reader.read(whose.conversationId);
      if (conversation === undefined)
        throw new StartError(`There is no conversation ${whose.conversationId}.`);
      const { siteId, ownerId } = conversation;
      return { owner: { siteId, ownerId }, conversation, conversations: 1 };
    }
    const { siteId, ownerId } = whose;
    if (ownerId === undefined)
      throw wrongUsage('expected --visitor with --site: a whole site is not erased by one command');
    let conversations = 0;
    for await (const _ of conversationIdsOf(reader, whose)) conversations += 1;
    return { owner: { siteId, ownerId }, conversation: undefined, conversations };
  } finally {
    await reader.close();
  }
}

const nameOf = ({ owner: { siteId, ownerId }, conversation, conversations }: Target): string =>
  conversation === undefined
    ? `everything of visitor ${ownerId} of site ${siteId} (conversations: ${conversations})`
    : `conversation ${conversation.id} of visitor ${ownerId} of site ${siteId}`;

async function confirm({ options, ...input }: RunEraseOptions, target: Target): Promise<void> {
  if (options.yes === true) return;
  const { terminal = isTerminal() ? { input: process.stdin, output: process.stderr } : undefined } = input;
  if (terminal === undefined)
    throw wrongUsage('there is no terminal to ask in: confirm the erasure with --yes');
  const nothing = 'Nothing was erased.';
  const answer = await asking(terminal, nothing, (ask) =>
    ask({
      text: `Erase ${nameOf(target)}? It cannot be brought back. yes or no`,
      fallback: 'no',
      problemOf: (text) => (/^(yes|no)$/.test(text) ? undefined : 'expected yes or no'),
    }),
  );
  if (answer !== 'yes') throw new StartError(nothing);
}

async function reportOf(config: Config, target: Target, effect: 'show' | 'erase'): Promise<CommandOutput> {
  const erasure = await openErasure(config, effect);
  try {
    const held = await erasure.holdsOf(await idsOf(config, target));
    const erased =
      effect === 'show' ? target.conversations - held.length : await erase(erasure, target, held);
    const { siteId: site, ownerId: visitor } = target.owner;
    return {
      text: describe({ target, erased, held, effect }),
      json: { effect, site, visitor, conversation: target.conversation?.id ?? null, erased, held },
      ...(held.length === 0 ? {} : { exitCode: FAILED }),
    };
  } finally {
    await erasure.close();
  }
}

async function idsOf(config: Config, { owner, conversation }: Target): Promise<ConversationId[]> {
  if (conversation !== undefined) return [conversation.id];
  const reader = openRecords(config);
  try {
    const ids: ConversationId[] = [];
    for await (const id of conversationIdsOf(reader, owner)) ids.push(id);
    return ids;
  } finally {
    await reader.close();
  }
}

async function erase(
  erasure: Erasure,
  { owner, conversation }: Target,
  held: readonly Hold[],
): Promise<number> {
  if (conversation === undefined) return erasure.eraseOwner(owner);
  if (held.length > 0) return 0;
  await erasure.eraseConversation(owner, conversation.id);
  return 1;
}

interface DescribeOptions {
  target: Target;
  erased: number;
  held: readonly Hold[];
  effect: 'show' | 'erase';
}

function describe({ target, erased, held, effect }: DescribeOptions): string {
  const verb = effect === 'show' ? 'rivulet erase would erase' : 'Erased';
  return [
    `${verb} of ${nameOf(target)}: ${erased}, with their files.`,
    ...held.map(
      ({ conversationId, reason }) => `Not erased, because of a legal hold: ${conversationId} (${reason}).`,
    ),
    '',
  ].join('\n');
}
