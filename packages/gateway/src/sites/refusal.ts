/** Refusals that the configuration or the page has to mend: the error gets a `ref`, and the operator one log line with what to change. */
import { ChatError, type ErrorCode } from '@rivulet/protocol';
import type { Logger } from '../base/index.ts';

/** Who was refused. */
export interface RefusedClient {
  /** The `Origin` header. */
  origin: string | undefined;
  /** The site that the page names; empty for the first one. Undefined before the `hello`. */
  siteId?: string;
  /** The protocol version of the widget. Undefined before the `hello`. */
  protocol?: string;
}

/** What `refused` needs. */
export interface RefusalOptions {
  logger: Logger;
  /** Creates the `ref` by which the error is found in the log. */
  mintRef: () => string;
}

/** Longer headers and ids come from no page; the log is not theirs to fill. */
const MAX_QUOTED_CHARS = 200;

/**
 * Logs the refusal of a client, once, at `info`. @returns the error with its `ref`; the same error when nothing has to be changed,
 * as with a token that has expired
 */
export function refused(
  error: ChatError,
  client: RefusedClient,
  { logger, mintRef }: RefusalOptions,
): ChatError {
  const advice = adviceFor(error.code, client);
  if (advice === undefined || error.ref !== undefined) return error;
  const { code, message, retry, cause } = error;
  const ref = mintRef();
  const { origin, siteId } = client;
  logger.info({ ref, code, origin: cut(origin), siteId: cut(siteId) }, `a page was refused: ${advice}`);
  return new ChatError(code, { message, retry, ref, cause });
}

/** What to change so that the client is served. */
function adviceFor(code: ErrorCode, { origin, siteId, protocol }: RefusedClient): string | undefined {
  const site = siteId === undefined || siteId === '' ? 'its site' : `the site ${quote(siteId)}`;
  switch (code) {
    case 'origin-denied':
      return `add ${quote(origin)} to sites[].origins of ${site}`;
    case 'site-unknown':
      return `no site has the id ${quote(siteId)}; change data-site of the page, or add the site to sites[]`;
    case 'identity-required':
      return `${site} has requireIdentity: the page has to pass a token with rivulet('identify', token)`;
    case 'unsupported':
      return `its widget speaks protocol ${quote(protocol)}; the page has to load rivulet.js from this gateway`;
    case 'forbidden':
      return `its token is for another site than ${site}`;
    default:
      return undefined;
  }
}

const cut = (text: string | undefined) => text?.slice(0, MAX_QUOTED_CHARS);
const quote = (text: string | undefined) => JSON.stringify(cut(text) ?? '');
