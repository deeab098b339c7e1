/** The event `welcome`: what a client learns about its session, the gateway and its site. */
import { MAX_COMMAND_FRAME_BYTES, PROTOCOL_VERSION, type EventOf } from '@rivulet/protocol';
import type { Authenticated } from '../auth/auth.ts';
import type { Clock, Limits } from '../base/index.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Uploads } from '../conversations/uploads.ts';
import { capabilitiesOf } from '../sites/capabilities.ts';
import { disabledNotice } from '../sites/disabled.ts';
import type { Site } from '../sites/sites.ts';

/** What `welcomeOf` needs. */
export interface WelcomeOptions {
  uploads: Pick<Uploads, 'offerOf'>;
  eventLog: Pick<EventLog, 'isReachable'>;
  clock: Clock;
  limits: Limits;
}

/** The session that is welcomed. */
export interface Welcomed extends Authenticated {
  sessionId: string;
  site: Site;
}

/** The `welcome` of a session. @see PROTOCOL.md §2 */
export function welcomeOf(
  { uploads, eventLog, clock, limits }: WelcomeOptions,
  { sessionId, principal, mintedToken, site }: Welcomed,
): EventOf<'welcome'> {
  return {
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    sessionId,
    principal: { id: principal.id, kind: principal.kind },
    ...(mintedToken === undefined ? {} : { token: mintedToken }),
    limits: { maxFrameBytes: MAX_COMMAND_FRAME_BYTES, maxMessageChars: limits.maxMessageChars },
    ...uploads.offerOf(site),
    ...disabledNotice(site),
    ...(eventLog.isReachable ? {} : { isResumable: false }),
    heartbeatMs: limits.heartbeatMs,
    serverTimeMs: clock.now(),
    capabilities: capabilitiesOf(site),
  };
}

/** Whether a client of this protocol version understands the gateway. */
export const isSameMajor = (version: string): boolean =>
  version.split('.')[0] === PROTOCOL_VERSION.split('.')[0];

/** The `welcome` that an open session is sent again; undefined when it would say the same about the site as with its settings before. */
export function welcomeAgain(
  options: WelcomeOptions,
  session: Welcomed,
  before: Site,
): EventOf<'welcome'> | undefined {
  const welcome = welcomeOf(options, session);
  const said = ({ files, disabled, capabilities }: EventOf<'welcome'>) =>
    JSON.stringify([files, disabled, capabilities]);
  return said(welcome) === said(welcomeOf(options, { ...session, site: before })) ? undefined : welcome;
}
