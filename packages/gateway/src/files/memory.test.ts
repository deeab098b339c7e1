import { describeFileStore } from '../testing/contracts/file-store-contract.ts';
import { createMemoryFileStore } from './memory.ts';

describeFileStore('memory', () => {
  const store = createMemoryFileStore();
  return { store, dispose: () => store.close() };
});
