/** The one global function: `rivulet('open')`, which works before anything is loaded. */
import type { ClientTool, HookName, HookTypes } from './options.ts';
import { ShellError } from './shell-error.ts';
import type { RivuletChat } from './rivulet-chat.ts';

type Arguments = readonly unknown[];

/** A call from before the loader ran. `settle` resolves and rejects the promise that the snippet has returned for it. */
type QueuedCall = Arguments & { settle?: [(value: unknown) => void, (error: unknown) => void] };

/** The function that the page's snippet defines until the loader runs; it queues its calls in `q`. */
interface Stub {
  (...args: unknown[]): unknown;
  q?: QueuedCall[];
}

declare global {
  var rivulet: Stub | undefined;
}

type Command = (chat: RivuletChat, args: Arguments) => unknown;

const COMMANDS: Readonly<Record<string, Command>> = {
  open: (chat) => {
    chat.open();
  },
  close: (chat) => {
    chat.close();
  },
  toggle: (chat) => {
    chat.toggle();
  },
  sendMessage: (chat, [text]) => chat.sendMessage(String(text)),
  stop: (chat) => chat.stop(),
  newConversation: (chat) => chat.newConversation(),
  identify: (chat, [token]) => chat.identify(String(token)),
  logout: (chat) => chat.logout(),
  configure: (chat, [options]) => {
    // Checked by the documentation only; options of the wrong type are ignored.
    chat.configure(options ?? {});
  },
  tool: (chat, [tool]) => {
    chat.tool(tool as ClientTool);
  },
  on: (chat, [name, handler]) => {
    if (typeof handler !== 'function') return undefined;
    // The signature is documented; a function of the page cannot be checked further.
    if (isHook(name)) return chat.hook(name, handler as HookTypes[HookName]);
    const listener = handler as EventListener;
    chat.addEventListener(eventName(name), listener);
    return () => {
      chat.removeEventListener(eventName(name), listener);
    };
  },
  off: (chat, [name, handler]) => {
    if (typeof handler !== 'function') return;
    if (isHook(name)) chat.hook(name, handler as HookTypes[HookName])();
    else chat.removeEventListener(eventName(name), handler as EventListener);
  },
};

const isHook = (name: unknown): name is HookName => String(name).startsWith('before-');
const eventName = (name: unknown): string => {
  const given = String(name);
  return given.startsWith('rivulet-') ? given : `rivulet-${given}`;
};

/** Runs one call. Errors reject the call's promise, so that a bad call does not stop the queue. */
function run(chat: RivuletChat, [name, ...args]: Arguments): Promise<unknown> {
  const command = COMMANDS[String(name)];
  if (command === undefined)
    return Promise.reject(
      new ShellError(
        `rivulet('${String(name)}'): no such command; there are ${Object.keys(COMMANDS).join(', ')}`,
      ),
    );
  return Promise.resolve().then(() => command(chat, args));
}

/**
 * Defines `rivulet(command, ...args)` on the page and runs the queued calls in order. Each call returns a promise, and settles the
 * one of the snippet. An earlier snippet queued the `arguments` object alone.
 */
export function installCommands(chat: RivuletChat): void {
  const queued = globalThis.rivulet?.q ?? [];
  globalThis.rivulet = (...args: unknown[]) => run(chat, args);
  for (const call of queued) void run(chat, call).then(...(call.settle ?? []));
}
