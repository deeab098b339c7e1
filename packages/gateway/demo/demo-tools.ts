/** The tools of the demo: one that runs at once, and one that needs approval. */
import * as v from 'valibot';
import type { RandomBytes } from '@rivulet/protocol';
import type { Tool } from '../src/tools/tool.ts';

/** What the tools need. */
export interface DemoToolsOptions {
  /** Returns the sections that match a query, best first. */
  search: (query: string) => { title: string; excerpt: string }[];
  /** For booking references. */
  random: RandomBytes;
}

const MAX_RESULTS = 3;
/** The gateway has validated the input against `parameters`; these schemas only give it a type. */
const QuerySchema = v.object({ query: v.string() });
const BookingSchema = v.object({ name: v.string(), phone: v.string(), topic: v.optional(v.string()) });

/** Creates `search_documents` and `book_callback`. The latter needs approval and returns a reference without booking anything. */
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
