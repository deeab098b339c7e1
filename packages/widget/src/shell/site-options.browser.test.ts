import { afterEach, describe, expect, test, vi } from 'vitest';
import { mountClosed, mountOpen, unmountAll } from '../ui/testing/mount.ts';
import { loadSite } from './load-site.ts';
import { RivuletChat } from './rivulet-chat.ts';
import { applySite, type SiteOptions } from './site-options.ts';

const { withSite } = RivuletChat;
const shop: SiteOptions = {
  site: 'shop',
  attributes: { theme: 'dark', position: 'start' },
  tokens: { accent: 'rgb(1, 2, 3)' },
  options: { strings: { title: 'Harbour', greeting: 'Ahoy' }, attachments: { isEnabled: true } },
  locales: { de: { strings: { title: 'Hafen' } }, 'pt-br': { strings: { title: 'Porto' } } },
};

afterEach(() => {
  unmountAll();
  RivuletChat.withSite = withSite;
  vi.restoreAllMocks();
  document.querySelector('#page-style')?.remove();
});

const accentOf = (element: Element) => getComputedStyle(element).getPropertyValue('--rivulet-accent');
const titleIn = async (attributes: Record<string, string>) => {
  const mounted = await mountOpen(attributes);
  return mounted.find('.title').textContent;
};

describe('what the gateway sets for a site', () => {
  test('is shown by an element that names no other site', async () => {
    applySite(RivuletChat, shop);
    const { element, find } = await mountOpen();
    expect([element.site, element.theme, element.position]).toEqual(['shop', 'dark', 'start']);
    expect(find('.title').textContent).toBe('Harbour');
    expect(find('.empty').textContent).toContain('Ahoy');
    expect(accentOf(element)).toBe('rgb(1, 2, 3)');
    expect(element.options).toEqual({});
  });

  test('gives way to attributes, options, texts and styles of the page', async () => {
    applySite(RivuletChat, shop);
    const style = document.head.appendChild(document.createElement('style'));
    style.id = 'page-style';
    style.textContent = 'rivulet-chat { --rivulet-accent: rgb(9, 9, 9) }';
    const { element, find, rendered } = await mountOpen({ theme: 'light', site: 'shop' });
    element.configure({ strings: { title: 'Ours' } });
    await rendered();
    expect([element.theme, accentOf(element), find('.title').textContent]).toEqual([
      'light',
      'rgb(9, 9, 9)',
      'Ours',
    ]);
    element.configure({ header: { title: 'Mine' }, theme: { tokens: { accent: 'red' } } });
    await rendered();
    expect([accentOf(element), find('.title').textContent]).toEqual(['red', 'Mine']);
  });

  test('comes back where the page takes its own value away', async () => {
    applySite(RivuletChat, shop);
    const { element, find, rendered } = await mountOpen({ theme: 'light' });
    element.configure({ strings: { title: 'Ours' } });
    element.configure({ strings: undefined, theme: { scheme: undefined } });
    await rendered();
    expect([element.theme, find('.title').textContent]).toEqual(['dark', 'Harbour']);
  });

  test.each([
    ['de', 'Hafen'],
    ['de-AT', 'Hafen'],
    ['pt_BR', 'Porto'],
    ['fr', 'Harbour'],
    ['constructor', 'Harbour'],
  ])('in the language %s is titled %s', async (locale, title) => {
    applySite(RivuletChat, shop);
    expect(await titleIn({ locale })).toBe(title);
  });

  test('follows the language of the element', async () => {
    applySite(RivuletChat, shop);
    const { element, find } = await mountOpen();
    element.locale = 'de';
    await expect.poll(() => find('.title').textContent).toBe('Hafen');
  });

  test('does not concern another site, and each site has its own', async () => {
    applySite(RivuletChat, shop);
    applySite(RivuletChat, { site: 'lab', options: { strings: { title: 'Lab' } } });
    expect(await titleIn({ site: 'other' })).toBe('Assistant');
    unmountAll();
    expect(await titleIn({ site: 'shop' })).toBe('Harbour');
    unmountAll();
    expect(await titleIn({})).toBe('Lab');
  });

  test('leaves an element that changes its site', async () => {
    applySite(RivuletChat, shop);
    const { element } = mountClosed({ locale: 'en' });
    element.site = 'other';
    expect(element.getAttributeNames().toSorted()).toEqual(['locale', 'site']);
    expect(accentOf(element)).toBe('');
  });

  test('is replaced by what a script applies again, without another style sheet', () => {
    applySite(RivuletChat, shop);
    const { element } = mountClosed();
    const count = element.shadowRoot?.adoptedStyleSheets.length;
    for (const accent of ['red', 'blue']) {
      applySite(RivuletChat, { ...shop, tokens: { accent } });
      element.configure();
    }
    expect([accentOf(element), element.shadowRoot?.adoptedStyleSheets.length]).toEqual(['blue', count]);
  });

  test('cannot add a rule, and texts stay texts', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const tokens = { accent: 'red} .panel { display: none', width: '400px' };
    applySite(RivuletChat, { site: 'shop', tokens, options: { strings: { title: evil } } });
    const { element, find } = await mountOpen();
    expect(find('.title').textContent).toBe(evil);
    expect(element.shadowRoot?.querySelector('img')).toBeNull();
    expect(
      element.shadowRoot?.adoptedStyleSheets
        .flatMap((sheet) => [...sheet.cssRules])
        .filter(({ cssText }) => cssText.includes('display: none') && cssText.startsWith('.panel {')),
    ).toEqual([]);
  });

  test('asks for consent before the chat is created', async () => {
    applySite(RivuletChat, { site: 'asks', options: { privacy: { consent: { text: 'May we?' } } } });
    const mounted = mountClosed();
    mounted.element.open();
    await expect.poll(() => mounted.has('[part=consent]')).toBe(true);
    expect(mounted.find('[part=consent]').textContent).toContain('May we?');
  });
});

describe('loadSite', () => {
  const answer = (status: number, body: unknown) =>
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(JSON.stringify(body), { status }));

  test('loads it from the gateway, below its path, and applies it to elements that are there', async () => {
    const fetched = answer(200, shop);
    const { element } = mountClosed();
    expect(await loadSite({ gateway: 'https://chat.example.com/base/', site: 'a b' })).toEqual(shop);
    expect(String(fetched.mock.calls[0]?.[0])).toBe(
      'https://chat.example.com/base/rivulet/site.json?site=a%20b',
    );
    expect([element.site, element.theme]).toEqual(['shop', 'dark']);
  });

  test('rejects for an unknown site, and applies nothing', async () => {
    answer(404, { code: 'not-found' });
    await expect(loadSite({ gateway: 'https://chat.example.com', site: 'none' })).rejects.toThrow(
      /no site none/,
    );
    expect(RivuletChat.withSite).toBe(withSite);
  });
});
