import { describe, expect, it } from 'vitest';
import { randomBytes } from '../src/base/random.ts';
import { describeTool } from '../src/testing/contracts/tool-contract.ts';
import { createDemoTools } from './demo-tools.ts';

const found = (title: string) => ({ title, excerpt: `about ${title}` });
const [search, book] = createDemoTools({
  search: (query) => [1, 2, 3, 4].map((number) => found(`${query} ${number}`)),
  random: randomBytes,
});

describeTool('search_documents', () => ({
  tool: search!,
  inputs: [{ query: 'resume' }, { query: '"; DROP TABLE' }],
  misfits: [{}, { query: '' }, { query: 7 }, { query: 'x'.repeat(201) }, { query: 'a', limit: 9 }],
}));
describeTool('book_callback', () => ({
  tool: book!,
  inputs: [{ name: 'Ada', phone: '+44 20 7946 0000' }],
  misfits: [{}, { name: 'Ada' }, { name: '', phone: '1234' }, { name: 'Ada', phone: '1234', price: 0 }],
}));

describe('the tools of the demo', () => {
  it('are one that runs at once and one that needs approval', () => {
    expect([search?.approval ?? 'never', book?.approval]).toEqual(['never', 'always']);
  });
});
