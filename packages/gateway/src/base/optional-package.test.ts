import * as pg from 'pg';
import { describe, expect, it } from 'vitest';
import { hasPackage, MissingPackageError, requireOptional } from './optional-package.ts';

describe('an optional package', () => {
  it('is loaded when it is installed', () => {
    expect(requireOptional('pg', 'The Postgres store')).toHaveProperty('Pool', pg.Pool);
    expect(hasPackage('pg')).toBe(true);
  });

  it('that is not installed is an error that names it, what needs it, and the command that installs it', () => {
    const load = () => requireOptional('rivulet-no-such-package', 'The Postgres store');
    expect(load).toThrow(MissingPackageError);
    expect(load).toThrow(
      'The Postgres store needs the package rivulet-no-such-package, which is not installed: npm install rivulet-no-such-package',
    );
    expect(hasPackage('rivulet-no-such-package')).toBe(false);
  });
});
