/**
 * Runs the scripted upstream as a process: `node upstream-main.ts [port]`. It prints `{"url","origin"}` as one line of JSON and
 * ends on SIGTERM or SIGINT; with `--end-with-stdin` also when its standard input ends.
 */
import { startUpstream } from './upstream.ts';

const upstream = await startUpstream({ port: Number(process.argv[2] ?? 0) || 0 });
const { url, origin } = upstream;
process.stdout.write(`${JSON.stringify({ url, origin })}\n`);

const end = () => {
  void upstream.close().then(() => process.exit(0));
};
process.once('SIGTERM', end);
process.once('SIGINT', end);
// A parent that is killed sends no signal, but the pipe that it holds ends.
if (process.argv.includes('--end-with-stdin')) process.stdin.once('end', end).resume();
