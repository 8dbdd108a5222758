import { expect, test } from 'vitest'
import { Problems } from '../diagnostics/problems.ts'
import { Source } from '../diagnostics/source.ts'
import { servicesOfManifests } from './manifest-services.ts'
import { isManifest } from './manifests.ts'

/** As `kubectl get services -o yaml` prints them. */
const LIST = `apiVersion: v1
items:
- apiVersion: v1
  kind: Service
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"v1","kind":"Service","metadata":{"name":"orders"}}
    creationTimestamp: "2025-03-01T10:00:00Z"
    name: orders
    namespace: shop
    resourceVersion: "812"
  spec:
    clusterIP: 10.43.7.7
    clusterIPs:
    - 10.43.7.7
    ports:
    - name: http
      port: 80
      protocol: TCP
      targetPort: 8080
    - name: metrics
      port: 9090
      protocol: TCP
      targetPort: metrics
    - name: dns
      port: 53
      protocol: UDP
      targetPort: 53
    selector:
      app: orders
    type: ClusterIP
  status:
    loadBalancer: {}
- apiVersion: v1
  kind: Service
  metadata: {name: mail, namespace: shop}
  spec: {type: ExternalName, externalName: mail.example.com}
- apiVersion: v1
  kind: Service
  metadata: {name: db, namespace: shop}
  spec: {clusterIP: None, ports: [{port: 5432}]}
- apiVersion: v1
  kind: Service
  metadata: {name: orders, namespace: staging}
  spec: {clusterIP: 10.43.7.8, ports: [{port: 80}]}
- apiVersion: v1
  kind: Service
  metadata: {name: dns, namespace: shop}
  spec: {clusterIP: 10.43.0.11, ports: [{port: 53, protocol: UDP}]}
kind: List
metadata:
  resourceVersion: ""
`

function read(...texts: readonly string[]) {
  const problems = new Problems()
  const found = servicesOfManifests(
    texts.map((text, index) => new Source(`${index}.yaml`, text)),
    problems,
  )
  return { ...found, problems: problems.list }
}

test('a list of Services as kubectl prints it', () => {
  const { services, problems } = read(LIST)
  expect(problems).toEqual([])
  expect(services).toMatchObject([
    {
      name: 'orders',
      on: 'cluster',
      clusterIP: '10.43.7.7',
      port: 80,
      targetPort: 8080,
      listens: 8080,
      morePorts: [{ port: 9090, targetPort: 9090 }],
      span: { line: 10, column: 11 },
      keys: { clusterIP: { line: 14 }, port: { line: 17 } },
    },
  ])
})

test('what a chain has no word for is left out, and said by name', () => {
  expect(read(LIST).leftOut.map(({ name, because, span }) => `${span.line} ${name} ${because}`)).toEqual([
    '37 mail is of type ExternalName: its name leads to mail.example.com, and to no pod',
    '41 db is headless (clusterIP: None): its name leads to its pods, and to no ClusterIP',
    '45 orders is in namespace staging, and another of that name in shop: a chain has one namespace',
    '49 dns has no TCP port',
  ])
})

test('the same as JSON, and several documents of Helm with other objects between them', () => {
  const json = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'users' },
    spec: { ports: [{ port: 80, targetPort: 'http' }] },
  })
  const helm = `---
# Source: shop/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
---
# Source: shop/templates/empty.yaml
---
# Source: shop/templates/service.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 3000}]}
`
  expect(isManifest(json)).toBe(true)
  const { services, problems } = read(json, helm)
  expect(problems).toEqual([])
  expect(services).toMatchObject([
    { name: 'users', clusterIP: null, port: 80, targetPort: 80 },
    { name: 'web', port: 3000 },
  ])
})

test.each([
  ['apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n', 2, 'the manifest has Deployment'],
  ['apiVersion: v1\nkind: Service\nmetadata: {name: Web}\nspec: {}\n', 3, 'a Service has a name of a-z'],
  [
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports: [{port: eighty}]\n',
    5,
    '"port" must be a number',
  ],
])('what is wrong is told at its place: %j', (text, line, message) => {
  expect(read(text).problems).toMatchObject([{ span: { line }, message: expect.stringContaining(message) }])
})

test.each(['server { listen 80; }', 'services:\n- {name: a, port: 1}\n', '# apiVersion: v1\n# kind: Service\n', ''])(
  'no manifest: %j',
  (text) => expect(isManifest(text)).toBe(false),
)
