/** The AI SDK as a client: the chat that `useChat` holds, over the transport that it has by default. */
import { Chat } from '@ai-sdk/react';
import {
  DefaultChatTransport,
  WebSocketChatTransport,
  isToolUIPart,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  type ChatTransport,
  type UIMessage,
} from 'ai';
import type { CompatAdapter, CompatClient, CompatConnection } from './compat-client.ts';

const userMessage = (text: string, index: number): UIMessage => ({
  id: `question-${index}`,
  role: 'user',
  parts: [{ type: 'text', text }],
});

/** Opens a chat over a transport. */
export function openChat(
  { url, token, chatId }: CompatConnection,
  transport: ChatTransport<UIMessage>,
  earlier: readonly string[],
): CompatClient {
  const chat = new Chat<UIMessage>({
    id: chatId,
    transport,
    messages: earlier.map(userMessage),
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
  });
  const answer = () => chat.messages.findLast(({ role }) => role === 'assistant');
  const calls = () => answer()?.parts.filter(isToolUIPart) ?? [];
  const asked = () => calls().find(({ state }) => state === 'approval-requested');
  return {
    ask: (text) => {
      void chat.sendMessage({ text });
    },
    resume: () => {
      void chat.resumeStream();
    },
    // The client itself only disconnects: its documentation has pages call a route of their own.
    stop: async () => {
      const init = {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ messageId: answer()?.id }),
      };
      const response = await fetch(`${url}/v1/ai-sdk/chat/${chatId}/stop`, init);
      if (response.status !== 204) throw new Error(await response.text());
    },
    decide: async (decision) => {
      const id = asked()?.approval?.id ?? '';
      await chat.addToolApprovalResponse({ id, approved: decision === 'approve' });
    },
    close: () => chat.dispose(),
    get status() {
      if (chat.status === 'error') return 'failed';
      return chat.status === 'ready' ? 'idle' : 'busy';
    },
    get text() {
      return (answer()?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
    },
    get isAsked() {
      return asked() !== undefined;
    },
    get output() {
      return calls().findLast(({ state }) => state === 'output-available')?.output;
    },
    get error() {
      return chat.error?.message ?? '';
    },
  };
}

/** `useChat` of the AI SDK over `DefaultChatTransport`. */
export const AI_SDK_HTTP: CompatAdapter = {
  name: 'AI SDK, `DefaultChatTransport`',
  packages: ['ai', '@ai-sdk/react'],
  open: (connection, earlier = []) => {
    const { url, token } = connection;
    const transport = new DefaultChatTransport({
      api: `${url}/v1/ai-sdk/chat`,
      headers: { authorization: `Bearer ${token}` },
    });
    return openChat(connection, transport, earlier);
  },
};

/** The same over `WebSocketChatTransport`. */
export const AI_SDK_WEBSOCKET: CompatAdapter = {
  name: 'AI SDK, `WebSocketChatTransport`',
  packages: ['ai', '@ai-sdk/react'],
  open: (connection, earlier = []) => {
    const { url, token } = connection;
    const transport = new WebSocketChatTransport({
      url: `${url}/v1/ai-sdk/ws`,
      headers: { authorization: `Bearer ${token}` },
    });
    return openChat(connection, transport, earlier);
  },
};
