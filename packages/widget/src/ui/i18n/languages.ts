/** The languages other than English, each a file of its own. English pages need no such list, so it is fetched as well. */
import type { Strings } from './core/en.ts';

/** By the name that `languageOf` gives. */
export const LANGUAGES: Readonly<Record<string, () => Promise<Strings>>> = {
  ar: () => import('./core/ar.ts').then(({ ar }) => ar),
  de: () => import('./core/de.ts').then(({ de }) => de),
  es: () => import('./core/es.ts').then(({ es }) => es),
  fr: () => import('./core/fr.ts').then(({ fr }) => fr),
  he: () => import('./core/he.ts').then(({ he }) => he),
  it: () => import('./core/it.ts').then(({ it }) => it),
  ja: () => import('./core/ja.ts').then(({ ja }) => ja),
  ko: () => import('./core/ko.ts').then(({ ko }) => ko),
  nl: () => import('./core/nl.ts').then(({ nl }) => nl),
  'pt-BR': () => import('./core/pt-BR.ts').then(({ ptBR }) => ptBR),
  'zh-CN': () => import('./core/zh-CN.ts').then(({ zhCN }) => zhCN),
};
