import { expect, it } from 'vitest';
import { createKnowingSites } from './knowing-sites.ts';
import { createMemoryStore } from './stores/memory.ts';
import { createScriptedTool } from './testing/scripted-tool.ts';

const shop = { id: 'shop', origins: ['https://shop.example'], knowledge: {}, systemPrompt: 'Be kind.' };
const origin = (from: string) => ({ origin: from, host: 'chat.example' });

it('a site with documents is found with its tool; lists, and the sites that replace others, are as they were set', () => {
  const sites = createKnowingSites([shop], createMemoryStore());
  expect(sites.find('shop').tools?.map(({ name }) => name)).toEqual(['search_documents']);
  expect(sites.find('shop')).toBe(sites.find(''));
  expect(sites.list()).toEqual([shop]);
  sites.replace(sites.list());
  expect(sites.find('shop').tools).toHaveLength(1);
  expect(sites.find('shop').systemPrompt).toMatch(/^Be kind\.\n\nYou can search/);
  sites.replace([{ id: 'shop', origins: ['self'] }]);
  expect(sites.find('shop').tools).toBeUndefined();
});

it('the origins of a site with documents are checked', () => {
  const sites = createKnowingSites([shop], createMemoryStore());
  expect(() => {
    sites.check(sites.find('shop'), origin('https://shop.example'));
  }).not.toThrow();
  expect(() => {
    sites.check(sites.find('shop'), origin('https://other.example'));
  }).toThrow();
});

it('a tool of the same name is refused', () => {
  const tools = [createScriptedTool({ name: 'search_documents' })];
  expect(() => createKnowingSites([{ ...shop, tools }], createMemoryStore())).toThrow('search_documents');
});
