import { isIPv4 } from 'node:net'
import { z } from 'zod'
import { HEADER_VALUE, TOKEN } from './header-syntax.ts'
import type { HttpVersion } from './message.ts'
import { CERTIFICATE_KINDS, PROTOCOLS } from './service.ts'

/** `1.0` without quotes is the number 1 to YAML. */
export const httpVersion = z
  .union([z.enum(['1.0', '1.1']), z.literal(1), z.literal(1.1)], { error: 'an HTTP version is "1.0" or "1.1"' })
  .describe('The HTTP version of the request: "1.0", which nginx speaks to its upstreams by default, or "1.1".')

/** That of a client. */
export const clientHttpVersion = z
  .union([z.enum(['1.0', '1.1', '2']), z.literal(1), z.literal(1.1), z.literal(2)], {
    error: 'an HTTP version is "1.0", "1.1" or "2"',
  })
  .describe('The HTTP version of the request: "1.1" where nothing is said. "2" is spoken by TLS, to an https URL.')

/** Lines of headers by name, as they can be sent. */
function headerLines<Value extends z.ZodType<string | readonly string[]>>(value: Value) {
  return z.record(z.string(), value).check(({ value: headers, issues }) => {
    for (const [name, lines] of Object.entries<string | readonly string[]>(headers)) {
      const problem = headerProblem(name, [lines].flat())
      if (problem !== null) issues.push({ code: 'custom', input: lines, path: [name], message: problem })
    }
  })
}

function headerProblem(name: string, lines: readonly string[]): string | null {
  if (!TOKEN.test(name)) return `"${name}" is not a header name`
  return lines.every((line) => HEADER_VALUE.test(line))
    ? null
    : `the value of header "${name}" has a line break or another control character in it`
}

const when = z
  .strictObject({
    httpVersion: httpVersion.optional(),
    headers: headerLines(z.string()).describe('Each comes on one line with this value; absent: on none.').optional(),
    params: z
      .record(z.string(), z.string())
      .describe('What FastCGI, SCGI or uwsgi tells: each parameter comes once with this value; absent: not at all.')
      .optional(),
  })
  .describe('What else a request must be to get this answer.')

const answer = z
  .strictObject({
    request: z
      .string()
      .regex(
        /^([!#$%&'*+.^_`|~0-9A-Za-z-]+ )?\/[^\s]*$/,
        'this must be a request such as "GET /api/v1/processes/7", or only its target',
      ),
    status: z.int().min(200).max(599).optional(),
    when: when.optional(),
    headers: headerLines(
      z.union([z.string(), z.array(z.string()).max(100)], { error: 'a header is a text or a list of texts' }),
    ).optional(),
    body: z.string().optional(),
    json: z.json().optional(),
    trailers: headerLines(z.string())
      .describe('Headers behind the body, as gRPC has them (`grpc-status`). Over HTTP/1.1 a stub sends none.')
      .optional(),
  })
  .refine(({ body, json }) => body === undefined || json === undefined, 'an answer has a body or a json, not both')

const port = z.int().min(1).max(65535)

const dnsName = z
  .string()
  .max(253)
  .regex(
    /^(?:\*\.)?[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i,
    'this must be a DNS name such as "api.example.com" or "*.example.com"',
  )

const tls = z
  .union(
    [
      z.boolean(),
      z.strictObject({
        names: z
          .array(dnsName)
          .min(1)
          .max(100)
          .describe('The DNS names in its certificate. Left out: the names that cluster DNS has for the Service.')
          .optional(),
        certificate: z
          .enum(CERTIFICATE_KINDS)
          .describe(
            'trusted (the default): signed by an authority that is made for the run and stands in for those that the site names and the chain has not. self-signed; expired: signed by that authority, and over.',
          )
          .optional(),
        needsServerName: z
          .boolean()
          .describe('Whether a client is turned away that names none of them in its TLS handshake (SNI).')
          .optional(),
      }),
    ],
    { error: 'tls is true, or what its certificate is: {names: [...], certificate: ..., needsServerName: ...}' },
  )
  .describe('Its pods speak TLS, with a certificate that is made for the run.')

/** What services.yaml says about one Service, apart from its name; all of it may be left out where a chain changes a Service of another. */
export const serviceChanges = z.strictObject({
  on: z
    .enum(['cluster', 'host'])
    .describe('host: a program on the host of nginx, at 127.0.0.1, and no Service. As cluster where it is left out.')
    .optional(),
  clusterIP: z.string().refine(isIPv4, 'a ClusterIP is an IPv4 address such as 10.43.193.134').optional(),
  port: port.optional(),
  targetPort: port
    .describe(
      'The port of its pods to which the Service sends what comes to its own (Kubernetes). As `port` where it is left out.',
    )
    .optional(),
  listens: port
    .describe('The port that its pods listen on; on any other they refuse connections. As `port` where it is left out.')
    .optional(),
  socket: z
    .string()
    .max(100)
    .regex(/^\/(?!.*\/\.{0,2}(?:\/|$))[^\s:]+$/, 'a socket has an absolute path such as /run/app.sock')
    .describe('The unix domain socket at which a program on the host listens, in place of a port.')
    .optional(),
  morePorts: z
    .array(z.strictObject({ port, targetPort: port.optional(), listens: port.optional(), tls: tls.optional() }))
    .max(20)
    .describe('Its ports beside `port`, each with where it leads and whether its pods speak TLS there.')
    .optional(),
  replicas: z.int().min(0).max(100).optional(),
  tls: tls.optional(),
  serves: z.array(z.string().startsWith('/', 'a path prefix starts with "/"')).max(1000).optional(),
  answers: z.array(answer).max(1000).optional(),
  websocket: z.boolean().optional(),
  speaks: z
    .enum(PROTOCOLS)
    .describe(
      'The protocol of its pods: http (the default), grpc (HTTP/2, behind `grpc_pass`), or fastcgi, scgi, uwsgi, as applications behind `fastcgi_pass` and its like, or memcached, whose answers are the values of keys.',
    )
    .optional(),
})

/** A Service's name as Kubernetes allows it (RFC 1035 label). */
export const serviceName = z
  .string()
  .regex(
    /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'a Service has a name of a-z, 0-9 and "-" that starts with a letter (Kubernetes, RFC 1035 label)',
  )

/** One Service of services.yaml. */
export const service = serviceChanges.extend({ name: serviceName }).check(({ value, issues }) => {
  if (value.port === undefined && value.socket === undefined)
    issues.push({ code: 'invalid_type', expected: 'number', input: undefined, path: ['port'] })
})

/** The whole of services.yaml. */
export const servicesFile = z.strictObject({ services: z.array(service).min(1).max(1000) })

export type ServiceChanges = z.output<typeof serviceChanges>

/** An HTTP version as a file may write it. */
export function toHttpVersion(written: z.output<typeof clientHttpVersion>): HttpVersion {
  if (written === '2' || written === 2) return '2.0'
  return written === '1.0' || written === 1 ? '1.0' : '1.1'
}
