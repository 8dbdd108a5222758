/**
 * Faults of FlowMaster's chain, and what blame has to say of each. A step expects plain things alone: the status, which
 * backend was reached, what it received, headers. No expectation names the hop at fault.
 */
export interface Fault {
  readonly name: string
  /** The hop or the Service to blame. */
  readonly blame: string
  /** The line to be named, as it stands in its file: the line of the very key at fault, or of the step that broke it. */
  readonly line: string
  /** What is at fault, in the words of a scenario's `chain`; empty where a step does it. */
  readonly chain?: string
  /** Whether it is a fault of the chain with API keys. */
  readonly secured?: boolean
  /** The steps, the last of which fails. */
  readonly steps: string
}

const PROXY_PASS = 'proxy_pass http://10.43.193.134:9000;'

/** What a user writes of a healthy request. */
const HEALTHY = `
  - request: GET /api/v1/processes/42?page=2
    expect: {status: 200, backend: {service: process-design, receives: "/api/v1/processes/42?page=2"}}`

function healthyWith(expectation: string): string {
  return `
  - request: GET /api/v1/processes/42?page=2
    expect: {status: 200, ${expectation}}`
}

/** nginx's file with one text in place of another. */
function site(replace: string, by: string): string {
  return `site: {replace: ${JSON.stringify(replace)}, with: ${JSON.stringify(by)}}`
}

function routes(replace: string, by: string): string {
  return `routes: {replace: ${JSON.stringify(replace)}, with: ${JSON.stringify(by)}}`
}

const NGINX: readonly Fault[] = [
  {
    name: 'a slash behind the upstream strips /api/',
    blame: 'nginx',
    line: 'proxy_pass http://10.43.193.134:9000/;',
    chain: site(PROXY_PASS, 'proxy_pass http://10.43.193.134:9000/;'),
    steps: HEALTHY,
  },
  {
    name: 'a rewrite sends the path elsewhere',
    blame: 'nginx',
    line: 'rewrite ^/api/v1/(.*)$ /api/v2/$1 break;',
    chain: site(PROXY_PASS, `rewrite ^/api/v1/(.*)$ /api/v2/$1 break;\n        ${PROXY_PASS}`),
    steps: HEALTHY,
  },
  {
    name: 'a wrong port in proxy_pass',
    blame: 'nginx',
    line: 'proxy_pass http://10.43.193.134:9001;',
    chain: site(PROXY_PASS, 'proxy_pass http://10.43.193.134:9001;'),
    steps: HEALTHY,
  },
  {
    name: "another Service's ClusterIP in proxy_pass",
    blame: 'nginx',
    line: 'proxy_pass http://10.43.185.219:3000;',
    chain: site(PROXY_PASS, 'proxy_pass http://10.43.185.219:3000;'),
    steps: HEALTHY,
  },
  {
    name: 'a narrowed location no longer takes the path',
    blame: 'nginx',
    line: 'location /api/v2/ {',
    chain: site('location /api/ {', 'location /api/v2/ {'),
    steps: HEALTHY,
  },
  {
    name: 'a regular expression takes the path away',
    blame: 'nginx',
    line: 'location ~ ^/api/v1/proc { proxy_pass http://10.43.185.219:3000; }',
    chain: site(
      'location /api/ {',
      'location ~ ^/api/v1/proc { proxy_pass http://10.43.185.219:3000; }\n    location /api/ {',
    ),
    steps: HEALTHY,
  },
  {
    name: 'X-Forwarded-For drops what came before',
    blame: 'nginx',
    line: 'proxy_set_header X-Forwarded-For $remote_addr;',
    chain: site(
      'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n        proxy_set_header X-Forwarded-Proto $scheme;\n        proxy_connect_timeout 5s;\n        proxy_read',
      'proxy_set_header X-Forwarded-For $remote_addr;\n        proxy_set_header X-Forwarded-Proto $scheme;\n        proxy_connect_timeout 5s;\n        proxy_read',
    ),
    steps: `
  - request: GET /api/v1/processes/42
    headers: {x-forwarded-for: 203.0.113.9}
    expect: {status: 200, backend: {headers: {x-forwarded-for: {contains: 203.0.113.9}}}}`,
  },
  {
    name: 'nginx changes the method',
    blame: 'nginx',
    line: 'proxy_method POST;',
    chain: site(PROXY_PASS, `proxy_method POST;\n        ${PROXY_PASS}`),
    steps: healthyWith('backend: {method: GET}'),
  },
  {
    name: 'nginx drops the key that the gateway asks for',
    blame: 'nginx',
    line: 'proxy_set_header X-API-Key "";',
    secured: true,
    chain: site(PROXY_PASS, `proxy_set_header X-API-Key "";\n        ${PROXY_PASS}`),
    steps: `
  - request: GET /api/v1/execution/7
    headers: {x-api-key: fm-ci-key-0001}
    expect: {status: 200, backend: {service: execution-engine}}`,
  },
  {
    name: 'nginx listens on another port',
    blame: 'nginx',
    line: 'listen 8080 default_server;',
    chain: site('listen 80 default_server;', 'listen 8080 default_server;'),
    steps: HEALTHY,
  },
  {
    name: 'a body that nginx finds too large',
    blame: 'nginx',
    line: 'client_max_body_size 8;',
    chain: site('client_max_body_size 10m;', 'client_max_body_size 8;'),
    steps: `
  - request: POST /api/v1/processes
    json: {name: a process}
    expect: {status: 200, backend: {service: process-design}}`,
  },
  {
    name: 'nginx gives up before the gateway does',
    blame: 'nginx',
    line: 'proxy_read_timeout 1s;',
    chain: site('proxy_read_timeout 60s;', 'proxy_read_timeout 1s;'),
    steps: `
  - fault: {service: process-design, delay: 3s}${HEALTHY}`,
  },
  {
    name: 'a header of the answer is not for errors',
    blame: 'nginx',
    line: 'add_header X-Frame-Options DENY;',
    chain: site(PROXY_PASS, `add_header X-Frame-Options DENY;\n        ${PROXY_PASS}`),
    steps: `
  - request: GET /api/v1/unknown
    expect: {status: 404, headers: {x-frame-options: DENY}}`,
  },
]

