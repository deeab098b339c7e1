/** Speaks as the person of the site's token, or of a function that fetches one: asked again when the gateway refuses the old one. */
import type { Chat } from '../../client/chat.ts';
import type { IdentityOptions } from '../../shell/options.ts';

/** A function that gives refused tokens is not asked faster than this. */
const AGAIN_MS = 30_000;

export interface IdentityParts {
  chat: Chat;
  token: NonNullable<IdentityOptions['token']>;
  now: () => number;
  failed: (error: Error) => void;
}

/** @returns the way to end it. */
export function followToken({ chat, token, now, failed }: IdentityParts): () => void {
  let isOver = false;
  let askedAtMs = -Infinity;
  const identify = async (): Promise<void> => {
    askedAtMs = now();
    try {
      const given = typeof token === 'function' ? await token() : token;
      if (!isOver) await chat.identify(given);
    } catch (error) {
      // The function's own failure, or a refusal that the chat has told already and the page may want to see here, too.
      if (!isOver)
        failed(error instanceof Error ? error : new Error('No token was given.', { cause: error }));
    }
  };
  const end = chat.on('error', ({ error }) => {
    const isExpired = error.code === 'unauthenticated' && typeof token === 'function';
    if (isExpired && now() - askedAtMs >= AGAIN_MS) void identify();
  });
  void identify();
  return () => {
    isOver = true;
    end();
  };
}
