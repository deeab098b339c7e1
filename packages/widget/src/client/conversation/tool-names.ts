/** Names the functions of the page with every command that starts a run. */
import type { Command } from '@rivulet/protocol';
import type { PageTool } from '../chat.ts';
import type { ChatSession } from '../chat-session.ts';

/** @returns what is done to each command on its way. Where the gateway takes no tools, they are not named: it would refuse. */
export function namingTools(session: ChatSession, all: readonly PageTool[]): (command: Command) => Command {
  const tools = all.map(({ name, description, parameters }) => ({ name, description, parameters }));
  return (command) =>
    tools.length > 0 &&
    /^(send-message|regenerate|edit-message)$/.test(command.type) &&
    session.welcome?.capabilities.includes('client-tools') === true
      ? { ...command, tools }
      : command;
}
