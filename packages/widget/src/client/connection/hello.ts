/** Builds the `hello` command, which opens every connection. @see PROTOCOL.md §2 */
import { PROTOCOL_VERSION, type CommandOf } from '@rivulet/protocol';

const CLIENT = { name: '@rivulet/widget', version: '0.1.0' };

/** Builds a hello. Absent tokens are undefined, which no frame contains. */
export function helloOf(
  who: Pick<CommandOf<'hello'>, 'id' | 'site' | 'token' | 'previousToken' | 'proof' | 'subscriptions'>,
): CommandOf<'hello'> {
  return { type: 'hello', protocol: PROTOCOL_VERSION, client: CLIENT, capabilities: [], ...who };
}
