/** Formulas for the Markdown view: how they are written, and temml, which is fetched with the first one. */
import { mathSyntax, type Formula, type MathOptions } from '../../markdown/index.ts';

type Render = (element: HTMLElement, formula: Formula) => boolean;

let render: Render | undefined;

export const mathOptions: MathOptions = { ...mathSyntax, render: renderMath };

/** Until temml is here the place of a formula shows nothing, and holds its source. */
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
    // It could not be fetched: the formula stays as it was written, and the next one tries again.
    return () => false;
  }
}

function show(element: HTMLElement, formula: Formula, loaded: Render): void {
  if (!loaded(element, formula)) element.textContent = formula.source;
}
