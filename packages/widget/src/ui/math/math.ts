/** Math support of the Markdown view: the syntax, and a renderer that loads temml with the first formula. */
import { mathWith, type Formula, type MathOptions } from '../../markdown/index.ts';

type Render = (element: HTMLElement, formula: Formula) => boolean;

let render: Render | undefined;

/** Syntax and renderer of formulas. */
export const mathOptions: MathOptions = mathWith(renderMath);

/** Until temml is loaded, the element stays hidden and holds the source of the formula. */
function renderMath(element: HTMLElement, formula: Formula): void {
  if (render !== undefined) {
    show(element, formula, render);
    return;
  }
  element.hidden = true;
  element.textContent = formula.source;
  void loadRender().then((loaded) => {
    element.hidden = false;
    show(element, formula, loaded);
  });
}

async function loadRender(): Promise<Render> {
  try {
    const { renderFormula } = await import('./temml-math.ts');
    return (render = renderFormula);
  } catch {
    // Loading has failed: the formula stays as written, and the next one tries again.
    return () => false;
  }
}

function show(element: HTMLElement, formula: Formula, loaded: Render): void {
  if (!loaded(element, formula)) element.textContent = formula.source;
}
