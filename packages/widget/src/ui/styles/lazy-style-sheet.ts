/** Style sheets of lazily loaded parts: adopted on demand, once per root. */

/**
 * Creates a style sheet.
 * @returns a function that adopts the sheet into the shadow root, or document, that contains the node
 */
export function lazyStyleSheet(text: string): (node: Node) => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return (node) => {
    const root = node.getRootNode();
    if (!(root instanceof ShadowRoot || root instanceof Document)) return;
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  };
}
