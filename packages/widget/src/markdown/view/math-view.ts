/** Renders a formula of several lines: nothing while it is incomplete, then once. */
import type { MathBlock } from '../blocks/block.ts';
import { createFormula } from './inline-patch.ts';
import { mathSyntax } from '../inline/math-syntax.ts';
import type { MathBlockView, MathOptions } from '../math.ts';
import type { ViewContext } from './inline-view.ts';

/** Adds a renderer of formulas to their syntax. */
export const mathWith = (render: MathOptions['render']): MathOptions => ({
  ...mathSyntax,
  render,
  createView: (context) => new MathView(context),
});

/** View of a formula block. */
class MathView implements MathBlockView {
  /** The element of the formula. */
  readonly element = document.createElement('p');
  readonly #context: ViewContext;
  #isShown = false;

  constructor(context: ViewContext) {
    this.#context = context;
  }

  /** Shows the formula once it is complete. */
  update({ phase, lines, opener, closer, isClosed }: MathBlock): void {
    if (phase !== 'settled' || this.#isShown) return;
    this.#isShown = true;
    const source = [opener, ...lines, ...(isClosed ? [closer] : [])].join('\n');
    const formula = { tex: lines.join('\n'), source, isDisplay: true };
    this.element.append(isClosed ? createFormula(formula, this.#context.options) : source);
  }
}
