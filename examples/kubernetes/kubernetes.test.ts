/** Checks the manifests without a cluster: against the schemas of Kubernetes, the gateway's settings and each other. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { ISecret } from 'kubernetes-models/v1/Secret';
import type { IService } from 'kubernetes-models/v1/Service';
import { parse } from 'yaml';
import { DEFAULT_LIMITS } from '../../packages/gateway/src/base/index.ts';
import { parseConfigFile } from '../../packages/gateway/src/cli/config-file.ts';
import { readArguments } from '../../packages/gateway/src/cli/arguments.ts';
import { ENVIRONMENT } from '../../packages/gateway/src/cli/config-settings.ts';
import { readConfig } from '../../packages/gateway/src/cli/read-config.ts';
import { CLOSE_GRACE_MS } from '../../packages/gateway/src/cli/run.ts';
import { manifestFiles, manifestsIn, problemsOf, type Manifest } from './manifests.ts';

const all = manifestFiles.flatMap(manifestsIn);
/** The one manifest of a kind. Its type is checked by the first test. */
const only = (kind: string): unknown => all.find((manifest) => manifest.kind === kind);

const deployment = only('Deployment') as IDeployment;
const job = only('Job') as IJob;
const pod = deployment.spec!.template.spec!;
const jobPod = job.spec!.template.spec!;
const [gateway] = pod.containers;
const podLabels = deployment.spec!.template.metadata!.labels;
const config = readConfig({
  flags: {},
  environment: {
    RIVULET_SECRET: 'x'.repeat(32),
    RIVULET_POSTGRES_URL: 'postgres://x/y',
    RIVULET_REDIS_URL: 'redis://x',
  },
  file: parseConfigFile('rivulet.json', (only('ConfigMap') as IConfigMap).data?.['rivulet.json'] ?? ''),
});

describe('the manifests', () => {
  it('are valid by the schemas of Kubernetes, without unknown keys', () => {
    expect(problemsOf(all)).toEqual([]);
  }, 60_000);

  it('are all applied, except the template of the secret', () => {
    const { resources } = parse(readFileSync(new URL('kustomization.yaml', import.meta.url), 'utf8')) as {
      resources: string[];
    };
    expect([...resources, 'secret.example.yaml'].sort()).toEqual(manifestFiles);
  });

  it.each([
    ['a mistyped key', { ...deployment, spec: { ...deployment.spec, replica: 3 } }, /replica/],
    ['a wrong type', { ...deployment, spec: { ...deployment.spec, replicas: 'three' } }, /integer|number/],
    ['an unknown kind', { apiVersion: 'v1', kind: 'Pods', metadata: { name: 'x' } }, /no schema/],
  ])(
    'would be refused with %s',
    (_what, manifest, problem) => {
      expect(problemsOf([manifest as Manifest]).join()).toMatch(problem);
    },
    60_000,
  );
});

describe('the configuration', () => {
  it('is accepted by the gateway, whose operators have a port of their own', () => {
    expect(config).toMatchObject({
      host: '127.0.0.1',
      adminPort: 8788,
      postgresMigrate: 'refuse',
      trustProxy: 1,
    });
  });

  it('has secrets under the names that the gateway reads', () => {
    const names = Object.keys((only('Secret') as ISecret).stringData ?? {});
    expect(names).toContain('RIVULET_SECRET');
    expect(names.filter((name) => !(name in ENVIRONMENT))).toEqual([]);
  });

  it.each([
    ['start', gateway],
    ['migrate', jobPod.containers[0]],
  ])('is what %s is called with, from the mounted folder', (command, container) => {
    const args = readArguments(container?.args ?? []);
    expect(args).toMatchObject({ command, configFile: '/config/rivulet.json' });
    expect(container?.volumeMounts).toContainEqual({ name: 'config', mountPath: '/config', readOnly: true });
    expect(container?.envFrom).toEqual([{ secretRef: { name: 'rivulet' } }]);
  });
});

