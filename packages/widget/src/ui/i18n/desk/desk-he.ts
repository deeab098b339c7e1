/** Texts about the people behind the chat in Hebrew. */
import type { DeskStrings } from './desk-en.ts';

/** The Hebrew texts. */
export const deskHe: DeskStrings = {
  personAwaited: 'ממתינים לנציג אנושי…',
  personTyping: 'בהקלדה…',
  inQueue: 'ההמתנה לנציג אנושי התחילה. אפשר להמשיך לכתוב.',
  personJoined: '{name} בשיחה מעכשיו.',
  aiReturned: 'עוזר הבינה המלאכותית עונה שוב.',
  personNotice: 'השיחה היא עם {name}.',
  editWhenAi: 'אפשר לערוך כשעוזר הבינה המלאכותית יענה שוב.',
};
