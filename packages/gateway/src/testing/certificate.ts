/** A self-signed certificate for tests of TLS, as providers of databases use them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findBinary } from './server-process.ts';

/** The files of a certificate. */
export interface Certificate {
  /** The certificate, which is also its own authority. */
  certificateFile: string;
  keyFile: string;
}

/** Creates a certificate in `folder`, for 127.0.0.1 and two days unless told otherwise. @throws {Error} when openssl is not installed */
export function createCertificate(
  folder: string,
  { days = 2, address = '127.0.0.1' }: { days?: number; address?: string } = {},
): Certificate {
  const [certificateFile, keyFile] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  const subject = ['-subj', '/CN=database', '-addext', `subjectAltName=IP:${address}`];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', `${days}`];
  const files = ['-keyout', keyFile, '-out', certificateFile];
  execFileSync(findBinary('openssl'), ['req', '-x509', ...key, ...subject, ...files], { stdio: 'ignore' });
  return { certificateFile, keyFile };
}
