/** A process of its own that owns a store, for the tests of `Store.own`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/**
 * Starts the process; it runs the TypeScript sources. Resolves when it owns the store.
 * @param create an expression that creates the store, in which `stores` has the functions that create stores
 */
export async function startStoreOwner(create: string): Promise<{ pid: number; kill: () => Promise<void> }> {
  const source = `
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier === '@rivulet/protocol' ? ${at('../../../protocol/src/index.ts')} : specifier, context),
    });
    const stores = { ...(await import(${at('../stores/sqlite.ts')})), ...(await import(${at('../stores/postgres.ts')})) };
    const store = await ${create};
    await store.own();
    console.log('owned');
    process.stdin.resume(); // runs until it is killed, or its parent has ended
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('it has ended'))),
  ]);
  return {
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
