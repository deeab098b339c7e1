/** One line in the console for the developer of the page when the chat cannot work: what is wrong, and what to change. Loaded on demand. */
import type { ErrorBody } from '@rivulet/protocol';
import type { ChatAccess } from '../../client/chat.ts';

/** What has happened. `unreachable`: no attempt to connect has worked. */
export interface Problem {
  code: ErrorBody['code'] | 'unreachable';
  message: string;
  /** Id of the error in the gateway's log. */
  ref?: string | undefined;
}

/** Writes the line. Writes nothing for a problem that no change of the page or the configuration mends. */
export function hint(problem: Problem, place: Pick<ChatAccess, 'gateway' | 'site'>): void {
  const advice = adviceFor(problem, place);
  if (advice === undefined) return;
  const { code, ref } = problem;
  const found = ref === undefined ? '' : ` (ref ${ref} in the gateway's log)`;
  // eslint-disable-next-line no-console -- the developer of the page has no other place to look
  console.error(`Rivulet: ${code} from ${place.gateway}. ${advice}${found}`);
}

function adviceFor(
  { code, message }: Problem,
  { gateway, site }: Pick<ChatAccess, 'gateway' | 'site'>,
): string | undefined {
  switch (code) {
    case 'origin-denied':
      return `Add "${location.origin}" to sites[].origins of the site "${site}" in the gateway's configuration.`;
    case 'site-unknown':
      return `The gateway has no site "${site}": change data-site, or add the site to sites[] in its configuration.`;
    case 'identity-required':
      return `The site "${site}" has requireIdentity: call rivulet('identify', token) with a token of your server.`;
    case 'unauthenticated':
    case 'forbidden':
      return `The token was refused for the site "${site}": ${message}`;
    case 'unsupported':
      return `The versions of widget and gateway do not fit: load rivulet.js from ${gateway}.`;
    case 'upstream-unconfigured':
      return "The gateway has no access to its model: check the key, the URL and the model's name.";
    case 'unreachable':
      return `Is the gateway running there? ${connectAdvice(gateway)}`;
    default:
      return undefined;
  }
}

/** What keeps a page from a gateway that is running. */
function connectAdvice(gateway: string): string {
  if (location.protocol === 'https:' && gateway.startsWith('http:'))
    return 'A page over https cannot use a gateway over http.';
  return 'If so, does the Content Security Policy of the page allow it in connect-src, as https: and wss:?';
}
