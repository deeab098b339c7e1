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
  askPerson: '担当者と話す',
  personAsking: '担当者を呼び出しています…',
  askPersonFirst: 'まずご用件をお書きください。その後、担当者を呼び出せます。',
  nobodyThere:
    'ただいま担当者が不在です。連絡先を残していただければ、こちらからご連絡します。このままメッセージを書くこともできます。',
  addressName: 'お名前（任意）',
  addressEmail: 'メールアドレス',
  addressConsent: '返信のために連絡先が保存されることに同意します。',
  addressSend: '送信する',
  addressSent: 'ありがとうございます。メールでご連絡します。',
  addressEmailMissing: '有効なメールアドレスを入力してください。',
  addressConsentMissing: 'ご連絡するには同意が必要です。',
  notSent: 'うまくいきませんでした。もう一度お試しください。',
};
