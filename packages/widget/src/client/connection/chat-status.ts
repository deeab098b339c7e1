/** The public words for the connection's state: mapped here and nowhere else. */
import type { ErrorBody } from '@rivulet/protocol';
import type { ChatStatus } from '../chat.ts';
import type { ConnectionState } from './connection-state.ts';

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

/** Why the line is closed for good, if it is. */
export function refusalOf(state: ConnectionState): ErrorBody | null {
  return state.kind === 'closed' && state.reason === 'refused' ? state.error : null;
}
