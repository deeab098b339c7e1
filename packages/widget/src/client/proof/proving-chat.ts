/** The parts of a session that say hello with a proof of work. */
import type { Connection } from '../connection/connection.ts';
import type { ChatEvents } from '../chat.ts';
import type { Emitter } from '../environment/emitter.ts';
import type { Environment } from '../environment/environment.ts';
import type { Identity } from '../identity/identity.ts';

/** The parts of a session that say hello with a proof of work. */
export interface ProvingChat {
  readonly environment: Environment;
  readonly emitter: Emitter<ChatEvents>;
  readonly identity: Identity;
  readonly connection: Connection;
  /** The proof of work for the next hello. */
  proof: string | undefined;
}
