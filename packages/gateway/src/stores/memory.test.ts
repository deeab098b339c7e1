import { describeStore } from '../testing/contracts/store-contract.ts';
import { createMemoryStore } from './memory.ts';

describeStore('memory', () => ({ store: createMemoryStore(), dispose: () => Promise.resolve() }));
