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
  askPerson: 'التحدث إلى شخص',
  personAsking: 'جارٍ طلب أحد أعضاء الفريق…',
  askPersonFirst: 'اكتب أولًا موضوع سؤالك، ثم يمكنك طلب التحدث إلى شخص.',
  nobodyThere: 'لا أحد متاح الآن. اترك بريدك الإلكتروني وسنرد عليك. يمكنك أيضًا متابعة الكتابة هنا.',
  addressName: 'الاسم (اختياري)',
  addressEmail: 'البريد الإلكتروني',
  addressConsent: 'أوافق على حفظ عنواني حتى تتمكنوا من الرد عليّ.',
  addressSend: 'إرسال',
  addressSent: 'شكرًا لك. سنراسلك عبر البريد الإلكتروني.',
  addressEmailMissing: 'يرجى إدخال عنوان بريد إلكتروني صالح.',
  addressConsentMissing: 'يرجى الموافقة حتى نتمكن من مراسلتك.',
  notSent: 'لم ينجح ذلك. يرجى المحاولة مرة أخرى.',
};
