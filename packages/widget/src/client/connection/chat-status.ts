/** Maps the connection state to the public status. Nothing else does. */
import type { ErrorBody } from '@rivulet/protocol';
import type { ChatStatus } from '../chat.ts';
import type { ConnectionState } from './connection-state.ts';

/** So many attempts take the client through both fallbacks, where the network lets no WebSocket pass. */
const UNREACHABLE_AFTER_FAILURES = 4;

/** The public status of a connection state. */
export function statusOf(state: ConnectionState): ChatStatus {
  switch (state.kind) {
    case 'idle':
      return 'idle';
    case 'connecting':
      return statusOfAttempts(state);
    case 'open':
      return 'online';
    case 'waiting':
      return state.dueAtMs === null ? 'offline' : statusOfAttempts(state);
    case 'closed':
      return state.reason === 'asked' ? 'idle' : 'offline';
  }
}

function statusOfAttempts({ after, failures }: { after: 'start' | 'loss'; failures: number }): ChatStatus {
  if (after === 'loss') return 'reconnecting';
  return failures < UNREACHABLE_AFTER_FAILURES ? 'connecting' : 'unreachable';
}

/** Why the gateway refused the client for good; null when it has not. */
export function refusalOf(state: ConnectionState): ErrorBody | null {
  return state.kind === 'closed' && state.reason === 'refused' ? state.error : null;
}
