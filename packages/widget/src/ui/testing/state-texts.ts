/** Texts of the screenshots in one language per writing direction, with the variety of real answers. */
import { FORM } from './rich-scenes.ts';

/** Texts of one language. */
export interface StateTexts {
  /** First question of the visitor. */
  question: string;
  /** Second question of the visitor. */
  next: string;
  /** A short answer. */
  short: string;
  /** Reasoning of the assistant. */
  thought: string;
  /** An answer that uses all of Markdown. */
  answer: string;
  /** The beginning of `answer`, with open syntax. */
  half: string;
  /** An answer that ended early. */
  cut: string;
  /** Text before the form. */
  callBack: string;
  /** Titles of conversations. */
  titles: readonly string[];
  /** Suggested replies. */
  suggestions: readonly string[];
  /** A card with two actions. */
  card: { title: string; text: string; ask: string; open: string };
  /** A form. */
  form: typeof FORM;
  /** Sentence beside the launcher. */
  teaser: string;
  /** Text of the request for consent. */
  consent: string;
  /** Message of a human operator. */
  operatorMessage: string;
}

const CODE = `\`\`\`ts
const order = await find({ number: 4711 });
\`\`\``;

const EN: StateTexts = {
  question: 'How do I send my chair back?',
  next: 'And who pays for that?',
  short: 'You have thirty days.',
  thought: 'They ask about returns. The policy says thirty days.',
  answer: `Two ways, and **both** are quick:

1. Write to us, with your \`order number\`
2. Come by
   - the harbour, [how to get there](https://example.com/harbour)
   - the workshop

| Place | Opens | Metres |
| --- | :---: | ---: |
| Harbour | 8:00 | 120 |
| Workshop | 10:00 | 1,400 |

${CODE}

> Bring the receipt.`,
  half: 'Two ways, and **both** are quick:\n\n1. Write to us, with your `order',
  cut: 'Two ways, and both are',
  callBack: 'Let us call you back.',
  titles: [
    'Sending the chair back',
    'Which oil is right for the table in the hall, and how often',
    'Opening hours',
  ],
  suggestions: ['How long does it take?', 'Can I exchange it for the one with arms instead?', 'Thanks!'],
  card: {
    title: 'Chair No. 4',
    text: 'Oak, oiled. Three weeks.',
    ask: 'Is it in stock?',
    open: 'Look at it',
  },
  form: FORM,
  teaser: 'Questions about a chair? Ask, we answer at once.',
  consent: 'What you write is sent to our assistant, and kept for thirty days.',
  operatorMessage: 'Hello, this is Ada from the workshop. I have taken over.',
};

const AR: StateTexts = {
  question: 'كيف أعيد الكرسي الذي اشتريته؟',
  next: 'ومن يدفع تكاليف الشحن؟',
  short: 'لديك ثلاثون يومًا.',
  thought: 'السؤال عن الإرجاع. المهلة ثلاثون يومًا.',
  answer: `هناك طريقتان، **وكلتاهما** سريعة:

1. الكتابة إلينا مع \`رقم الطلب\`
2. زيارتنا
   - في الميناء، [طريق الوصول](https://example.com/harbour)
   - في الورشة

| المكان | يفتح | الأمتار |
| --- | :---: | ---: |
| الميناء | 8:00 | 120 |
| الورشة | 10:00 | 1,400 |

${CODE}

> يرجى إحضار الإيصال.`,
  half: 'هناك طريقتان، **وكلتاهما** سريعة:\n\n1. الكتابة إلينا مع `رقم',
  cut: 'هناك طريقتان، وكلتاهما',
  callBack: 'يمكننا الاتصال بك.',
  titles: ['إعادة الكرسي', 'أي زيت يناسب الطاولة الكبيرة في الصالة، وكم مرة في السنة', 'ساعات العمل'],
  suggestions: ['كم يستغرق ذلك؟', 'هل يمكن استبداله بالكرسي ذي الذراعين؟', 'شكرًا!'],
  card: { title: 'كرسي رقم 4', text: 'بلوط مزيّت. ثلاثة أسابيع.', ask: 'هل هو متوفر؟', open: 'عرض' },
  form: {
    ...FORM,
    title: 'كيف نتواصل معك؟',
    fields: [
      { name: 'name', label: 'الاسم', kind: 'text', isRequired: true },
      { name: 'email', label: 'البريد الإلكتروني', kind: 'email', isRequired: true },
      { name: 'people', label: 'كم شخصًا', kind: 'number' },
      { name: 'topic', label: 'الموضوع', kind: 'select', options: [{ value: 'o', label: 'طلب' }] },
      { name: 'more', label: 'شيء آخر؟', kind: 'multiline' },
      { name: 'copy', label: 'أرسلوا لي نسخة', kind: 'checkbox' },
    ],
  },
  teaser: 'سؤال عن كرسي؟ اسأل، نجيب فورًا.',
  consent: 'ما تكتبه يُرسل إلى مساعدنا ويُحفظ ثلاثين يومًا.',
  operatorMessage: 'مرحبًا، أنا آدا من الورشة. سأتابع معك.',
};

/** Returns the texts for a locale of the widget: Arabic for `ar`, otherwise English. */
export const textsFor = (locale: string | undefined): StateTexts => (locale === 'ar' ? AR : EN);
