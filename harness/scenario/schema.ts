import { isIP } from 'node:net'
import { z } from 'zod'
import { host, nginxVersion } from '../chain/host-schema.ts'
import { clientHttpVersion, httpVersion, serviceChanges } from '../chain/services-schema.ts'
import { MAX_EXAMPLES, MAX_HEADER_LINES, MAX_PATTERN_LENGTH, MAX_STEPS } from './limits.ts'

/**
 * The scenario format, once: files are checked against it, types are inferred from it, and the JSON Schema for editors is
 * printed from it. Steps are checked by the schema of their one action (`STEPS`), so that a message is about that action.
 * `meta` says to the JSON Schema what zod has no word for.
 */

/** In a file a number may also be written `${name}`; it is checked once a row of the examples has filled it in. */
const orPlaceholder = { type: ['integer', 'string'], pattern: '\\$\\{[\\w-]+\\}' }

const text = z.union([z.string(), z.number(), z.boolean()], { error: 'this must be a text' })
const pattern = z.string().max(MAX_PATTERN_LENGTH)
const DURATION = 'a duration is a number and its unit: 500ms, 5s, 1m'
const duration = z.string(DURATION).regex(/^(\d+(\.\d+)?(ms|s|m)|.*\$\{[\w-]+\}.*)$/, DURATION)

const exactStatus = z.int().min(100).max(599).meta(orPlaceholder)
const status = z.union([exactStatus, z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])], {
  error: 'a status is a number from 100 to 599, or a class: 2xx, 4xx',
})

const textMatch = { contains: text.optional(), matches: pattern.optional() }
const one = { minProperties: 1, maxProperties: 1 }
const onlyOne = (value: object) => Object.keys(value).length === 1
/** A rule about a mapping as a whole, which says nothing where a key of it is already wrong. */
const rule = (error: string) => ({ error, when: ({ issues }: { issues: readonly unknown[] }) => issues.length === 0 })

const textMatcher = z.union(
  [text, z.strictObject(textMatch).refine(onlyOne, rule('this takes one of contains, matches')).meta(one)],
  { error: 'this must be a text, {contains: text} or {matches: regex}' },
)
const bodyMatcher = z.union(
  [
    text,
    z
      .strictObject({ ...textMatch, json: z.json().optional() })
      .refine(onlyOne, rule('this takes one of contains, matches, json'))
      .meta(one),
  ],
  { error: 'this must be a text, {contains: text}, {matches: regex} or {json: value}' },
)
const headerMatcher = z.union(
  [
    text,
    z
      .strictObject({ ...textMatch, some: textMatcher.describe('At least one of its lines is so.').optional() })
      .refine(onlyOne, rule('this takes one of contains, matches, some'))
      .meta(one),
    z.array(textMatcher).min(1).max(MAX_HEADER_LINES).describe('All its lines, in their order.'),
  ],
  {
    error:
      'this must be a text, {contains: text}, {matches: regex}, {some: one of its lines}, a list of its lines, or absent',
  },
)
const headerMatchers = z.record(z.string(), headerMatcher)

const hop = {
  status: exactStatus.optional(),
  receives: z.string().optional(),
  httpVersion: httpVersion.optional(),
  headers: headerMatchers.optional(),
  answers: z
    .strictObject({ status: exactStatus.optional(), headers: headerMatchers.optional(), body: bodyMatcher.optional() })
    .describe('What this hop answers; its status may also be written as `status` beside it.')
    .optional(),
}
const tries = z
  .int()
  .min(0)
  .max(1000)
  .meta(orPlaceholder)
  .describe('How often nginx sends the request to an upstream until it has an answer; 0 where it asks none.')
const proxyHop = { ...hop, sends: z.string().optional(), to: z.string().optional() }
const passNumber = z
  .union([z.int().min(1), z.literal('last')], { error: 'this must be a number from 1 on, or last' })
  .describe(
    'Which pass through nginx this is about, counted from 1. Default: the one that led to the hop the step asks about.',
  )
const orUnreached = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.union([z.literal('unreached'), z.strictObject(shape)], { error: 'this must be a mapping, or unreached' })

