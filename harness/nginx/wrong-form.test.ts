import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { compileSite } from './compile-site.ts'
import { loadSiteFile } from './load-site-file.ts'

/** The errors of a text with their hints. */
function problems(text: string): string[] {
  const { site, diagnostics } = loadSiteFile(new Source('site', text), new Map())
  const all = site === null ? diagnostics : compileSite(site, { resolve: () => [] }).diagnostics
  return all.map(({ span, message, hint }) => `${span.line}: ${message} › ${hint ?? ''}`)
}

const inLocation = (line: string) => `server {\n  location / {\n    ${line}\n  }\n}`
const ENV = (name: string) =>
  `A template has \${${name}} for a value. Give it: host: {env: {${name}: …}}, or env: in host.yaml, as to the official image.`

test('a manifest and a Compose file are told once, with what to name instead', () => {
  const manifest = 'apiVersion: v1\nkind: ConfigMap\ndata:\n  default.conf: |\n    server {\n      listen 80;\n    }\n'
  expect(problems(manifest)).toEqual([
    '1: unknown directive "apiVersion:" › This is a manifest of Kubernetes. Name the ConfigMap that holds the file: site: {configMap: FILE, key: default.conf}.',
  ])
  expect(problems('services:\n  web:\n    image: nginx:1.27\n')).toEqual([
    expect.stringMatching(/› This is a Compose file\. Name the file of nginx that it mounts\.$/),
  ])
})

test.each([
  [`proxy_pass http://\${API_HOST}:9000;`, 'API_HOST'],
  ['proxy_pass http://$API_HOST:9000;', 'API_HOST'],
  [`client_max_body_size \${MAX_BODY};`, 'MAX_BODY'],
  [`\${EXTRA}`, 'EXTRA'],
])('%s wants a value', (line, name) => {
  expect(problems(inLocation(line)).some((problem) => problem.endsWith(`› ${ENV(name)}`))).toBe(true)
})

test('a template that envsubst does not know is to be rendered', () => {
  const [first = ''] = problems(inLocation('proxy_pass http://{{ .Values.host }}:9000;'))
  expect(first).toContain('Render it first, and name what comes out: helm template, envsubst.')
})

test('an upstream of Docker Compose cannot be a Service', () => {
  const [first] = problems(inLocation('proxy_pass http://api_gateway:9000;'))
  expect(first).toBe(
    '3: host not found in upstream "api_gateway" › Kubernetes has no Service with "_" in its name: "api_gateway" is one of Docker Compose. Write the Service\'s address, or its name with "-".',
  )
})

test('HTTP/2 is switched on by listen in this version', () => {
  const [first] = problems('server {\n  http2 on;\n}')
  expect(first).toMatch(
    /› nginx has this directive from 1\.25\.1 on\. Before, the parameter does it: listen 443 ssl http2\.$/,
  )
})

test('what is no form of its own keeps its hint', () => {
  expect(problems('server {\n  listn 80;\n}')).toEqual(['2: unknown directive "listn" › Did you mean "listen"?'])
})
