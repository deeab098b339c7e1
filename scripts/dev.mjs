// Rebuilds changed packages and restarts the gateway after each build.
import { spawn } from 'node:child_process';

const children = [
  spawn('rollup', ['-c', '--watch', '--silent', '--no-watch.clearScreen'], { stdio: 'inherit' }),
  spawn(
    'node',
    [
      '--watch-path=packages/gateway/dist',
      '--watch-path=packages/widget/dist',
      'packages/gateway/dist/src/cli/main.js',
    ],
    {
      stdio: 'inherit',
    },
  ),
];
const end = (signal) => {
  for (const child of children) child.kill(signal);
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(signal));
for (const child of children) child.once('exit', () => end('SIGTERM'));
