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
  askPerson: 'שיחה עם נציג אנושי',
  personAsking: 'פונים לנציג אנושי…',
  askPersonFirst: 'יש לכתוב קודם במה מדובר, ואז אפשר לבקש נציג אנושי.',
  nobodyThere: 'אין כרגע נציג זמין. אפשר להשאיר כתובת דוא״ל ונחזור אליך. אפשר גם להמשיך לכתוב כאן.',
  addressName: 'שם (לא חובה)',
  addressEmail: 'דואר אלקטרוני',
  addressConsent: 'אני מסכים/ה שהכתובת שלי תישמר כדי שתוכלו לענות לי.',
  addressSend: 'שליחה',
  addressSent: 'תודה. נכתוב אליך בדואר אלקטרוני.',
  addressEmailMissing: 'יש להזין כתובת דואר אלקטרוני תקינה.',
  addressConsentMissing: 'יש לאשר כדי שנוכל לכתוב אליך.',
  notSent: 'זה לא הצליח. אפשר לנסות שוב.',
};
