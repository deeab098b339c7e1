/** Finds the script tag of the loader, also where `document.currentScript` does not. */

/** The names under which the gateway serves the loader. */
const LOADER = /\/rivulet(-[\w-]+)?\.js(\?|$)/;

/**
 * A classic script, also an inline one, is known while it runs. A module is not, nor a script that an optimizer runs later: then it
 * is the tag with the name of the loader, or else the one that names a gateway.
 */
export function findScript({ currentScript, scripts }: Document): HTMLScriptElement | null {
  if (currentScript instanceof HTMLScriptElement) return currentScript;
  const all = [...scripts];
  return all.find(({ src }) => LOADER.test(src)) ?? all.find(({ dataset }) => dataset.gateway) ?? null;
}