const hops = {
  nginx: orUnreached({
    ...proxyHop,
    pass: passNumber.optional(),
    location: z.string().optional(),
    tries: tries.optional(),
  }).optional(),
  gateway: orUnreached({ ...proxyHop, route: z.string().optional() }).optional(),
  backend: orUnreached({
    ...hop,
    service: z.string().optional(),
    method: z.string().optional(),
    params: headerMatchers
      .describe('What FastCGI, SCGI or uwsgi told it: SCRIPT_FILENAME, PATH_INFO and their like.')
      .optional(),
    body: bodyMatcher.optional(),
  }).optional(),
}

const exchange = {
  status: status.optional(),
  headers: headerMatchers.optional(),
  trailers: headerMatchers.describe('Headers behind the body, as gRPC has them: `grpc-status`.').optional(),
  body: bodyMatcher.optional(),
  ...hops,
  subrequests: z
    .array(z.strictObject(hops))
    .max(50)
    .describe(
      'What nginx asks besides (auth_request, mirror): one for each subrequest, in the order in which they begin.',
    )
    .optional(),
  blame: z.string().optional(),
  within: duration.optional(),
}
const exchangeExpect = z.strictObject(exchange)
const webSocketExpect = z.strictObject({ ...exchange, messages: z.array(text).max(1000).optional() })

const capture = z
  .strictObject({
    json: z.string().optional(),
    header: z.string().optional(),
    matches: pattern.describe('Of a header: its one line that matches, or the part of it in parentheses.').optional(),
    body: pattern.optional(),
    secret: z
      .boolean()
      .describe('Whether no report may show the value. Default: what its name says (token, password).')
      .optional(),
  })
  .refine(
    ({ matches, secret: _, ...from }) => onlyOne(from) && (matches === undefined || from.header !== undefined),
    rule('a capture takes one of json, header, body; a header may have a matches'),
  )
  .meta({ minProperties: 1, maxProperties: 3 })

const requestParts = {
  via: z.string().optional(),
  from: z
    .string()
    .refine((text) => isIP(text) !== 0, 'a client comes from an IP address such as 203.0.113.9')
    .describe('The address that nginx sees the client come from. Where it is left out, that of its host.')
    .optional(),
  proxyProtocol: z
    .string()
    .refine((text) => isIP(text) !== 0, 'the PROXY protocol names an IP address such as 203.0.113.9')
    .describe('The client that a header of the PROXY protocol names, which is sent first, as a load balancer does.')
    .optional(),
  target: z
    .string()
    .describe('What stands in the request line in place of the path: the absolute form, for example.')
    .optional(),
  host: z.string().optional(),
  headers: z
    .record(z.string(), z.union([text, z.array(text)], { error: 'a header is a text or a list of texts' }))
    .optional(),
}

const serviceOf = (kind: string) => z.string().min(1, `this must name a Service: ${kind}`)
const edit = z
  .strictObject({
    file: z
      .string()
      .describe(
        'site, routes.yaml, middleware.yaml, auth.yaml, or another file of nginx by its path in the chain folder.',
      ),
    text: z.string().optional(),
    replace: z.string().min(1).optional(),
    with: z.string().optional(),
  })
  .refine(isOneEdit, rule('an edit has a text, or a replace and a with'))

const fault = z
  .strictObject({
    service: z.string(),
    status: z.int().min(200).max(599).meta(orPlaceholder).optional(),
    delay: duration.optional(),
    reset: z.literal(true).optional(),
    drop: z.literal(true).optional(),
    nth: z.int().min(1).max(1_000_000).meta(orPlaceholder).optional(),
  })
  .refine(
    ({ status, delay, reset, drop }) => [status, delay, reset, drop].filter((kind) => kind !== undefined).length === 1,
    rule('a fault is one of status, delay, reset, drop'),
  )

const refused = z.string().min(1).max(1_000)
const mayBeRefused = { expect: z.strictObject({ refused }).optional() }

