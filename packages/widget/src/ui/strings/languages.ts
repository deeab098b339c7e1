/** The languages other than English, each a file of its own. English pages need no such list, so it is fetched as well. */
import type { Strings } from './en.ts';

/** By the name that `languageOf` gives. */
export const LANGUAGES: Readonly<Record<string, () => Promise<Strings>>> = {
  ar: () => import('./ar.ts').then(({ ar }) => ar),
  de: () => import('./de.ts').then(({ de }) => de),
  es: () => import('./es.ts').then(({ es }) => es),
  fr: () => import('./fr.ts').then(({ fr }) => fr),
  he: () => import('./he.ts').then(({ he }) => he),
  it: () => import('./it.ts').then(({ it }) => it),
  ja: () => import('./ja.ts').then(({ ja }) => ja),
  ko: () => import('./ko.ts').then(({ ko }) => ko),
  nl: () => import('./nl.ts').then(({ nl }) => nl),
  'pt-BR': () => import('./pt-BR.ts').then(({ ptBR }) => ptBR),
  'zh-CN': () => import('./zh-CN.ts').then(({ zhCN }) => zhCN),
};
