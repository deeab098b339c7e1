/** The page for whoever comes back from the identity provider and cannot be let in: words, and a way back. It has no script and no style. */
import type { Response } from 'express';

/** Why somebody is not let in. */
export type SignInFailure =
  'expired' | 'cancelled' | 'no-rights' | 'refused' | 'unavailable' | 'too-many' | 'internal';

const PAGES: Readonly<Record<SignInFailure, { status: number; words: string }>> = {
  expired: {
    status: 400,
    words: 'This sign-in has expired, was used before, or was begun in another browser. Begin again.',
  },
  cancelled: { status: 403, words: 'The identity provider did not sign you in.' },
  'no-rights': {
    status: 403,
    words: 'Your account has no rights in this console. Ask whoever operates it for them.',
  },
  refused: {
    status: 502,
    words:
      'What the identity provider answered cannot be trusted. Begin again; if it stays so, tell whoever operates this console.',
  },
  unavailable: {
    status: 503,
    words: 'The identity provider cannot be reached. Try again later, or tell whoever operates this console.',
  },
  'too-many': { status: 429, words: 'Too many attempts from your address. Wait a minute, then begin again.' },
  internal: { status: 500, words: 'Something went wrong in the gateway. Try again.' },
};

/** Sends the page. @param how the URL of the console, and a `ref` by which the operator finds the failure in the log */
export function sendSignInFailure(
  response: Response,
  failure: SignInFailure,
  { consoleUrl, ref }: { consoleUrl: string; ref?: string },
): void {
  const { status, words } = PAGES[failure];
  const reference = ref === undefined ? '' : `<p>Reference: ${escaped(ref)}</p>`;
  response
    .status(status)
    .type('html')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
        `<title>Not signed in</title><h1>Not signed in</h1><p>${words}</p>${reference}` +
        `<p><a href="${escaped(consoleUrl)}">Back to the console</a></p></html>`,
    );
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
