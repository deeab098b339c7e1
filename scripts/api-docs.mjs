// Generates the pages of the public API in docs/api. Any warning fails the task, such as a name without a page or a broken link.
import { Application, Logger, LogLevel } from 'typedoc';

/**
 * TypeScript reports the declaration of a property twice when its type is inferred by valibot. Typedoc then warns about an ambiguous
 * comment, although there is only one. These warnings are ignored.
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
  process.stderr.write(
    `typedoc reported ${errorCount} errors and ${warningCount} warnings in the API pages: see above.\n`,
  );
  process.exitCode = 1;
}
