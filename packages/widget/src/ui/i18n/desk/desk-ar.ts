/** Texts about the people behind the chat in Arabic. */
import type { DeskStrings } from './desk-en.ts';

/** The Arabic texts. */
export const deskAr: DeskStrings = {
  personAwaited: 'في انتظار أحد أعضاء الفريق…',
  personTyping: 'يكتب الآن…',
  inQueue: 'أنت في انتظار أحد أعضاء الفريق. يمكنك متابعة الكتابة.',
  personJoined: 'انضم {name} إلى المحادثة.',
  aiReturned: 'يجيب المساعد الآلي من جديد.',
  personNotice: 'أنت تتحدث مع {name}.',
  editWhenAi: 'يمكنك التعديل عندما يجيب المساعد الآلي من جديد.',
};
