/** What a key means: a sentence, or one for each mapping that has it, told apart by another key of the mapping. */
type Description = string | readonly (readonly [beside: string, sentence: string])[]

/**
 * What editors show for keys whose schema says nothing by itself. One word means one thing wherever it stands, so most keys
 * need one sentence; docs/guide/scenario-format.md says more.
 */
const DESCRIPTIONS: Readonly<Record<string, Description>> = {
  // A file
  scenario: 'The behaviour that the file is about, in a sentence.',
  tags: 'Words by which `chain run --tag` chooses scenarios.',
  chain: 'The chain: a folder of it, or a mapping that takes one and changes some of its files.',
  refused: 'Words of the message with which nginx or the gateway refuses its files.',
  examples:
    'Rows of values: the steps run once for each, with its values where a step writes $ and the name in braces.',
  steps: 'What is done, in order. The first step that fails ends the run.',
  variants: 'Several chains for the same steps, by name, each with what it must show.',
  must: 'Whether the steps must pass on this chain, or fail: a bug must fail on the buggy one. Default: pass.',
  blame: 'The hop or Service that must be to blame.',
  rule: 'Words of the line that must be to blame.',
  value: 'The value of this row.',
  // A chain
  from: [
    ['via', 'The address that nginx sees the client come from. Default: that of its host.'],
    ['routes', 'The chain folder whose files count where none are written here.'],
  ],
  site: "nginx's configuration: a site, a whole nginx.conf, or several files.",
  routes: 'routes.yaml of the gateway.',
  middleware: 'middleware.yaml of the gateway.',
  auth: 'auth.yaml of the gateway.',
  services: 'Services of the chain by name: new ones, or keys of known ones that are other here.',
  host: [
    ['routes', 'The host of nginx: how it finds names, and which nginx.conf is around the site.'],
    ['services', 'The host of nginx: how it finds names, and which nginx.conf is around the site.'],
    ['headers', 'The Host header of the request.'],
  ],
  command: "The command of a gateway of one's own, for the sandbox.",
  image: "The image of a gateway of one's own, for a cluster.",
  file: 'The path of a file.',
  text: 'The whole text of the file.',
  replace: 'The text to replace. It must occur in the file.',
  with: 'The text that takes its place.',
  configMap: 'A manifest with a ConfigMap that holds the file.',
  key: 'The key of the ConfigMap. It may be left out where it has one only.',
  name: 'The name of the ConfigMap, where the manifest has several.',
  in: 'The included file in which to replace.',
  // A Service
  clusterIP: 'The address of the Service in the cluster.',
  port: 'The port of the Service.',
  targetPort: 'The port of its pods that the Service sends to. Default: its port.',
  listens: 'The port on which its pods listen. Default: the target port.',
  replicas: 'How many pods it has. With 0, connections are refused.',
  tls: 'Whether its pods speak TLS, and with which certificate.',
  serves: 'The prefixes of the paths that it serves; for any other path it answers 404.',
  websocket: [
    ['serves', 'Whether it speaks WebSocket, and sends each message back.'],
    ['send', 'A path or a URL at which a WebSocket is opened.'],
  ],
  when: 'What the request must have for this answer.',
  // A step
  request: [['json', 'METHOD and target, as in GET /api/v1/processes; a URL enters at that listener of nginx.']],
  health: 'The hop whose health is asked for: nginx (through it the gateway), gateway, or a Service.',
  drift: 'Looks for addresses in the files of nginx that are no longer those of their Services.',
  stale: 'The Services whose addresses in the files of nginx are old.',
  recreate: 'Deletes a Service and makes it again: it has another ClusterIP then.',
  delete: 'Deletes a Service.',
  stop: 'Stops the pods of a Service.',
  start: 'Starts the pods of a Service again.',
  scale: 'Gives a Service another number of pods.',
  fault: 'Makes a Service misbehave.',
  edit: 'Changes a file of the chain. nginx reads it at a reload, the gateway at a restart.',
  restart: 'Restarts the gateway.',
  reload: 'Reloads nginx.',
  repin: 'Writes the ClusterIPs of now into the files of nginx, and reloads it.',
  via: 'Where the request enters: nginx, gateway, or a Service. Default: nginx.',
  send: 'Messages to send over the WebSocket, one after the other.',
  expect: 'What must hold.',
  capture: 'Values of the answer, by name, for later steps, which write $ and the name in braces.',
  secret: 'Whether no report may show the value. Default: what its name says (token, password).',
  proxyProtocol: 'The client that a header of the PROXY protocol names, which is sent first.',
  target: 'What stands in the request line in place of the path: the absolute form, for example.',
  header: 'The header whose value is taken.',
  delay: 'How long it waits before it answers.',
  reset: 'It closes the connection without an answer.',
  drop: 'It never answers.',
  nth: 'Only the request with this number, counted from 1, is struck.',
  service: 'The name of a Service.',
  // An expectation
  status: 'The status of the answer.',
  headers: 'Headers by name.',
  body: 'The body.',
  json: 'JSON: a value as the body, or the path of one in it.',
  params: 'Parameters of FastCGI, SCGI or uwsgi by name.',
  httpVersion: 'The version of HTTP: "1.0", "1.1" or "2".',
  nginx: [
    ['routes', 'The version of nginx, as in "1.24".'],
    ['status', 'What nginx must do with the request.'],
    ['backend', 'What nginx must do with the request.'],
  ],
  gateway: [
    ['routes', "A gateway of one's own: a command, an image."],
    ['backend', 'What the gateway must do with the request.'],
  ],
  backend: 'What must reach the backend, and what it answers.',
  within: 'The longest time until the answer, as in 500ms or 5s.',
  messages: 'The messages that come back over the WebSocket, in order.',
  contains: 'A text that must be a part of it.',
  matches: 'A regular expression that must match a part of it.',
  some: 'At least one of the lines of the header is so.',
  receives: 'The target of the request that reaches this hop.',
  sends: 'The target of the request that this hop sends on.',
  to: 'Where this hop sends the request: a Service, or address:port.',
  location: 'The location that nginx chooses, as in its file: /api/ or ~ ^/v1/.',
  route: 'The path of the route that the gateway chooses; none where it must have none.',
  method: 'The method of the request that reaches it.',
  answers: 'What it answers.',
  subrequests: 'What nginx asks besides (auth_request, mirror): one for each, in the order in which they begin.',
  trailers: 'Trailers of the answer, by name, as gRPC has them.',
}

/** A JSON Schema with a description at every key that has none yet, as far as the table above knows it. */
export function withDescriptions(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withDescriptions)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [
      keyword,
      keyword === 'properties' ? describedKeys(value) : withDescriptions(value),
    ]),
  )
}

function describedKeys(properties: object): object {
  const keys = Object.keys(properties)
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => {
      const inner = withDescriptions(value)
      const description = descriptionOf(key, keys)
      const hasOwn = typeof inner !== 'object' || inner === null || 'description' in inner || description === null
      return [key, hasOwn ? inner : { description, ...inner }]
    }),
  )
}

function descriptionOf(key: string, beside: readonly string[]): string | null {
  const known = Object.hasOwn(DESCRIPTIONS, key) ? DESCRIPTIONS[key] : undefined
  if (known === undefined || typeof known === 'string') return known ?? null
  return known.find(([other]) => beside.includes(other))?.[1] ?? known.at(-1)?.[1] ?? null
}
