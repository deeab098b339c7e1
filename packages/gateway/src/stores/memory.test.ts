import { describeStore } from '../testing/store-contract.ts';
import { createMemoryStore } from './memory.ts';

describeStore('memory', () => ({ store: createMemoryStore(), dispose: () => Promise.resolve() }));
