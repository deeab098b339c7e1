// Generates the pages of the public API into docs/api. Fails on any warning: a name without a page, a broken link.
import { Application, Logger, LogLevel } from 'typedoc';

/**
 * A property of a type that valibot infers has one declaration, which TypeScript reports twice: typedoc warns that its comment is
 * ambiguous, which it is not. All other warnings are kept.
 */
const REPEATED_DECLARATION = /has multiple declarations with a comment|^The comments for \S+ are declared at/;

class ApiLogger extends Logger {
  log(message, level) {
    if (REPEATED_DECLARATION.test(message)) return;
    super.log(message, level);
    if (level >= LogLevel.Warn) process.stderr.write(`${message}\n`);
  }
}

const application = await Application.bootstrapWithPlugins();
application.logger = new ApiLogger();
const project = await application.convert();
if (project !== undefined) {
  application.validate(project);
  await application.generateOutputs(project);
}
const { errorCount, warningCount } = application.logger;
if (project === undefined || errorCount + warningCount > 0) {
  process.stderr.write(`The API pages have ${errorCount} errors and ${warningCount} warnings.\n`);
  process.exitCode = 1;
}
