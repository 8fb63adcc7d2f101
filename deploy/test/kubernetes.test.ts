/** The manifests as they are, without a cluster: see docs/deployment.md for what that leaves open. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { type AnyManifest, manifestFaults } from './kubernetesTypes.ts';
import { DEPLOY } from './mosquitto.ts';

const FOLDER = join(DEPLOY, 'kubernetes');

interface Port {
  readonly name: string;
  readonly containerPort: number;
}
interface Probe {
  readonly exec?: { readonly command: readonly string[] };
  readonly tcpSocket?: { readonly port: string };
  readonly httpGet?: { readonly port: string };
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly Port[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly resources: { readonly requests: object; readonly limits: object };
  readonly volumeMounts?: readonly { readonly name: string }[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: Probe;
}
interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly securityContext: { readonly runAsNonRoot?: boolean; readonly seccompProfile?: { readonly type: string } };
    readonly automountServiceAccountToken?: boolean;
    readonly containers: readonly Container[];
    readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
  };
}
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly serviceName?: string;
    readonly replicas?: number;
    readonly selector?: Readonly<Record<string, unknown>>;
    readonly template?: Pod;
    readonly ports?: readonly { readonly targetPort: string }[];
    readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly { readonly ports?: readonly { readonly port: number }[] }[];
    readonly egress?: readonly unknown[];
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

const VERSIONS: Readonly<Record<string, string>> = {
  Namespace: 'v1',
  ConfigMap: 'v1',
  Service: 'v1',
  StatefulSet: 'apps/v1',
  Job: 'batch/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
};

const listed = (parse(await readFile(join(FOLDER, 'kustomization.yaml'), 'utf8')) as { resources: string[] }).resources;
const manifests: Manifest[] = [];
for (const file of listed) {
  for (const document of parseAllDocuments(await readFile(join(FOLDER, file), 'utf8'))) {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`);
    manifests.push(document.toJS() as Manifest);
  }
}
const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const workloads = manifests
  .filter(({ spec }) => spec?.template)
  .map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest, manifest.spec.template as Pod] as const);
const name = (labels: unknown): string | undefined =>
  (labels as Record<string, string> | undefined)?.['app.kubernetes.io/name'];

describe('deploy/kubernetes', () => {
  it('lists every file, with a kind and a version that Kubernetes has, each name once', async () => {
    const files = (await readdir(FOLDER)).filter((file) => file !== 'kustomization.yaml');
    expect([...listed].sort()).toEqual(files.sort());
    for (const { kind, apiVersion } of manifests) expect(apiVersion, kind).toBe(VERSIONS[kind]);
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has no field that the schema of Kubernetes does not know, and none of another type', async () => {
    expect(await manifestFaults(manifests)).toEqual([]);
  });

  it.each([
    ['a field that is misspelt', 'StatefulSet', '"readinessProbe":', '"redinessProbe":', /redinessProbe/],
    ['a number for a text', 'Job', /"image":"[^"]+"/, '"image":7', /'number' is not assignable to type 'string'/],
    ['a field that is missing', 'Service', /"port":\d+,?/, '', /'port' is missing/],
    [
      'a kind that is none',
      'NetworkPolicy',
      '"NetworkPolicy"',
      '"NetworkPolice"',
      /no exported member 'NetworkPolice'/,
    ],
  ])('would show %s', async (_what, kind, from, to, told) => {
    const [one] = ofKind(kind);
    const altered = JSON.stringify(one).replace(from, to);
    expect(altered).not.toBe(JSON.stringify(one));
    const found = await manifestFaults([JSON.parse(altered) as AnyManifest]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(told);
  });

  it.each(workloads)(
    '%s runs as nobody special, changes nothing of its image, and is bounded',
    (_title, _manifest, pod) => {
      expect(pod.spec.securityContext.runAsNonRoot).toBe(true);
      expect(pod.spec.securityContext.seccompProfile?.type).toBe('RuntimeDefault');
      expect(pod.spec.automountServiceAccountToken).toBe(false);
      for (const container of pod.spec.containers) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.image).toMatch(/:\d+\.\d+\.\d+$/);
        for (const bound of [container.resources.requests, container.resources.limits]) {
          expect(Object.keys(bound).sort()).toEqual(['cpu', 'memory']);
        }
      }
    },
  );

  it.each(workloads)('%s mounts what it has, and probes ports that it has', (_title, manifest, pod) => {
    const volumes = [
      ...pod.spec.volumes.map((volume) => volume.name),
      ...(manifest.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name),
    ];
    for (const container of pod.spec.containers) {
      expect([...new Set(container.volumeMounts?.map((mount) => mount.name))].sort()).toEqual([...volumes].sort());
      const ports = (container.ports ?? []).map((port) => port.name);
      for (const probe of [container.readinessProbe, container.livenessProbe, container.startupProbe]) {
        if (!probe) continue;
        const port = probe.tcpSocket?.port ?? probe.httpGet?.port;
        if (port === undefined) expect(probe.exec?.command.length).toBeGreaterThan(0);
        else expect(ports).toContain(port);
      }
    }
    if (manifest.kind === 'StatefulSet') expect(pod.spec.containers[0]?.readinessProbe).toBeDefined();
  });

  it('selects by labels that its pods carry, and serves ports that they have', () => {
    for (const [title, manifest, pod] of workloads) {
      if (manifest.kind === 'Job') continue;
      expect(name((manifest.spec.selector as { matchLabels: object }).matchLabels), title).toBe(
        name(pod.metadata.labels),
      );
      expect(ofKind('Service').map((service) => service.metadata.name)).toContain(manifest.spec.serviceName);
      expect(ofKind('PodDisruptionBudget').map((budget) => budget.metadata.name)).toContain(manifest.metadata.name);
    }
    for (const service of ofKind('Service')) {
      const pod = workloads
        .map(([, , template]) => template)
        .find((one) => name(one.metadata.labels) === name(service.spec.selector));
      const ports = pod?.spec.containers.flatMap((container) => (container.ports ?? []).map((port) => port.name));
      for (const port of service.spec.ports ?? []) expect(ports, service.metadata.name).toContain(port.targetPort);
    }
  });

  it('lets nothing speak with anything unless a policy says so, and has one for each', () => {
    const policies = ofKind('NetworkPolicy');
    const closed = policies.find(
      ({ spec }) => Object.keys(spec.podSelector ?? {}).length === 0 && !spec.ingress && !spec.egress,
    );
    expect(closed?.spec.policyTypes?.toSorted()).toEqual(['Egress', 'Ingress']);
    for (const [title, , pod] of workloads) {
      const label = name(pod.metadata.labels);
      const own = policies.find(({ spec }) => name(spec.podSelector?.matchLabels) === label);
      expect(own, title).toBeDefined();
      const ports = new Set(pod.spec.containers.flatMap((one) => (one.ports ?? []).map((port) => port.containerPort)));
      const opened = (own?.spec.ingress ?? []).flatMap((rule) => (rule.ports ?? []).map(({ port }) => port));
      for (const port of opened) expect(ports, title).toContain(port);
    }
  });

  it('has as many hubs as they think they are, each with a name that ends in its number', () => {
    const hub = ofKind('StatefulSet').find(({ metadata }) => metadata.name === 'hub');
    const env = hub?.spec.template?.spec.containers[0]?.env ?? [];
    expect(env.find((one) => one.name === 'SAFE_PASSAGE_HUB_COUNT')?.value).toBe(String(hub?.spec.replicas));
    expect(env.find((one) => one.name === 'SAFE_PASSAGE_HUB_NAME')?.valueFrom).toEqual({
      fieldRef: { fieldPath: 'metadata.name' },
    });
    const config = ofKind('ConfigMap').find(({ metadata }) => metadata.name === 'hub')?.data?.['hub.yaml'] ?? '';
    const { floors } = parse(config) as { floors: unknown[] };
    expect(floors.length).toBeGreaterThanOrEqual(hub?.spec.replicas ?? Number.POSITIVE_INFINITY);
  });

  it('gives devices and the hub the same rights at EMQX as at Mosquitto, and nobody else any', async () => {
    const acl = ofKind('ConfigMap').find(({ metadata }) => metadata.name === 'broker')?.data?.['acl.conf'] ?? '';
    const mosquitto = await readFile(join(DEPLOY, 'mosquitto/acl'), 'utf8');
    const emqx = new Set<string>();
    for (const [, who = '', what = '', topics = ''] of acl.matchAll(
      /^\{allow, (.+?), (publish|subscribe), \[(.+)\]\}\.$/gm,
    )) {
      const user = who === 'all' ? 'device' : (/"(.+)"/.exec(who)?.[1] ?? who);
      for (const [, topic = ''] of topics.matchAll(/"([^"]+)"/g)) emqx.add(`${user} ${what} ${topic}`);
    }
    const expected = new Set<string>();
    let user = '';
    for (const line of mosquitto.split('\n')) {
      const [kind, first = '', topic = ''] = line.split(' ');
      const what = first === 'write' ? 'publish' : 'subscribe';
      if (kind === 'user') user = first;
      // biome-ignore lint/suspicious/noTemplateCurlyInString: EMQX writes it so.
      else if (kind === 'pattern') expected.add(`device ${what} ${topic.replace('%u', '${username}')}`);
      else if (kind === 'topic') expected.add(`${user} ${what} ${topic}`);
    }
    expect(emqx).toEqual(expected);
    expect(acl.trim()).toMatch(/\{deny, all\}\.$/);
  });
});
