/** Adds the page's tools to every command that starts a run. */
import type { Command } from '@rivulet/protocol';
import type { PageTool } from '../chat.ts';
import type { ChatSession } from '../chat-session.ts';

/**
 * Returns a function that adds the definitions of all tools, without their handlers, to a command before it is sent. They are
 * left out when the gateway does not support client tools, because it would reject the command.
 */
export function namingTools(session: ChatSession, all: readonly PageTool[]): (command: Command) => Command {
  const tools = all.map(({ name, description, parameters }) => ({ name, description, parameters }));
  return (command) =>
    tools.length > 0 &&
    /^(send-message|regenerate|edit-message)$/.test(command.type) &&
    session.welcome?.capabilities.includes('client-tools') === true
      ? { ...command, tools }
      : command;
}
