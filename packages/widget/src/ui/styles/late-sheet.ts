/** A style sheet for what is loaded late: adopted by the widgets that need it, once each. */

/** @returns what gives the sheet to the widget, or page, that `node` is in */
export function lateSheet(text: string): (node: Node) => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return (node) => {
    const root = node.getRootNode();
    if (!(root instanceof ShadowRoot || root instanceof Document)) return;
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  };
}
