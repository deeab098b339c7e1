/** Texts about the people behind the chat in Japanese. */
import type { DeskStrings } from './desk-en.ts';

/** The Japanese texts. */
export const deskJa: DeskStrings = {
  personAwaited: '担当者を待っています…',
  personTyping: '入力中…',
  inQueue: '担当者をお待ちいただいています。このままメッセージを書けます。',
  personJoined: '{name} が会話に参加しました。',
  aiReturned: 'AI アシスタントが再び回答します。',
  personNotice: '{name} と会話しています。',
  editWhenAi: 'AI アシスタントが再び回答するようになると編集できます。',
};
