/** What the demo can do: one tool that just answers, and one that asks first. */
import * as v from 'valibot';
import type { RandomBytes } from '@rivulet/protocol';
import type { Tool } from '../src/tools/tool.ts';

export interface DemoToolsOptions {
  /** The sections that fit, best first. */
  search: (query: string) => { title: string; excerpt: string }[];
  random: RandomBytes;
}

const MAX_RESULTS = 3;
/** The gateway has checked them already; here they get their types. */
const QuerySchema = v.object({ query: v.string() });
const BookingSchema = v.object({ name: v.string(), phone: v.string(), topic: v.optional(v.string()) });

/** `search_documents`, and `book_callback`, which wants approval and books nothing but a number. */
export function createDemoTools({ search, random }: DemoToolsOptions): Tool[] {
  return [
    {
      name: 'search_documents',
      description: 'Searches the documentation of Rivulet. Call it for every question about Rivulet.',
      parameters: {
        type: 'object',
        properties: {
          query: { type: 'string', minLength: 1, maxLength: 200, description: 'What to look for' },
        },
        required: ['query'],
        additionalProperties: false,
      },
      handler: (input) => ({ results: search(v.parse(QuerySchema, input).query).slice(0, MAX_RESULTS) }),
    },
    {
      name: 'book_callback',
      description: 'Books a call back by a person of the team. Ask for a name and a phone number first.',
      parameters: {
        type: 'object',
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 100, title: 'Name' },
          phone: { type: 'string', minLength: 3, maxLength: 40, title: 'Phone' },
          topic: { type: 'string', maxLength: 200, title: 'Topic' },
        },
        required: ['name', 'phone'],
        additionalProperties: false,
      },
      approval: 'always',
      handler: (input) => {
        const { name } = v.parse(BookingSchema, input);
        const number = Buffer.from(random(3)).toString('hex').toUpperCase();
        return { reference: `CB-${number}`, name, status: 'booked (in the demo, nobody calls)' };
      },
    },
  ];
}