const stepSchemas = {
  request: z.strictObject({
    request: z.string(),
    ...requestParts,
    httpVersion: clientHttpVersion.optional(),
    body: text.optional(),
    json: z.json().optional(),
    expect: exchangeExpect.optional(),
    capture: z.record(z.string(), capture).optional(),
  }),
  websocket: z.strictObject({
    websocket: z.string(),
    ...requestParts,
    send: z.array(text).max(1000).optional(),
    expect: webSocketExpect.optional(),
  }),
  health: z.strictObject({ health: z.string(), expect: exchangeExpect.optional() }),
  drift: z.strictObject({
    drift: z.strictObject({ expect: z.strictObject({ stale: z.array(z.string()).max(1000) }) }),
  }),
  recreate: z.strictObject({
    recreate: z.union(
      [
        z.string(),
        z.strictObject({ service: z.string(), clusterIP: z.ipv4('a ClusterIP is an IPv4 address').optional() }),
      ],
      {
        error: 'this must be service/NAME, or {service: NAME, clusterIP: ADDRESS}',
      },
    ),
  }),
  delete: z.strictObject({ delete: serviceOf('service/scheduling') }),
  stop: z.strictObject({ stop: serviceOf('service/scheduling') }),
  start: z.strictObject({ start: serviceOf('service/scheduling') }),
  scale: z.strictObject({
    scale: z.strictObject({ service: z.string(), replicas: z.int().min(0).max(100).meta(orPlaceholder) }),
  }),
  fault: z.strictObject({ fault }),
  edit: z.strictObject({ edit }),
  restart: z.strictObject({
    restart: z.literal('gateway', 'only the gateway restarts; nginx reloads: `reload: nginx`'),
    ...mayBeRefused,
  }),
  reload: z.strictObject({
    reload: z.literal('nginx', 'only nginx reloads; the gateway restarts: `restart: gateway`'),
    ...mayBeRefused,
  }),
  repin: z.strictObject({ repin: z.literal('nginx'), ...mayBeRefused }),
}

type WrittenSteps = { [Name in keyof typeof stepSchemas]: z.output<(typeof stepSchemas)[Name]> }
export type Action = keyof WrittenSteps
export type WrittenStep<Name extends Action> = WrittenSteps[Name]

/** Every action that a step may have, and the schema of such a step. */
export const STEPS: { readonly [Name in Action]: z.ZodType<WrittenSteps[Name]> } = stepSchemas

/** A file of a chain written in a scenario: another file, its whole text, or a change of what `from` has. */
const part = z
  .strictObject({
    file: z.string().optional(),
    configMap: z.string().describe('A manifest with a ConfigMap that holds the file.').optional(),
    key: z.string().describe('The key of the ConfigMap; may be left out where it is the name of the file.').optional(),
    name: z.string().describe('The name of the ConfigMap, where the manifest has several.').optional(),
    text: z.string().optional(),
    replace: z.string().min(1).optional(),
    with: z.string().optional(),
  })
  .refine(isOneSource, rule('this takes a file, or a configMap, or a text, or a replace and a with'))

/** The files of nginx, which may be several, or stand in a ConfigMap. */
const site = z
  .strictObject({
    file: z
      .union([z.string(), z.array(z.string()).min(1).max(100)], {
        error: 'this must be a file, a folder, or a list of them',
      })
      .describe('A site, a whole nginx.conf, a folder such as sites-enabled or conf.d, or a list of them.')
      .optional(),
    configMap: z.string().describe('A manifest with a ConfigMap that holds the file.').optional(),
    key: z.string().describe('The key of the ConfigMap; may be left out where it has one only.').optional(),
    name: z.string().describe('The name of the ConfigMap, where the manifest has several.').optional(),
    text: z.string().optional(),
    replace: z.string().min(1).optional(),
    with: z.string().optional(),
    in: z.string().describe('The included file in which to replace, by its path in the chain folder.').optional(),
  })
  .refine(isOneSource, rule('this takes a file, or a configMap, or a text, or a replace and a with'))

/** Files of the host of nginx. */
const files = z
  .union([z.literal('none'), z.record(z.string(), z.string())], {
    error: 'this must be none, or a mapping of absolute paths to texts',
  })
  .describe('What nginx finds where root and alias lead: texts by absolute path, or none. Nothing else is there.')

