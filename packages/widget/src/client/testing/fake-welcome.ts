/** The `welcome` of the fake gateway. */
import type { EventOf } from '@rivulet/protocol';

/** What a test sets at the fake gateway. */
interface Stated extends Pick<EventOf<'welcome'>, 'capabilities'> {
  files: EventOf<'welcome'>['files'];
  disabled: EventOf<'welcome'>['disabled'];
  isResumable: EventOf<'welcome'>['isResumable'];
  now: () => number;
}

/** What the gateway states to every client. */
export const welcomeOf = (gateway: Stated): EventOf<'welcome'> => ({
  type: 'welcome',
  protocol: '1.0',
  sessionId: 's1',
  principal: { id: 'p1', kind: 'anonymous' },
  limits: { maxFrameBytes: 65_536, maxMessageChars: 32_000 },
  ...(gateway.files && { files: gateway.files }),
  ...(gateway.disabled && { disabled: gateway.disabled }),
  ...(gateway.isResumable === false && { isResumable: false }),
  heartbeatMs: 25_000,
  serverTimeMs: gateway.now(),
  capabilities: gateway.capabilities,
});
