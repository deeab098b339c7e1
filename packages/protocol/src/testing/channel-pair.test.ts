import type { Command } from '../schemas/commands.ts';
import type { ChatEvent } from '../schemas/events.ts';
import { createChannelPair } from './channel-pair.ts';
import { describeChannel } from './conformance.ts';

describeChannel('memory', () => {
  const [client, gateway] = createChannelPair<Command, ChatEvent>();
  return { client, gateway };
});
