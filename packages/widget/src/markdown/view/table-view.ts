/**
 * Renders a table in a scroll container. The container is no landmark, as a long answer would have dozens. Only the
 * last row can still change.
 */
import type { Alignment, TableBlock } from '../blocks/block.ts';
import type { Growth } from './leaf-views.ts';
import { InlineView, setDirection, type ViewContext } from './inline-view.ts';
import { DEFAULT_LABELS } from '../options.ts';

interface RowView {
  element: HTMLTableRowElement;
  cells: InlineView[];
}

/** View of a table. */
export class TableView {
  /** The scroll container. */
  readonly element = document.createElement('div');
  readonly #table = document.createElement('table');
  readonly #context: ViewContext;
  readonly #alignments: readonly Alignment[];
  #body: HTMLTableSectionElement | undefined;
  #last: RowView | undefined;
  #rowCount = 0;

  constructor(table: TableBlock, context: ViewContext) {
    this.#context = context;
    this.#alignments = table.alignments;
    this.element.className = 'table-scroll';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', context.options.labels?.table ?? DEFAULT_LABELS.table);
    this.element.append(this.#table);
  }

  /** Shows the table. */
  update({ rows }: TableBlock, growth: Growth): void {
    while (this.#rowCount > rows.length) this.#removeLastRow();
    for (let index = Math.max(0, this.#rowCount - 1); index < rows.length; index++) {
      if (index >= this.#rowCount) this.#addRow(index === 0 ? 'th' : 'td', rows[index]?.length ?? 0);
      const isGrowing = growth === 'growing' && index === rows.length - 1;
      rows[index]?.forEach((text, column) =>
        this.#last?.cells[column]?.show(text, isGrowing ? 'growing' : 'whole'),
      );
    }
    setDirection(this.#table, rows[0]?.join(' ') ?? '');
  }

  #addRow(tag: 'th' | 'td', columns: number): void {
    const element = document.createElement('tr');
    const cells = this.#alignments.slice(0, columns).map((alignment) => {
      const cell = document.createElement(tag);
      cell.dir = 'auto';
      if (alignment !== 'none') cell.dataset.align = alignment;
      if (tag === 'th') cell.scope = 'col';
      element.append(cell);
      return new InlineView(cell, this.#context);
    });
    if (tag === 'th') this.#table.createTHead().append(element);
    else (this.#body ??= this.#table.createTBody()).append(element);
    this.#last = { element, cells };
    this.#rowCount++;
  }

  #removeLastRow(): void {
    this.#last?.element.remove();
    this.#last = undefined;
    this.#rowCount--;
    if (this.#rowCount > 1) return;
    this.#body?.remove();
    this.#body = undefined;
  }
}
