/**
 * Reads a value by a shape: what a schema says, as data that a browser loads in a tenth of the bytes. The shapes are made from
 * the schemas by scripts/shapes.ts; a test holds the two to the same answers.
 */
import type { Shape } from './shape.ts';
import { PART_SHAPES } from './shapes.ts';

/** What was expected where. */
export class Mismatch extends Error {
  readonly path: string;
  readonly expected: string;

  constructor(path: string, expected: string) {
    super(`${path}: expected ${expected}`);
    this.path = path;
    this.expected = expected;
  }
}

const isNumberFrom = (least: number, value: unknown): boolean => typeof value === 'number' && value >= least;

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  any: () => true,
  number: (value) => typeof value === 'number',
  'number from 0': (value) => isNumberFrom(0, value),
  /** JSON reads 1e999 as infinity. */
  'finite number from 0': (value) => isNumberFrom(0, value) && Number.isFinite(value),
  'integer from 0': (value) => isNumberFrom(0, value) && Number.isInteger(value),
  'integer from 1': (value) => isNumberFrom(1, value) && Number.isInteger(value),
};

/**
 * A copy with the fields of the shape alone.
 * @throws {Mismatch}
 */
export function readShape(shape: Shape, value: unknown, path = ''): unknown {
  if (typeof shape === 'string') return readWord(shape, value, path);
  if (isList(shape)) return readAround(shape, value, path);
  if (typeof value !== 'object' || value === null) throw new Mismatch(path, 'object');
  const fields = value as Record<string, unknown>; // any object may be asked for any field
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(shape)) {
    const innerPath = path === '' ? key : `${path}.${key}`;
    if (key in fields) copy[key] = readShape(inner, fields[key], innerPath);
    else if (!isList(inner)) throw new Mismatch(innerPath, 'a value');
    else if (inner[0] === '|' && inner[1] !== null) copy[key] = inner[1];
    else if (inner[0] !== '?') throw new Mismatch(innerPath, 'a value');
  }
  return copy;
}

function readWord(shape: string, value: unknown, path: string): unknown {
  if (shape === 'Part') return readPart(value, path);
  const fits = FITS[shape];
  const isGood =
    fits?.(value) ?? (shape.startsWith('=') ? value === shape.slice(1) : fitsPattern(shape, value));
  if (!isGood) throw new Mismatch(path, shape);
  return value;
}

/** As many as the shapes have. */
const patterns = new Map<string, RegExp>();

function fitsPattern(source: string, value: unknown): boolean {
  const pattern = patterns.get(source) ?? new RegExp(source);
  patterns.set(source, pattern);
  return typeof value === 'string' && pattern.test(value);
}

function readAround(shape: readonly (Shape | null)[], value: unknown, path: string): unknown {
  const [kind, inner = null, ...words] = shape;
  if (kind === '|') {
    if (words.includes(value as string)) return value; // only compared
    if (inner === null) throw new Mismatch(path, 'one of its words');
    return inner;
  }
  if (inner === null) throw new TypeError('a shape around nothing');
  if ((kind === '0' && value === null) || (kind === '?' && value === undefined)) return value;
  if (kind !== 'a') return readShape(inner, value, path);
  if (!Array.isArray(value)) throw new Mismatch(path, 'array');
  return value.map((item, index) => readShape(inner, item, `${path}.${index}`));
}

/** Chosen by the type, so that a known part of the wrong shape is a mistake and not an unknown part. */
function readPart(value: unknown, path: string): unknown {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string') throw new Mismatch(`${path}.type`, 'string');
  const shape: Shape | undefined = Object.hasOwn(PART_SHAPES, type) ? PART_SHAPES[type] : undefined;
  return shape === undefined ? { type: 'unknown' } : readShape(shape, value, path);
}

const isList = (shape: Shape): shape is readonly (Shape | null)[] => Array.isArray(shape);
