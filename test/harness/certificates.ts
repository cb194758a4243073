import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureOpenSsl } from './system-package.js';

const run = promisify(execFile);

/** A certificate authority for one test, valid for a day. */
export interface TestAuthority {
  /** The certificate of the authority, in PEM. */
  readonly certificateFile: string;
  /** Issues a certificate for a name or an address, such as `IP:127.0.0.1`. */
  issue(subject: string): Promise<{ certificateFile: string; keyFile: string }>;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export async function aCertificateAuthority(
  directory: string,
  name: string,
): Promise<TestAuthority> {
  const openssl = await ensureOpenSsl();
  const at = (file: string) => join(directory, `${name}-${file}`);
  const request = (...args: string[]) =>
    run(openssl, ['req', '-x509', '-days', '1', ...KEY, ...args]);
  const certificateFile = at('authority.crt');
  await request('-keyout', at('authority.key'), '-out', certificateFile, '-subj', `/CN=${name}`);
  let issued = 0;
  return {
    certificateFile,
    async issue(subject) {
      const file = `server-${(issued += 1)}`;
      const [certificate, key] = [at(`${file}.crt`), at(`${file}.key`)];
      await request(
        ...['-CA', certificateFile, '-CAkey', at('authority.key'), '-subj', '/CN=redis'],
        ...[
          '-addext',
          `subjectAltName=${subject}`,
          '-addext',
          'basicConstraints=critical,CA:FALSE',
        ],
        ...['-keyout', key, '-out', certificate],
      );
      return { certificateFile: certificate, keyFile: key };
    },
  };
}
