import { describe, expect, it } from 'vitest';
import { ThinkSplitter } from './think-splitter.ts';

/** The reasoning and the answer that come out of the pieces. */
function split(...pieces: readonly string[]): [reasoning: string, answer: string] {
  const out: [string, string] = ['', ''];
  const splitter = new ThinkSplitter({
    reasoning: (piece) => (out[0] += piece),
    text: (piece) => (out[1] += piece),
    withdraw: () => {
      out[0] += out[1].trim();
      out[1] = '';
    },
  });
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return out;
}

const WHOLE = '\n<think>\nplan: 1 < 2\n</think>\n\nAnswer **<b>** `<think>`\n';
const PARTS = ['plan: 1 < 2', 'Answer **<b>** `<think>`\n'];

describe('the think splitter', () => {
  it('separates reasoning from the answer wherever the upstream cuts them (G01) (W08)', () => {
    for (let at = 0; at <= WHOLE.length; at += 1)
      for (let next = at; next <= WHOLE.length; next += 1)
        expect(split(WHOLE.slice(0, at), WHOLE.slice(at, next), WHOLE.slice(next))).toEqual(PARTS);
    expect(split(...Array.from(WHOLE))).toEqual(PARTS);
  });

  it.each([
    ['<think>a</think>b'],
    ['<thinking>a</thinking>b'],
    ['<thought>a</thought>b'],
    ['<reasoning>a</reasoning>b'],
    ['<reason>a</reason>b'],
    ['<antThinking>a</antThinking>b'],
    ['<seed:think>a</seed:think>b'],
    ['<THINK>\na\n</Think >\n\nb'],
    ['<think\n type="deep">a</think>b'],
    ['<thinking>a</think>b'],
    ['[THINK]a[/THINK]b'],
    ['◁think▷a◁/think▷b'],
    ['<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>b<|end_of_solution|>'],
    ['<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>'],
    ['<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>'],
  ])('reads %s, at once and character by character (G01)', (content) => {
    expect(split(content)).toEqual(['a', 'b']);
    expect(split(...Array.from(content))).toEqual(['a', 'b']);
  });

  it.each([
    ['the start of a line', 'Let me see.\n<think>a</think>\nb', 'Let me see.\nb'],
    ['two blocks', '<think>a</think>\n<think>c</think>b', 'b'],
    ['an empty block', '<think>\n\n</think>\n\nb', 'b'],
    ['a closing tag before the answer', '</think>\n\nb', 'b'],
  ])('takes the tags away: %s (G01)', (_case, content, answer) => {
    expect(split(content)[1]).toBe(answer);
    expect(split(...Array.from(content))[1]).toBe(answer);
  });

  it('parts two blocks of reasoning by a blank line (G01)', () => {
    expect(split('<think>a</think>\n<think>c</think>b')).toEqual(['a\n\nc', 'b']);
  });

  it.each([
    ['within a line', 'Write <think> first and </think> last.'],
    ['in a code span', '`<think>`a`</think>`'],
    ['in fenced code', '```xml\n<think>\na\n</think>\n```\nb'],
    ['in code that is fenced by tildes', '~~~~\n~~~\n<think>a</think>\n~~~~'],
    ['in indented code', 'x\n\n    <think>a</think>'],
    ['with another name', '<thinker>a</thinker>'],
    ['of HTML', '<b>a</b> <details>[x](y)</details>'],
    ['that is never complete', '<thin'],
    ['that is a comparison', 'a < b [1]'],
    ['with endless attributes', `<think ${'x'.repeat(300)}`],
  ])('leaves a tag in the answer: %s (G01)', (_case, content) => {
    expect(split(content)).toEqual(['', content]);
    expect(split(...Array.from(content))).toEqual(['', content]);
  });

  it('finds a tag again after fenced code has ended (G01)', () => {
    expect(split('```\n<think>\n```\n<think>a</think>b')).toEqual(['a', '```\n<think>\n```\nb']);
  });

  it('takes a block that is never closed for reasoning, with what looks like a tag at its end (G01)', () => {
    expect(split('<think>a', '\n', 'b </thi')).toEqual(['a\nb </thi', '']);
  });

  it('keeps tags of another family within the reasoning (G01)', () => {
    expect(split('<think>x <reasoning>y</reasoning> z</think>b')).toEqual([
      'x <reasoning>y</reasoning> z',
      'b',
    ]);
  });

  it.each([
    ['on a line of its own', 'plan\n</think>\n\nb'],
    ['behind a sentence', 'plan</think>b'],
    ['in other spelling', 'plan\n</THINKING>\nb'],
  ])(
    'takes the text before a closing tag without an opening one for reasoning: %s (G01)',
    (_case, content) => {
      expect(split(content)).toEqual(['plan', 'b']);
      expect(split(...Array.from(content))).toEqual(['plan', 'b']);
    },
  );

  it.each([
    ['mentioned in a sentence', 'End it with </think> and go on.'],
    ['in quotes', 'The tag "</think>" ends it.'],
    ['in a code span', 'Use `a</think>` here.'],
    ['after an opening tag in the text', 'From <think> to\n</think>\nit thinks.'],
    ['of another kind', 'It is done.<|end|>b'],
  ])('leaves a closing tag in the answer: %s (G01)', (_case, content) => {
    expect(split(content)).toEqual(['', content]);
    expect(split(...Array.from(content))).toEqual(['', content]);
  });

  it('drops a closing tag at the very end, and keeps the answer before it (G01)', () => {
    expect(split('The answer.\n', '</think>\n')).toEqual(['', 'The answer.\n']);
  });

  it('passes on white space that does not end', () => {
    const spaces = '\n'.repeat(5_000);
    expect(split(...Array.from(spaces))).toEqual(['', spaces]);
    expect(split('<think>a', ...Array.from(spaces), 'b</think>')[0]).toHaveLength(5_002);
  });
});
