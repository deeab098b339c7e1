/** Maps the connection state to the public status. Nothing else does. */
import type { ErrorBody } from '@rivulet/protocol';
import type { ChatStatus } from '../chat.ts';
import type { ConnectionState } from './connection-state.ts';

/** The public status of a connection state. */
export function statusOf(state: ConnectionState): ChatStatus {
  switch (state.kind) {
    case 'idle':
      return 'idle';
    case 'connecting':
      return state.after === 'start' ? 'connecting' : 'reconnecting';
    case 'open':
      return 'online';
    case 'waiting':
      return state.dueAtMs === null ? 'offline' : 'reconnecting';
    case 'closed':
      return state.reason === 'asked' ? 'idle' : 'offline';
  }
}

/** Why the gateway refused the client for good; null when it has not. */
export function refusalOf(state: ConnectionState): ErrorBody | null {
  return state.kind === 'closed' && state.reason === 'refused' ? state.error : null;
}
