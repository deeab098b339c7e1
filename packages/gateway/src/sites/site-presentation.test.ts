import { describe, expect, it } from 'vitest';
import { presentationOf } from './site-presentation.ts';
import type { WidgetTexts } from './widget-settings.ts';

describe('the presentation of a site', () => {
  it('is only its id where the site sets nothing', () => {
    expect(presentationOf({ id: 'shop' })).toEqual({ site: 'shop' });
  });

  it('separates attributes and custom properties from the options', () => {
    const theme = { scheme: 'dark', tokens: { accent: 'red' } } as const;
    const launcher = { position: 'start', teaser: 'Hello!' } as const;
    expect(presentationOf({ id: 'shop', widget: { locale: 'de', theme, launcher } })).toEqual({
      site: 'shop',
      attributes: { locale: 'de', theme: 'dark', position: 'start' },
      tokens: { accent: 'red' },
      options: { launcher: { teaser: 'Hello!' } },
    });
  });

  it('gives a text the one name that the widget looks at last, in every language', () => {
    const widget = {
      header: { title: 'Harbour', imageUrl: 'https://shop.example/l.png' },
      start: { greeting: 'Hi', detail: 'Ask', aiNotice: false, prompts: ['One?'] } as const,
      composer: { placeholder: 'Write', maxChars: 9 },
      strings: { send: 'Go' },
      locales: { de: { header: { title: 'Hafen' }, strings: { send: 'Los' } } },
    };
    const presentation = presentationOf({
      id: 'shop',
      widget: { ...widget, start: { ...widget.start, prompts: ['One?'] } },
    });
    expect(presentation).toEqual({
      site: 'shop',
      options: {
        header: { imageUrl: 'https://shop.example/l.png' },
        composer: { maxChars: 9 },
        strings: {
          ...{ title: 'Harbour', greeting: 'Hi', greetingDetail: 'Ask', prompts: ['One?'], aiNotice: '' },
          ...{ placeholder: 'Write', send: 'Go' },
        },
      },
      locales: { de: { strings: { title: 'Hafen', send: 'Los' } } },
    });
  });

  it('lets a region stand for its language, unless the language has its own texts', () => {
    const locales = { 'pt-BR': { strings: { send: 'BR' } }, 'pt-PT': { strings: { send: 'PT' } } };
    const read = (all: Record<string, WidgetTexts>) =>
      presentationOf({ id: 'shop', widget: { locales: all } }).locales;
    expect(read(locales)).toMatchObject({
      pt: { strings: { send: 'BR' } },
      'pt-pt': { strings: { send: 'PT' } },
    });
    expect(read({ ...locales, pt: { strings: { send: 'pt' } } })).toMatchObject({
      pt: { strings: { send: 'pt' } },
    });
  });

  it('keeps a consent without a text, which asks with the built-in one', () => {
    expect(presentationOf({ id: 'shop', widget: { privacy: { consent: {} } } }).options).toEqual({
      privacy: { consent: {} },
    });
  });
});
