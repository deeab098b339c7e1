/** Reads the manifests of this folder, and checks each against the schema of its kind. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import ts from 'typescript';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { parseAllDocuments } from 'yaml';

const folder = fileURLToPath(new URL('./', import.meta.url));

/** A parsed manifest. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

/** The kinds that are used, with the module of each; `validate()` checks types, required keys and formats. */
const MODELS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  'apps/v1/Deployment': Deployment,
  'autoscaling/v2/HorizontalPodAutoscaler': HorizontalPodAutoscaler,
  'batch/v1/Job': Job,
  'networking.k8s.io/v1/Ingress': Ingress,
  'networking.k8s.io/v1/NetworkPolicy': NetworkPolicy,
  'policy/v1/PodDisruptionBudget': PodDisruptionBudget,
  'v1/ConfigMap': ConfigMap,
  'v1/Secret': Secret,
  'v1/Service': Service,
};

/** Reads the manifests of a file. */
export const manifestsIn = (file: string): Manifest[] =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as Manifest; // checked by problemsOf
  });

/** The files with manifests, in order. */
export const manifestFiles = readdirSync(folder).filter(
  (name) => name.endsWith('.yaml') && name !== 'kustomization.yaml',
);

/** Returns what is wrong with the manifests, in words; empty when nothing is. */
export function problemsOf(manifests: readonly Manifest[]): string[] {
  const kindOf = ({ apiVersion, kind }: Manifest) => `${apiVersion}/${kind}`;
  const invalid = manifests.flatMap((manifest) => {
    const Model = MODELS[kindOf(manifest)];
    if (Model === undefined) return [`there is no schema for ${kindOf(manifest)}`];
    try {
      new Model(manifest as never).validate(); // as the API server would get it
      return [];
    } catch (error) {
      return [`${manifest.metadata.name}: ${String(error)}`];
    }
  });
  const known = manifests.filter((manifest) => kindOf(manifest) in MODELS);
  return [...invalid, ...unknownKeysOf(known.map((manifest) => [kindOf(manifest), manifest]))];
}

/**
 * The schemas allow keys that they do not know, as the API server does by default: a mistyped key would have no effect. The compiler
 * knows them, from the types of the same package.
 */
function unknownKeysOf(manifests: readonly (readonly [string, Manifest])[]): string[] {
  const source = manifests
    .map(([module, manifest], index) => {
      const type = `import('kubernetes-models/${module}').I${manifest.kind}`;
      return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};`;
    })
    .join('\n');
  const name = join(folder, 'manifests.generated.ts');
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([name], options, {
    ...host,
    fileExists: (file) => file === name || host.fileExists(file),
    readFile: (file) => (file === name ? source : host.readFile(file)),
    getSourceFile: (file, ...rest) =>
      file === name ? ts.createSourceFile(file, source, rest[0]) : host.getSourceFile(file, ...rest),
  });
  return [...program.getSemanticDiagnostics(), ...program.getGlobalDiagnostics()].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, ' '),
  );
}
