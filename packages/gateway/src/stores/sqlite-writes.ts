/** Which methods of the SQLite store write, and what their writes survive. */
import type { SqliteCore } from './sqlite-core.ts';
import type { Durability } from './sqlite-database.ts';

/** The durability of the methods that write. All other methods read. */
export const WRITES = {
  accept: 'power-loss',
  putMessages: 'power-loss',
  saveProgress: 'process-death',
  endRun: 'power-loss',
  settleRun: 'process-death',
  removeMessage: 'power-loss',
  setTitle: 'power-loss',
  moveConversations: 'power-loss',
  recordUsage: 'power-loss',
  anonymiseUsage: 'power-loss',
  addReservation: 'process-death',
  removeReservation: 'process-death',
  reserve: 'process-death',
  forgetSpent: 'process-death',
  eraseConversation: 'power-loss',
  eraseOwner: 'power-loss',
  forgetKeys: 'process-death',
  eraseExpired: 'power-loss',
  forgetErased: 'process-death',
  hold: 'power-loss',
  liftHold: 'power-loss',
  claimJob: 'process-death',
  finishJob: 'process-death',
  addRevocation: 'power-loss',
  forgetRevocations: 'process-death',
  keepSwitch: 'power-loss',
  changeDesk: 'power-loss',
  writeConsole: 'power-loss',
  writeWebhooks: 'power-loss',
  writeKnowledge: 'power-loss',
  writeFigures: 'process-death',
  check: 'process-death',
} as const satisfies Partial<Record<keyof SqliteCore, Durability>>;

/** The methods after which the write-ahead log is emptied, because it holds what they have erased. */
export const ERASES: ReadonlySet<string> = new Set(['eraseConversation', 'eraseOwner', 'eraseExpired']);
