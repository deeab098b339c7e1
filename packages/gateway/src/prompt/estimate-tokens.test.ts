import { describe, expect, it } from 'vitest';
import { estimateTokens, MAX_UNDERESTIMATE } from './estimate-tokens.ts';

/** What the vocabularies of GPT-4o, GPT-4 and Llama 2 make of each text; the highest of the three. */
const MEASURED: readonly [script: string, text: string, tokens: number][] = [
  [
    'English',
    'The harbour opens at six in the morning. Boats that arrive earlier wait outside the breakwater, where the water is deep enough for an anchor, and call the harbour master on channel twelve.',
    41,
  ],
  [
    'German',
    'Der Hafen öffnet um sechs Uhr morgens. Boote, die früher ankommen, warten außerhalb des Wellenbrechers, wo das Wasser tief genug für einen Anker ist, und rufen den Hafenmeister auf Kanal zwölf. Geschwindigkeitsbegrenzungen gelten überall.',
    75,
  ],
  [
    'Finnish',
    'Satama avautuu aamukuudelta. Aikaisemmin saapuvat veneet odottavat aallonmurtajan ulkopuolella, missä vesi on riittävän syvää ankkuroimiseen, ja kutsuvat satamamestaria kanavalla kaksitoista.',
    82,
  ],
  [
    'Polish',
    'Port otwiera się o szóstej rano. Łodzie, które przypłyną wcześniej, czekają za falochronem, gdzie woda jest wystarczająco głęboka, i wywołują bosmana na kanale dwunastym.',
    67,
  ],
  [
    'Vietnamese',
    'Cảng mở cửa lúc sáu giờ sáng. Những chiếc thuyền đến sớm hơn phải đợi bên ngoài đê chắn sóng, nơi nước đủ sâu để thả neo, và gọi cho người quản lý cảng.',
    107,
  ],
  [
    'Russian',
    'Гавань открывается в шесть часов утра. Лодки, которые приходят раньше, ждут за волнорезом, где достаточно глубоко для якоря, и вызывают начальника порта.',
    73,
  ],
  [
    'Greek',
    'Το λιμάνι ανοίγει στις έξι το πρωί. Τα σκάφη που φτάνουν νωρίτερα περιμένουν έξω από τον κυματοθραύστη, όπου το νερό είναι αρκετά βαθύ.',
    132,
  ],
  [
    'Arabic',
    'يفتح الميناء في الساعة السادسة صباحًا. تنتظر القوارب التي تصل قبل ذلك خارج حاجز الأمواج حيث يكون الماء عميقًا بما يكفي، وتتصل بمدير الميناء.',
    124,
  ],
  [
    'Hebrew',
    'הנמל נפתח בשש בבוקר. סירות שמגיעות מוקדם יותר ממתינות מחוץ לשובר הגלים, שם המים עמוקים מספיק לעוגן, וקוראות למנהל הנמל.',
    119,
  ],
  [
    'Hindi',
    'बंदरगाह सुबह छह बजे खुलता है। जो नावें पहले आती हैं वे बाहर प्रतीक्षा करती हैं, जहाँ पानी लंगर के लिए पर्याप्त गहरा है।',
    125,
  ],
  ['Thai', 'ท่าเรือเปิดเวลาหกโมงเช้า เรือที่มาถึงก่อนเวลาจะรออยู่นอกเขื่อนกันคลื่น ซึ่งน้ำลึกพอที่จะทอดสมอ และเรียกนายท่า', 119],
  ['Georgian', 'ნავსადგური დილის ექვს საათზე იხსნება. ნავები, რომლებიც ადრე მოდიან, ელოდებიან გარეთ.', 154],
  ['Amharic', 'ወደቡ ከጠዋቱ አስራ ሁለት ሰዓት ላይ ይከፈታል። ቀደም ብለው የሚደርሱ ጀልባዎች ከውጭ ይጠብቃሉ።', 159],
  ['Burmese', 'ဆိပ်ကမ်းကို မနက်ခြောက်နာရီတွင် ဖွင့်သည်။ စောစောရောက်သော လှေများသည် အပြင်တွင် စောင့်ဆိုင်းရသည်။', 184],
  [
    'Chinese',
    '港口早上六点开放。提前到达的船只在防波堤外等候，那里的水深足以抛锚，并通过十二频道呼叫港务长。',
    65,
  ],
  [
    'Traditional',
    '港口早上六點開放。提前到達的船隻在防波堤外等候，那裡的水深足以拋錨，並透過十二頻道呼叫港務長。',
    79,
  ],
  [
    'Japanese',
    '港は朝六時に開きます。早く到着した船は防波堤の外で待ち、錨を下ろすのに十分な深さの場所で港長に連絡します。',
    69,
  ],
  [
    'Korean',
    '항구는 아침 여섯 시에 문을 엽니다. 일찍 도착한 배는 닻을 내릴 만큼 물이 깊은 방파제 밖에서 기다리며 항만장을 호출합니다.',
    104,
  ],
  ['Emoji', '😀🎉👍🏽👨‍👩‍👧‍👦🇳🇴🏳️‍🌈🚢⚓️🌊🙏🏿❤️‍🔥😂🥲', 90],
  [
    'Code',
    'export async function readAll(source: AsyncIterable<Uint8Array>, maxBytes = 64 * 1024): Promise<Buffer> {\n  const chunks: Uint8Array[] = [];\n  for await (const chunk of source) {\n    chunks.push(chunk);\n    if (chunks.length > maxBytes) throw new RangeError(`too long: ${chunks.length}`);\n  }\n  return Buffer.concat(chunks);\n}',
    111,
  ],
  [
    'Python',
    'def load(path: str) -> list[dict]:\n    with open(path, encoding="utf-8") as file:\n        rows = [json.loads(line) for line in file if line.strip()]\n    return sorted(rows, key=lambda row: (row["year"], -row["size"]))\n',
    73,
  ],
  [
    'JSON',
    '{"id":"a81f","values":[1.25,3.5,-7],"nested":{"ok":true,"none":null},"list":[{"x":10,"y":20},{"x":11,"y":22}]}',
    60,
  ],
  ['CSV', '2024-01-31,1845.22,17,0.0031\n2024-02-29,1911.07,23,0.0042\n2024-03-31,2003.48,19,0.0038\n', 87],
  [
    'Base64',
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    68,
  ],
  ['Hex', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 59],
  [
    'URL',
    'https://shop.example.com/de/products/4711-anchor-chain?utm_source=news&ref=a1B2c3D4e5#reviews',
    43,
  ],
  [
    'Table',
    '| Port | Depth | Open |\n| --- | ---: | :-: |\n| Oslo | 11 m | yes |\n| Bergen | 12 m | no |\n',
    43,
  ],
  ['Maths', '∑ᵢ xᵢ² ≤ ∫₀^∞ e^{−λt} dt → α·β ≠ γ, ∀ε>0 ∃δ: |x−y|<δ', 48],
];
/** How much less than the highest of the three the estimate may be for texts that people write. */
const TYPICAL_UNDERESTIMATE = 1.3;

describe('the estimate of tokens', () => {
  it.each(MEASURED)('bounds %s', (_script, text, tokens) => {
    expect(estimateTokens(text) * TYPICAL_UNDERESTIMATE).toBeGreaterThanOrEqual(tokens);
  });

  it('is near the count for English, which most limits are set for', () => {
    const [, text, tokens] = MEASURED[0] ?? ['', '', 0];
    expect(estimateTokens(text) / tokens).toBeLessThan(1.3);
  });

  it.each([
    'a'.repeat(1_000),
    ' '.repeat(1_000),
    '鬱龘驫麤'.repeat(99),
    '𓀀𓁐'.repeat(99),
    '\ud800'.repeat(99),
    '\0'.repeat(99),
  ])('is never less than a quarter of the bytes, which no tokenizer exceeds: %#', (text) => {
    expect(estimateTokens(text) * MAX_UNDERESTIMATE).toBeGreaterThanOrEqual(Buffer.byteLength(text));
  });

  it('is 0 for an empty text, and a whole number for any other', () => {
    expect([estimateTokens(''), estimateTokens('a'), estimateTokens(' ')]).toEqual([0, 1, 1]);
  });
});