const GATEWAY: readonly Fault[] = [
  {
    name: 'a misspelt path',
    blame: 'gateway',
    line: '- path: /v1/process-desing/*',
    chain: routes('/v1/process-design/*', '/v1/process-desing/*'),
    steps: `
  - request: GET /api/v1/process-design/42
    expect: {status: 200, backend: {service: process-design, receives: /api/v1/processes/42}}`,
  },
  {
    name: 'a target that no Service is called',
    blame: 'gateway',
    line: 'target: process-desing:9003',
    chain: routes('target: process-design:9003', 'target: process-desing:9003'),
    steps: HEALTHY,
  },
  {
    name: 'a target with the port of another Service',
    blame: 'gateway',
    line: 'target: process-design:9005',
    chain: routes('target: process-design:9003', 'target: process-design:9005'),
    steps: HEALTHY,
  },
  {
    name: 'a target that is another Service',
    blame: 'gateway',
    line: 'target: scheduling:9008',
    chain: routes('target: process-design:9003', 'target: scheduling:9008'),
    steps: HEALTHY,
  },
  {
    name: 'a rewrite to a path that the backend does not know',
    blame: 'gateway',
    line: 'rewrite: /api/v1/process/$1',
    chain: routes('rewrite: /api/v1/processes/$1', 'rewrite: /api/v1/process/$1'),
    steps: `
  - request: GET /api/v1/process-design/42
    expect: {status: 200, backend: {service: process-design, receives: /api/v1/processes/42}}`,
  },
  {
    name: 'a timeout that is too short',
    blame: 'gateway',
    line: 'timeout: 1s',
    chain: routes('rewrite: /api/v1/processes/$1', 'rewrite: /api/v1/processes/$1\n  timeout: 1s'),
    steps: `
  - fault: {service: process-design, delay: 3s}${HEALTHY}`,
  },
  {
    name: 'middleware removes a header of the answer',
    blame: 'gateway',
    line: 'remove: [x-trace]',
    chain: `middleware: {text: "responseHeaders:\\n  remove: [x-trace]\\n"}\n  services: {process-design: {answers: [{request: GET /api/v1/processes/42, headers: {x-trace: abc}, json: {}}]}}`,
    steps: `
  - request: GET /api/v1/processes/42
    expect: {status: 200, headers: {x-trace: abc}}`,
  },
  {
    name: 'CORS allows another origin',
    blame: 'gateway',
    line: 'origins: [https://other.example]',
    chain: `middleware: {text: "cors:\\n  origins: [https://other.example]\\n"}`,
    steps: `
  - request: GET /api/v1/processes/42
    headers: {origin: https://app.example}
    expect: {status: 200, headers: {access-control-allow-origin: https://app.example}}`,
  },
  {
    name: 'a body limit of the gateway',
    blame: 'gateway',
    line: 'bodyLimit: 8b',
    chain: `middleware: {text: "bodyLimit: 8b\\n"}`,
    steps: `
  - request: POST /api/v1/processes
    json: {name: a process}
    expect: {status: 200, backend: {service: process-design}}`,
  },
  {
    name: 'a scope that the key does not have',
    blame: 'gateway',
    line: 'scopes: [execution:admin]',
    secured: true,
    chain: routes('scopes: [execution:run]', 'scopes: [execution:admin]'),
    steps: `
  - request: GET /api/v1/execution/7
    headers: {x-api-key: fm-ci-key-0001}
    expect: {status: 200, backend: {service: execution-engine}}`,
  },
]

