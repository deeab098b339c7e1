/** What the robots.txt of each origin allows. */
import robotsParser from 'robots-parser';
import { USER_AGENT, type Fetcher } from './fetch-document.ts';

/** The rules of robots.txt. */
export interface Robots {
  /** Why a page may not be fetched; undefined when it may. The first question about an origin fetches its rules. */
  problemOf(url: URL, signal: AbortSignal): Promise<string | undefined>;
  /** The pause between two requests to the origin that its rules ask for, at most a minute. */
  delayMs(url: URL): number;
}

const MAX_DELAY_MS = 60_000;

interface Rules {
  isAllowed(url: string, userAgent: string): boolean | undefined;
  getCrawlDelay(userAgent: string): number | undefined;
}

type Known = { rules: Rules } | { problem: string };

/** Creates the rules of one ingestion. They are bounded by the origins that it may read. */
export function createRobots(fetcher: Fetcher): Robots {
  const origins = new Map<string, Known>();
  return {
    async problemOf(url, signal) {
      const known = origins.get(url.origin) ?? (await read(fetcher, url.origin, signal));
      origins.set(url.origin, known);
      if ('problem' in known) return `Its robots.txt cannot be read. ${known.problem}`;
      const isAllowed = known.rules.isAllowed(url.href, USER_AGENT) !== false;
      return isAllowed ? undefined : 'Its robots.txt does not allow it.';
    },
    delayMs(url) {
      const known = origins.get(url.origin);
      const seconds =
        known === undefined || 'problem' in known ? 0 : (known.rules.getCrawlDelay(USER_AGENT) ?? 0);
      return Math.min(MAX_DELAY_MS, Math.max(0, seconds) * 1_000);
    },
  };
}

/** RFC 9309: without rules everything is allowed; while they cannot be read, nothing is. */
async function read(fetcher: Fetcher, origin: string, signal: AbortSignal): Promise<Known> {
  const url = new URL('/robots.txt', origin);
  const fetched = await fetcher.fetch(url, { isAllowed: () => true, signal });
  if (fetched.kind === 'document')
    return { rules: parse(url.href, Buffer.from(fetched.content).toString('utf8')) };
  if (fetched.kind !== 'failed' || /status 4\d\d/.test(fetched.problem))
    return { rules: parse(url.href, '') };
  return fetched;
}

/** The package is CommonJS: its types describe a module whose function is `default`, and Node gives the function itself. */
const parse = robotsParser as unknown as (url: string, text: string) => Rules;
