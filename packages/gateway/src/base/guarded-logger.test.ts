import { expect, it, vi } from 'vitest';
import { guardLogger } from './guarded-logger.ts';
import { silentLogger, type Logger } from './logger.ts';

const throwing: Logger = {
  ...silentLogger,
  info: () => {
    throw new Error('the pipe is closed');
  },
  warn: () => {
    throw new Error('the pipe is closed');
  },
  child: () => throwing,
};

it('a logger that throws is reported once, as a warning of the process, and its caller goes on', () => {
  const warning = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined);
  const logger = guardLogger(throwing);
  logger.info({}, 'one');
  logger.child({}).warn({}, 'two');
  expect(warning).toHaveBeenCalledOnce();
  expect(warning.mock.calls[0]?.[0]).toContain('the pipe is closed');
  warning.mockRestore();
});

it('lines reach the logger as they are', () => {
  const info = vi.fn();
  guardLogger({ ...silentLogger, info }).info({ runId: 'r_1' }, 'run finished');
  expect(info).toHaveBeenCalledWith({ runId: 'r_1' }, 'run finished');
});