const SERVICES: readonly Fault[] = [
  {
    name: 'the gateway has no pods',
    blame: 'api-gateway',
    line: 'services: {api-gateway: {replicas: 0}}',
    chain: 'services: {api-gateway: {replicas: 0}}',
    steps: HEALTHY,
  },
  {
    name: 'a backend has no pods',
    blame: 'process-design',
    line: 'services: {process-design: {replicas: 0}}',
    chain: 'services: {process-design: {replicas: 0}}',
    steps: HEALTHY,
  },
  {
    name: 'a backend listens on another port',
    blame: 'gateway',
    line: 'target: process-design:9003',
    chain: 'services: {process-design: {port: 9013}}',
    steps: HEALTHY,
  },
  {
    name: 'the gateway Service is created again',
    blame: 'nginx',
    line: 'proxy_pass http://10.43.193.134:9000;',
    steps: `
  - recreate: service/api-gateway${HEALTHY}`,
  },
  {
    name: 'a backend is deleted',
    blame: 'process-design',
    line: '- delete: service/process-design',
    steps: `
  - delete: service/process-design${HEALTHY}`,
  },
  {
    name: 'a backend is stopped',
    blame: 'process-design',
    line: '- stop: service/process-design',
    steps: `
  - stop: service/process-design${HEALTHY}`,
  },
]

const BACKENDS: readonly Fault[] = [
  {
    name: 'a backend answers 503',
    blame: 'process-design',
    line: '- fault: {service: process-design, status: 503}',
    steps: `
  - fault: {service: process-design, status: 503}${HEALTHY}`,
  },
  {
    name: 'a backend closes the connection',
    blame: 'process-design',
    line: '- fault: {service: process-design, reset: true}',
    steps: `
  - fault: {service: process-design, reset: true}${HEALTHY}`,
  },
  {
    name: 'a backend never answers',
    blame: 'process-design',
    line: '- fault: {service: process-design, drop: true}',
    steps: `
  - fault: {service: process-design, drop: true}${HEALTHY}`,
  },
  {
    name: 'a backend serves another prefix',
    blame: 'process-design',
    line: 'services: {process-design: {serves: [/api/v2/processes]}}',
    chain: 'services: {process-design: {serves: [/api/v2/processes]}}',
    steps: HEALTHY,
  },
  {
    name: 'a backend answers another status',
    blame: 'process-design',
    line: 'services: {process-design: {answers: [{request: "GET /api/v1/processes/42?page=2", status: 404, json: {}}]}}',
    chain:
      'services: {process-design: {answers: [{request: "GET /api/v1/processes/42?page=2", status: 404, json: {}}]}}',
    steps: HEALTHY,
  },
  {
    name: 'a backend sends a wrong header',
    blame: 'process-design',
    line: 'services: {process-design: {answers: [{request: "GET /api/v1/processes/42", headers: {x-total: "3"}, json: {}}]}}',
    chain:
      'services: {process-design: {answers: [{request: "GET /api/v1/processes/42", headers: {x-total: "3"}, json: {}}]}}',
    steps: `
  - request: GET /api/v1/processes/42
    expect: {status: 200, headers: {x-total: "4"}}`,
  },
]

/** One fault each. */
export const SINGLE_FAULTS: readonly Fault[] = [...NGINX, ...GATEWAY, ...SERVICES, ...BACKENDS]

const SLASH = site(PROXY_PASS, 'proxy_pass http://10.43.193.134:9000/;')

/** Two faults each: the first one on the way is to blame. */
export const DOUBLE_FAULTS: readonly Fault[] = [
  {
    name: 'the slash, and a misspelt target',
    blame: 'nginx',
    line: 'proxy_pass http://10.43.193.134:9000/;',
    chain: `${SLASH}\n  ${routes('target: process-design:9003', 'target: process-desing:9003')}`,
    steps: HEALTHY,
  },
  {
    name: 'the slash, and a backend without pods',
    blame: 'nginx',
    line: 'proxy_pass http://10.43.193.134:9000/;',
    chain: SLASH,
    steps: `
  - stop: service/process-design${HEALTHY}`,
  },
  {
    name: 'a stale pin, and a misspelt target',
    blame: 'nginx',
    line: 'proxy_pass http://10.43.193.134:9000;',
    chain: routes('target: process-design:9003', 'target: process-desing:9003'),
    steps: `
  - recreate: service/api-gateway${HEALTHY}`,
  },
  {
    name: 'a wrong rewrite of the gateway, and a backend that answers 503',
    blame: 'gateway',
    line: 'rewrite: /api/v1/process/$1',
    chain: routes('rewrite: /api/v1/processes/$1', 'rewrite: /api/v1/process/$1'),
    steps: `
  - fault: {service: process-design, status: 503}
  - request: GET /api/v1/process-design/42
    expect: {status: 200, backend: {service: process-design, receives: /api/v1/processes/42}}`,
  },
  {
    name: 'a rewrite of nginx, and a wrong rewrite of the gateway',
    blame: 'nginx',
    line: 'rewrite ^/api/v1/(.*)$ /api/v2/$1 break;',
    chain: `${site(PROXY_PASS, `rewrite ^/api/v1/(.*)$ /api/v2/$1 break;\n        ${PROXY_PASS}`)}\n  ${routes('rewrite: /api/v1/processes/$1', 'rewrite: /api/v1/process/$1')}`,
    steps: HEALTHY,
  },
  {
    name: 'a target that is another Service, which has no pods',
    blame: 'gateway',
    line: 'target: scheduling:9008',
    chain: routes('target: process-design:9003', 'target: scheduling:9008'),
    steps: `
  - stop: service/scheduling${HEALTHY}`,
  },
]
