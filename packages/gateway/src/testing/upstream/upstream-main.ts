/** The scripted upstream as a process: `node upstream-main.ts [port]` prints `{"url","origin"}` as one line and ends on SIGTERM, with `--end-with-stdin` also with its standard input. */
import { startUpstream } from './upstream.ts';

const upstream = await startUpstream({ port: Number(process.argv[2] ?? 0) || 0 });
const { url, origin } = upstream;
process.stdout.write(`${JSON.stringify({ url, origin })}\n`);

const end = () => {
  void upstream.close().then(() => process.exit(0));
};
process.once('SIGTERM', end);
process.once('SIGINT', end);
// A parent that holds the other end of a pipe may die without a word; its pipe then ends.
if (process.argv.includes('--end-with-stdin')) process.stdin.once('end', end).resume();
