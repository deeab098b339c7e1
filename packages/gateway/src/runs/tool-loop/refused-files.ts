/** Remembers which files upstreams have refused, so that they are described to the model in words and not sent again. */
import type { Clock } from '../../base/index.ts';
import type { ProviderFile, ProviderMessage } from '../../providers/provider.ts';
import { isImageRefusal, reasonOf, UpstreamError } from '../../providers/upstream-error.ts';
import { isText } from '../../files/file-type.ts';

/** What an upstream may refuse; texts are a part of the message and are never refused. */
export type FileKind = 'image' | 'document';

/** The kind of a file; undefined for a text. */
export function fileKindOf({ mediaType }: Pick<ProviderFile, 'mediaType'>): FileKind | undefined {
  if (isText(mediaType)) return undefined;
  return mediaType.startsWith('image/') ? 'image' : 'document';
}

/** Where a refusal is remembered. */
export interface RefusalScope {
  conversationId: string;
  siteId: string;
  /** Undefined: the provider's own. */
  model: string | undefined;
}

/** What an upstream refused. */
export interface Refusal {
  kinds: readonly FileKind[];
  /** Whether it is about these files only, or about all files of these kinds. */
  reach: 'conversation' | 'model';
  /** Whether the upstream said so; otherwise the answer to the repeated request tells. */
  isCertain: boolean;
}

/** The memory of one gateway. */
export interface RefusedFiles {
  /** The kinds that are not sent in this scope. */
  kindsOf(scope: RefusalScope): ReadonlySet<FileKind>;
  /** Remembers a refusal for an hour: for the conversation, and if it reaches that far, for the site and its model. */
  remember(scope: RefusalScope, refusal: Refusal): void;
}

/** An operator may have changed the model behind its name. Asking again costs one refused request. */
const REMEMBERED_MS = 60 * 60_000;
/** A forgotten refusal costs one refused request as well. */
const MAX_REMEMBERED = 10_000;

/** Creates an empty memory. */
export function createRefusedFiles({ clock }: { clock: Clock }): RefusedFiles {
  /** When to forget, by scope and kind; the oldest first. */
  const untilMs = new Map<string, number>();
  const keysOf = ({ conversationId, siteId, model = '' }: RefusalScope) => ({
    conversation: JSON.stringify([conversationId]),
    model: JSON.stringify([siteId, model]),
  });
  const isRemembered = (key: string) => (untilMs.get(key) ?? 0) > clock.now();
  return {
    kindsOf(scope) {
      const keys = Object.values(keysOf(scope));
      const kinds = ['image', 'document'] as const;
      return new Set(kinds.filter((kind) => keys.some((key) => isRemembered(key + kind))));
    },
    remember(scope, { kinds, reach }) {
      const { conversation, model } = keysOf(scope);
      for (const kind of kinds)
        for (const key of reach === 'model' ? [conversation, model] : [conversation]) {
          untilMs.delete(key + kind);
          untilMs.set(key + kind, clock.now() + REMEMBERED_MS);
        }
      for (const key of untilMs.keys()) {
        if (untilMs.size <= MAX_REMEMBERED) break;
        untilMs.delete(key);
      }
    },
  };
}

/** These say that the request itself is wrong; other unexplained failures have nothing to do with its files. */
const REFUSING_STATUSES: ReadonlySet<number | undefined> = new Set([400, 415, 422]);
/** An image that is broken or too large says nothing about the model. */
const SAYS_ONE_IMAGE =
  /invalid|corrupt|exceed|too (large|small|big|many)|dimension|at most [1-9]|(cannot|could not|can't|failed to|unable to) (process|decode|load|download|read|parse)\b/i;

/**
 * What an error says about the files of a request. A request with files that is refused without a known reason may have been
 * refused because of them: sending it once without them tells.
 * @returns undefined when the error is not about files, or the request has none of those that it is about
 */
export function refusalOf(error: unknown, messages: readonly ProviderMessage[]): Refusal | undefined {
  const sent = new Set(messages.flatMap(sentFilesOf).map(fileKindOf));
  const has = (kinds: readonly FileKind[]) => kinds.filter((kind) => sent.has(kind));
  const cause = error instanceof Error && error.cause instanceof UpstreamError ? error.cause : undefined;
  let refusal: Refusal | undefined;
  if (isImageRefusal(error)) {
    const isOne = SAYS_ONE_IMAGE.test(cause?.words() ?? '');
    refusal = { kinds: has(['image']), reach: isOne ? 'conversation' : 'model', isCertain: true };
  } else if (reasonOf(error) === undefined && REFUSING_STATUSES.has(cause?.status))
    refusal = { kinds: has(['image', 'document']), reach: 'conversation', isCertain: false };
  return refusal !== undefined && refusal.kinds.length > 0 ? refusal : undefined;
}

const sentFilesOf = (message: ProviderMessage): readonly ProviderFile[] =>
  message.role === 'user' ? (message.files ?? []).filter(({ bytes }) => bytes !== undefined) : [];

/** The messages with the files of these kinds described in words. */
export function withoutRefused(
  messages: readonly ProviderMessage[],
  kinds: ReadonlySet<FileKind>,
): ProviderMessage[] {
  if (kinds.size === 0) return [...messages];
  return messages.map((message) =>
    message.role === 'user' && message.files !== undefined
      ? { ...message, files: message.files.map((file) => describedIf(file, kinds)) }
      : message,
  );
}

function describedIf(file: ProviderFile, kinds: ReadonlySet<FileKind>): ProviderFile {
  const kind = fileKindOf(file);
  if (kind === undefined || !kinds.has(kind)) return file;
  const { name, mediaType, sizeBytes } = file;
  return { name, mediaType, sizeBytes, isRefused: true };
}

/** The names of the files that the model cannot read in the newest question, for the visitor. */
export function unreadNames(messages: readonly ProviderMessage[]): string[] {
  const question = messages.findLast((message) => message.role === 'user');
  return (question?.files ?? []).flatMap(({ name, isRefused }) => (isRefused === true ? [name] : []));
}