describe('a gateway', () => {
  it('is killed only after the preStop hook, its drain and the end of its connections', () => {
    const { sleep } = gateway!.lifecycle!.preStop!;
    const drainMs = config.limits.drainMs ?? 0;
    const graceMs = 1_000 * pod.terminationGracePeriodSeconds!;
    expect(graceMs).toBeGreaterThanOrEqual(1_000 * sleep!.seconds + drainMs + CLOSE_GRACE_MS);
    // No answer that may be written is cut by a deploy.
    expect(drainMs).toBeGreaterThanOrEqual(DEFAULT_LIMITS.upstreamTotalMs);
  });

  it('listens on the ports of the configuration, which probes, Service, Ingress and scrapers use', () => {
    const ports = gateway?.ports?.map(({ name, containerPort }) => [name, containerPort]);
    expect(ports).toEqual([
      ['http', config.port],
      ['operators', config.adminPort],
    ]);
    const probes = [gateway?.livenessProbe, gateway?.readinessProbe, gateway?.startupProbe];
    expect(probes.map((probe) => probe?.httpGet?.path)).toEqual(['/healthz', '/readyz', '/healthz']);
    expect(probes.map((probe) => probe?.httpGet?.port)).toEqual(['http', 'http', 'http']);
    expect((only('Service') as IService).spec?.ports).toEqual([
      { name: 'http', port: 80, targetPort: 'http' },
    ]);
    const [rule] = (only('Ingress') as IIngress).spec!.rules!;
    expect(rule?.http?.paths[0]?.backend.service).toEqual({ name: 'rivulet', port: { name: 'http' } });
    const scraped = deployment.spec!.template.metadata!.annotations!['prometheus.io/port'];
    expect(scraped).toBe(`${config.adminPort}`);
  });

  it.each([
    ['gateway', pod],
    ['migrate', jobPod],
  ])(
    '%s: no root, no capability, no writing outside its volumes, no token of the cluster',
    (_name, spec: IPodSpec) => {
      expect(spec.automountServiceAccountToken).toBe(false);
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const { securityContext, resources } of spec.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(resources?.limits).toHaveProperty('memory');
      }
      const volumes = (spec.volumes ?? []).map(({ name }) => name);
      const mounted = spec.containers.flatMap(({ volumeMounts = [] }) =>
        volumeMounts.map(({ name }) => name),
      );
      expect(mounted).toEqual(volumes);
    },
  );

  it('is found by its Service, budget, spread and policy, and the Job by none of them but the policy', () => {
    const { spec } = deployment;
    const selectors = [
      spec!.selector.matchLabels,
      (only('Service') as IService).spec!.selector,
      (only('PodDisruptionBudget') as IPodDisruptionBudget).spec!.selector!.matchLabels,
      ...pod.topologySpreadConstraints!.map(({ labelSelector }) => labelSelector!.matchLabels),
    ];
    for (const selector of selectors) expect(selector).toEqual(podLabels);
    expect(job.spec!.template.metadata!.labels).not.toEqual(podLabels);
    const policy = (only('NetworkPolicy') as INetworkPolicy).spec!.podSelector!.matchLabels;
    expect(podLabels).toMatchObject(policy!);
    expect(job.spec!.template.metadata!.labels).toMatchObject(policy!);
    expect((only('HorizontalPodAutoscaler') as IHorizontalPodAutoscaler).spec.scaleTargetRef.name).toBe(
      deployment.metadata!.name,
    );
  });

  it('has no sticky sessions, and proxies that wait longer than an answer takes', () => {
    expect((only('Service') as IService).spec?.sessionAffinity).toBe('None');
    const { annotations = {} } = (only('Ingress') as IIngress).metadata!;
    expect(JSON.stringify(annotations)).not.toMatch(/sticky|affinity|hash/);
    const readTimeoutMs = 1_000 * Number.parseInt(annotations['nginx.org/proxy-read-timeout'] ?? '', 10);
    expect(readTimeoutMs).toBeGreaterThan(DEFAULT_LIMITS.upstreamTotalMs);
  });
});
