/**
 * Syntax that few answers contain: images, character references, links in angles, HTML, footnotes, marks that models leave for their sources, and links with
 * spaces.
 * Loaded with the first text that has it.
 */
import { splitWith, withoutDefinitions } from '../blocks/definition.ts';
import { missedParts } from './missed-parts.ts';
import type { RareSyntax } from './rare-contract.ts';
import { decodeWith } from './unescape.ts';

/** Where rare syntax may begin. */
export const RARE =
  /!\[|&#?[a-z\d]{1,31};|<(?:\/?[a-z]+\d?[\s/>]|!-|[^\s<>:@]{1,64}[:@])|\[(?:\^[^\]\s]|[a-z]+:\d)|【[\dt]|[\ue200-\ue206]|citeturn\d|\]\((?:\w+:|[./])(?:[^\s()]|\([^\s()]*\))* +[^\s"']/iy;

let syntax: RareSyntax | undefined;
let loading: Promise<boolean> | undefined;

/** The syntax; undefined until it is loaded. */
export const rareSyntax = (): RareSyntax | undefined => syntax;

/** Loads the syntax. If that fails, it stays text. */
export function loadRare(): Promise<boolean> {
  loading ??= import('../rare/rare-syntax.ts').then(
    ({ RARE_SYNTAX }) => use(RARE_SYNTAX),
    () => use({}),
  );
  return loading;
}

function use(loaded: RareSyntax): true {
  syntax = loaded;
  decodeWith(loaded.decode ?? (() => undefined));
  splitWith(loaded.split ?? withoutDefinitions);
  return true;
}

/** Loads what the text that was read last lacks. @returns whether rendering again would show more */
export async function loadMissed(): Promise<boolean> {
  const parts = [...missedParts];
  const loaded = await Promise.all(parts.map((load) => (load === 'rare' ? loadRare() : load())));
  return loaded.includes(true);
}