/** What `include` finds beside the files of `site`. */
const includes = z
  .record(
    z.string().min(1).max(1_000),
    z.union([z.string(), z.strictObject({ file: z.string() })], { error: 'this must be a text, or {file: path}' }),
  )
  .describe(
    'Files that nginx includes and that stand elsewhere, by the path that include names: {file: path}, or their text.',
  )

/** A chain as a scenario or chain.config.yaml writes it. */
export const chain = z.union(
  [
    z.string(),
    z.strictObject({
      from: z.string().optional(),
      site: site.optional(),
      routes: part.optional(),
      middleware: part.optional(),
      auth: part.optional(),
      manifests: z
        .union([z.string(), z.array(z.string()).min(1).max(100)], { error: 'this must be a file, or a list of files' })
        .describe('Services as kubectl, Helm or kustomize print them, or files such as services.yaml.')
        .optional(),
      services: z.record(z.string(), serviceChanges).optional(),
      gateway: z
        .strictObject({
          command: z.array(z.string().min(1).max(1_000)).min(1).max(100).optional(),
          image: z.string().min(1).max(500).optional(),
        })
        .optional(),
      host: host.optional(),
      nginx: nginxVersion.optional(),
      files: files.optional(),
      includes: includes.optional(),
    }),
  ],
  {
    error:
      'this must be a chain folder, or a mapping of from, site, routes, middleware, auth, manifests, services, gateway, host, nginx, files, includes',
  },
)

const variant = z.strictObject({
  chain: chain.optional(),
  must: z.enum(['pass', 'fail']).optional(),
  blame: z.string().optional(),
  rule: z.string().optional(),
  refused: refused.optional(),
})

const cell = z.union(
  [
    text,
    z.strictObject({
      value: text,
      secret: z.literal(true).describe('No report may show the values of this column.').optional(),
    }),
  ],
  { error: 'this must be a text, or {value: text, secret: true}' },
)

/** Everything of a file but what is inside its steps. */
export const scenarioHead = z.strictObject({
  scenario: z.string().min(1).max(500),
  tags: z.array(z.string().min(1).max(100)).max(100).optional(),
  chain: chain.optional(),
  refused: refused.optional(),
  examples: z.array(z.record(z.string(), cell)).min(1).max(MAX_EXAMPLES).optional(),
  steps: z.array(z.unknown()).min(1).max(MAX_STEPS).optional(),
  variants: z.record(z.string(), variant).optional(),
})

/** A whole scenario file. */
export const scenarioFile = scenarioHead.extend({
  steps: z
    .array(z.union(Object.values(STEPS)))
    .min(1)
    .max(MAX_STEPS)
    .optional(),
})

export type WrittenScenario = z.output<typeof scenarioHead>
export type WrittenChain = z.output<typeof chain>
export type WrittenPart = z.output<typeof part>
export type WrittenSite = z.output<typeof site>
export type WrittenExchangeExpect = z.output<typeof exchangeExpect>
export type WrittenWebSocketExpect = z.output<typeof webSocketExpect>
export type WrittenHeaderMatcher = z.output<typeof headerMatcher>
export type WrittenTextMatcher = z.output<typeof textMatcher>
export type WrittenBodyMatcher = z.output<typeof bodyMatcher>

/** What an edit may be made of. */
interface EditKeys {
  readonly text?: unknown
  readonly replace?: unknown
  readonly with?: unknown
}

interface SourceKeys extends EditKeys {
  readonly file?: unknown
  readonly configMap?: unknown
  readonly key?: unknown
  readonly name?: unknown
  readonly in?: unknown
}

function isOneSource({ file, configMap, key, name, in: within, ...edit }: SourceKeys): boolean {
  const isEdit = Object.keys(edit).length > 0 || within !== undefined
  const isText = configMap !== undefined || key !== undefined || name !== undefined
  if (file !== undefined) return !isText && !isEdit
  if (isText) return configMap !== undefined && !isEdit
  return isOneEdit(edit) && (within === undefined || edit.replace !== undefined)
}

function isOneEdit(value: EditKeys): boolean {
  const replaces = value.replace !== undefined && value.with !== undefined
  return value.text === undefined ? replaces : value.replace === undefined && value.with === undefined
}
