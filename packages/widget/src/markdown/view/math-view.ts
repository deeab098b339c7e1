/** Renders a formula of several lines: nothing while it is incomplete, then once. */
import type { MathBlock } from '../blocks/block.ts';
import { createFormula } from './inline-patch.ts';
import { mathSyntax } from '../inline/math-syntax.ts';
import type { MathBlockView, MathOptions } from '../math.ts';

/** Adds a renderer of formulas to their syntax. */
export function mathWith(render: MathOptions['render']): MathOptions {
  const math: MathOptions = { ...mathSyntax, render, createView: () => new MathView(math) };
  return math;
}

/** View of a formula block. */
class MathView implements MathBlockView {
  readonly element = document.createElement('p');
  readonly #math: MathOptions;
  #isShown = false;

  constructor(math: MathOptions) {
    this.#math = math;
  }

  update({ phase, lines, opener, closer, isClosed }: MathBlock): void {
    if (phase !== 'settled' || this.#isShown) return;
    this.#isShown = true;
    const source = [opener, ...lines, ...(isClosed ? [closer] : [])].join('\n');
    const formula = { tex: lines.join('\n'), source, isDisplay: true };
    this.element.append(isClosed ? createFormula(formula, { math: this.#math }) : source);
  }
}
