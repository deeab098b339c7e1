/** Loaders of the languages other than English. English pages do not need the list, so it is loaded lazily itself. */
import type { Strings } from './core/en.ts';

/** Loaders by the name that `languageOf` returns. */
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
