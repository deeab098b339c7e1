/**
 * Writes what each published package ships to `sbom/`, as CycloneDX, and checks it: valid by the schema, every runtime dependency
 * named with an allowed licence, and with the hash that the lockfile has. What the console has bundled, which the gateway ships, is named
 * by the list of the gateway or that of the console.
 */
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pnpmCommand } from './pnpm.ts';

/** SPDX names of licences that may be shipped with a package under MIT. */
const ALLOWED_LICENSES = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);

/** What is read of a component, after the schema was checked. */
interface Component {
  group?: string;
  name: string;
  version?: string;
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[];
  externalReferences?: { hashes?: unknown[] }[];
}

interface BillOfMaterials {
  metadata: { component: Component };
  components?: Component[];
}

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
}

const nameOf = ({ group, name }: Component) => (group === undefined ? name : `${group}/${name}`);
const isOurs = ({ group }: Component) => group === '@rivulet';

/** What is wrong with a list: a sentence each. Takes the text of the file and the package.json that it is about. */
export async function faultsOf(text: string, manifest: Manifest): Promise<string[]> {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  const invalid: unknown = await validator.validate(text);
  if (invalid !== null) return [`is not CycloneDX 1.6: ${JSON.stringify(invalid)}`];
  const { metadata, components = [] } = JSON.parse(text) as BillOfMaterials;
  const listed = new Set(components.map(nameOf));
  const missing = Object.keys(manifest.dependencies ?? {}).filter((name) => !listed.has(name));
  const isOther = nameOf(metadata.component) !== manifest.name;
  return [
    ...(isOther ? [`is about ${nameOf(metadata.component)}, not ${manifest.name}`] : []),
    ...missing.map((name) => `does not name the dependency ${name}`),
    ...components.flatMap(faultsOfComponent),
  ];
}

function faultsOfComponent(component: Component): string[] {
  const id = `${nameOf(component)}@${component.version ?? '?'}`;
  const licenses = (component.licenses ?? []).map(
    ({ license, expression }) => license?.id ?? license?.name ?? expression ?? '?',
  );
  const refused = licenses.filter((license) => !ALLOWED_LICENSES.has(license));
  const hashes = (component.externalReferences ?? []).flatMap(({ hashes: own }) => own ?? []);
  return [
    ...(licenses.length === 0 ? [`has ${id} without a licence`] : []),
    ...refused.map((license) => `has ${id} under ${license}, which is not allowed`),
    ...(hashes.length === 0 && !isOurs(component) ? [`has ${id} without a hash`] : []),
  ];
}

/**
 * What is bundled and in no list: a sentence each.
 * @param licenses the file that the build writes beside the bundle
 * @param lists the texts of the lists that name it
 */
export function faultsOfBundle(licenses: string, lists: readonly string[]): string[] {
  const listed = new Set(
    lists.flatMap((text) => ((JSON.parse(text) as BillOfMaterials).components ?? []).map(nameOf)),
  );
  const bundled = [...licenses.matchAll(/^Name: (.+)$/gm)].map(([, name = '']) => name);
  if (bundled.length === 0) return ['is without the licences of what is bundled'];
  return bundled.filter((name) => !listed.has(name)).map((name) => `does not name ${name}, which is bundled`);
}

/** Lists what the lockfile resolves for installs of the packages, without what only their development needs. */
function write() {
  const [command, ...args] = pnpmCommand();
  const format = ['--sbom-format', 'cyclonedx', '--sbom-spec-version', '1.6'];
  const files = ['--split', '--out', 'sbom/%s.cdx.json'];
  execFileSync(command, [...args, '--filter', './packages/*', 'sbom', '--prod', ...format, ...files], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function check() {
  const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  for (const folder of readdirSync(new URL('../packages', import.meta.url))) {
    const manifest = JSON.parse(read(`packages/${folder}/package.json`)) as Manifest;
    const path = `sbom/rivulet-${folder}.cdx.json`;
    const text = read(path);
    const faults = await faultsOf(text, manifest);
    for (const fault of faults) process.stderr.write(`${path} ${fault}\n`);
    if (faults.length > 0) process.exitCode = 1;
    else
      process.stdout.write(
        `${path}: ${(JSON.parse(text) as BillOfMaterials).components?.length ?? 0} components\n`,
      );
  }
  const lists = ['gateway', 'console'].map((name) => read(`sbom/rivulet-${name}.cdx.json`));
  for (const fault of faultsOfBundle(read('packages/gateway/dist/console/licenses.txt'), lists)) {
    process.stderr.write(`packages/gateway/dist/console ${fault}\n`);
    process.exitCode = 1;
  }
}

if (import.meta.main) {
  write();
  await check();
}
