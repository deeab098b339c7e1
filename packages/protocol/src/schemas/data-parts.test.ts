import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { DATA_PARTS, type DataPartName } from './data-parts.ts';

const isOf = (name: DataPartName, value: unknown) => v.is(DATA_PARTS[name], value);
const field = { name: 'email', label: 'E-mail', kind: 'email' };

describe('a standard data part', () => {
  it.each<[DataPartName, unknown]>([
    ['suggestions', ['Yes', 'No']],
    ['form', { formId: 'f', fields: [field] }],
    ['form-answer', { formId: 'f', values: { email: 'a@b.c', people: 2, ok: true } }],
    ['card', { title: 'Chair', image: { url: 'https://x.example/c.png', alt: '' } }],
    ['card', { title: 'Chair', actions: [{ label: 'Buy', url: 'https://x.example' }] }],
    ['card', { title: 'Chair', actions: [{ label: 'Ask', message: 'Is it in stock?' }] }],
    ['notice', { code: 'files-not-read', names: ['a.png'] }],
    ['person-offer', { reason: 'nothing-found' }],
  ])('%s takes %j', (name, value) => {
    expect(isOf(name, value)).toBe(true);
  });

  it.each<[DataPartName, unknown]>([
    ['suggestions', []],
    ['suggestions', ['']],
    ['suggestions', 'Yes'],
    ['form', { formId: 'f', fields: [] }],
    ['form', { formId: 'f', fields: [{ ...field, name: 'a b' }] }],
    ['form-answer', { formId: 'f', values: { email: { $ne: '' } } }],
    ['card', { title: 'Chair', actions: [{ label: 'Buy', url: 'javascript:alert(1)' }] }],
    ['card', { title: 'Chair', image: { url: 'data:image/svg+xml,x', alt: '' } }],
    ['card', { title: 'Chair', actions: [{ label: 'Nothing' }] }],
    ['card', { text: 'without a title' }],
    ['notice', { code: 'newer', names: ['a.png'] }],
    ['notice', { code: 'files-not-read', names: [] }],
    ['person-offer', { reason: 'newer' }],
  ])('%s does not take %j', (name, value) => {
    expect(isOf(name, value)).toBe(false);
  });

  it('shows a field of a kind that is newer as a line of text', () => {
    const form = v.parse(DATA_PARTS.form, { formId: 'f', fields: [{ ...field, kind: 'colour' }] });
    expect(form.fields[0]?.kind).toBe('text');
  });
});
