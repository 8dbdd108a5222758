import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../..')
const CHAIN = path.join(import.meta.dirname, 'chain.js')
const FLOWMASTER = path.join(ROOT, 'scenarios/chains/flowmaster')

const PASSING = `scenario: Passes
tags: [good]
chain: chains/flowmaster
steps:
  - request: GET /api/v1/processes
    expect: {status: 200}
`
const INDENTED = PASSING.replace('    expect', '      expect')
const FAILING = `scenario: Fails
chain: chains/flowmaster
steps:
  - request: GET /api/v1/processes
    expect: {status: 201}
`
const UNSUPPORTED = `scenario: Unsupported
chain: chains/asking
steps:
  - request: GET /api/v1/processes
    expect: {status: 200}
`
const INSERTED =
  '{from: chains/flowmaster, site: {replace: "client_max_body_size 10m;", with: "userid on; dav_methods PUT;"}}'
const UNSUPPORTED_TOO = UNSUPPORTED.replace('chains/asking', INSERTED)

/** A name that a careless pattern can split in 2^60 ways. */
const LONG_NAME = PASSING.replace('Passes', `${'a'.repeat(60)}!`)

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-cli-'))
  cpSync(FLOWMASTER, path.join(dir, 'chains/flowmaster'), { recursive: true })
  cpSync(FLOWMASTER, path.join(dir, 'chains/asking'), { recursive: true })
  const site = path.join(dir, 'chains/asking/nginx.conf')
  writeFileSync(site, readFileSync(site, 'utf8').replace('client_max_body_size 10m;', 'dav_methods PUT;'))
  mkdirSync(path.join(dir, 'empty'))
  for (const [name, text] of Object.entries({
    PASSING,
    INDENTED,
    FAILING,
    UNSUPPORTED,
    UNSUPPORTED_TOO,
    LONG_NAME,
    AGAIN: UNSUPPORTED,
  })) {
    writeFileSync(path.join(dir, `${name.toLowerCase().replace('_', '-')}.yaml`), text)
  }
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('exit codes', () => {
  test('0: every scenario passed, a line for each says so, and one at the end', () => {
    expect(chain('run', 'passing.yaml', '--seed', '7')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /pass .*passing.yaml Passes, \d+ ms\n\n1 scenario passed in \d+\.\d s, seed 7, 1 request carried by the rewritten form\n$/,
      ),
      stderr: '',
    })
  })

  test('1: a scenario failed, and the report names the line', () => {
    const { status, stdout } = chain('run', 'passing.yaml', 'failing.yaml')
    expect(status).toBe(1)
    expect(stdout).toContain('failing.yaml:5:22: error[status]: expected 201, got 200')
    expect(stdout).toMatch(/repeat it: curl .*http:\/\/localhost\/api\/v1\/processes/)
  })

  test('2: a file is not valid, and the others are run', () => {
    writeFileSync(path.join(dir, 'bad.yml'), 'scenario: x\nsteps:\n  - requst: GET /\n')
    const { status, stdout, stderr } = chain('run', 'failing.yaml', 'passing.yaml', 'bad.yml')
    expect(status).toBe(2)
    expect(stdout).toContain('1 scenario failed, 1 passed, 1 file is not valid')
    expect(stderr).toContain('bad.yml:3:5: error[E_SCENARIO_STEP]: unknown step "requst": did you mean "request"?')
  })

  test.each([
    [['run', 'nope.yaml', 'passing.yaml'], 'there is no such file'],
    [
      ['run', '--reporter', 'json=x', '--reporter', 'junit=./x', 'passing.yaml'],
      'json and junit would both be written to "./x"',
    ],
    [['check', '--env', 'simulatd', 'passing.yaml'], 'Did you mean "simulated"?'],
    [['run', '--env', 'simulatd', 'passing.yaml'], 'Did you mean "simulated"?'],
    [['run', '--env', 'simulated,simulated', 'passing.yaml'], '"simulated" is named twice'],
    [['run', '--jobs', '0', 'passing.yaml'], 'not a whole number from 1 to 64'],
    [['run', '--jobs', '65', 'passing.yaml'], 'not a whole number from 1 to 64'],
    [['run', '--reporter', 'junti', 'passing.yaml'], 'Did you mean "junit"?'],
    [['run', '--reporter', 'json', '--reporter', 'junit', 'passing.yaml'], 'would both go to standard output'],
    [['run', '--reporter', 'json=no/such/folder/x', 'passing.yaml'], 'Failed to write report "no/such/folder/x"'],
    [['run', '--grep', '(', 'passing.yaml'], 'not a regular expression'],
    [['run', '--grep', '^(a|a)*$', 'long-name.yaml'], '--tag and --grep leave none of the 1'],
    [['run', '--grep', '^(?=a)(a|a)*$', 'long-name.yaml'], 'it was still trying after 1 s'],
    [['run', '--tag', 'nope', 'passing.yaml'], '--tag and --grep leave none of the 1'],
    [['check', 'indented.yaml'], '"expect" is not indented like the keys around it'],
    [['run', 'empty'], 'there is no .yaml file'],
    [['run', '--env', 'cluster', 'passing.yaml'], 'Name one that chain may create: --namespace NAME.'],
    [['run', '--namespace', 't1', 'passing.yaml'], 'Failed to use --namespace: it only applies to "cluster"'],
    [['run', '--attach', 'passing.yaml'], 'Failed to use --attach: it only applies to "cluster"'],
    [['run', '--limits', 'cpu=1', 'passing.yaml'], 'Failed to use --limits: it only applies to "cluster"'],
    [['run', '--env', 'cluster', '--requests', 'cpu=50m,memory', 'passing.yaml'], '"memory" is not RESOURCE=QUANTITY'],
    [['run', '--env', 'cluster', '--requests', 'cpu=1,cpu=2', 'passing.yaml'], 'It names a resource twice.'],
    [
      ['run', '--env', 'cluster', '--namespace', 't1', '--attach', '--requests', 'cpu=1', 'passing.yaml'],
      'Failed to use --requests or --limits: --attach makes no pods.',
    ],
    [['run', '--keep', 'passing.yaml'], 'Failed to use --keep: it only applies to "k3s". Add --env k3s.'],
    [
      ['run', '--traces', 'passing.yaml'],
      'Failed to use --traces: it only applies to the JSON report. Add --reporter json',
    ],
    [['run', 'passing.yaml:40'], '"passing.yaml" has no line 40'],
    [['run', 'passing.yaml', '--variant', 'buggy'], 'none of them has a variant "buggy"'],
    [['explain', 'GET /', '--chain', 'nope'], 'Name the folder of a chain by --chain DIR'],
    [['run', '--env', 'cluster', '--namespace', 'T_1', 'passing.yaml'], 'not a name of a namespace'],
    [
      ['run', '--env', 'cluster', '--namespace', 't1', '--kubeconfig', 'nope', 'passing.yaml'],
      'Failed to read kubeconfig "nope": there is no such file.',
    ],
    [['explain', 'GET'], 'Write it as METHOD, one space, target: GET'],
    [['explain', 'GET /', '-H', 'nocolon', '--chain', 'chains/flowmaster'], 'header "nocolon" has no colon'],
    [['explain', 'GET /', '--chain', 'chains/nope'], 'Failed to find chain "chains/nope": there is no such folder'],
    [['frobnicate'], 'unknown command'],
  ])('2: wrong use: chain %j', (args, message) => {
    const { status, stderr } = chain(...args)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test.each([
    [['explain', 'GET\u001b[2J\u202e /']],
    [['explain', 'GET /', '--chain', 'no\u001b[2J\u202e']],
    [['run', 'no\u001b[2J\u202e.yaml']],
    [['run', '--env', 'no\u001b[2J\u202e']],
    [['run', '--no\u001b[2J\u202e']],
  ])('2: an argument that is quoted does nothing to the terminal: chain %j', (args) => {
    const { status, stderr } = chain(...args)
    expect(status).toBe(2)
    expect(stderr).toContain('\u241b[2J<U+202E>')
    for (const character of ['\u001b', '\u202e']) expect(stderr).not.toContain(character)
  })

  test('1: a scenario that nothing could show, and every directive that kept it away', () => {
    const { status, stdout } = chain('run', 'passing.yaml', 'unsupported.yaml', 'again.yaml', 'unsupported-too.yaml')
    expect(status).toBe(1)
    expect(stdout).toMatch(/^unsupported: \S*nginx\.conf:8:5: dav_methods: .* \(2 scenarios\)$/m)
    expect(stdout).toMatch(/^unsupported: unsupported-too\.yaml:2:97: dav_methods: .* \(1 scenario\)$/m)
    expect(stdout).toMatch(/^1 scenario passed \(3 unsupported\) in/m)
    expect(stdout).toContain('pass --allow-unsupported')
    expect(chain('run', 'passing.yaml', 'unsupported.yaml', '--allow-unsupported').status).toBe(0)
    expect(chain('run', 'unsupported.yaml', '--allow-unsupported').status).toBe(0)
  })

  test('the highest code counts', () => {
    const gone = ['--env', 'cluster', '--namespace', 't1', '--kubeconfig', 'passing.yaml']
    expect(chain('run', 'failing.yaml', 'bad.yml').status).toBe(2)
    expect(chain('run', 'failing.yaml', 'bad.yml', ...gone).status).toBe(3)
  })

  test('3: no nginx is told once, and nothing else is run, however many wait for a sandbox', () => {
    for (const n of [1, 2, 3, 4, 5, 6]) writeFileSync(path.join(dir, `again-${n}.yaml`), PASSING)
    const files = [1, 2, 3, 4, 5, 6].map((n) => `again-${n}.yaml`)
    const { status, stdout, stderr } = chainWith({ CHAIN_NGINX: '/no/nginx' }, 'run', ...files, '--env', 'sandbox')
    expect(stdout.match(/Failed to start the sandbox/g)).toHaveLength(1)
    expect(stdout).toContain('1 scenario broke, 0 passed, 5 not run')
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' })
  })

  test('3: a kubeconfig that is none', () => {
    const args = ['--env', 'cluster', '--namespace', 't1', '--kubeconfig', 'passing.yaml']
    const { status, stdout } = chain('run', 'passing.yaml', ...args)
    expect(status).toBe(3)
    expect(stdout).toMatch(/Failed to (use|read) kubeconfig "passing\.yaml"/)
  })
})

describe('chain run', () => {
  test('--tag and --grep choose; --bail stops at the first failure', () => {
    expect(chain('run', 'passing.yaml', 'failing.yaml', '--tag', 'good').status).toBe(0)
    expect(chain('run', 'passing.yaml', 'failing.yaml', '--grep', '^passes$').status).toBe(0)
    expect(chain('run', 'failing.yaml', 'passing.yaml', '--bail').stdout).toContain('1 scenario failed, 0 passed')
  })

  test('a report may go to a file while people read the pretty one', () => {
    const { stdout } = chain('run', 'passing.yaml', '--reporter', 'json=out.json', '--reporter', 'junit=out.xml')
    expect(stdout).toMatch(/^1 scenario passed/m)
    const report = JSON.parse(readFileSync(path.join(dir, 'out.json'), 'utf8'))
    expect(report).toMatchObject({ version: 2, scenarios: [{ name: 'Passes', verdict: 'pass' }] })
    expect(readFileSync(path.join(dir, 'out.xml'), 'utf8')).toContain('<testcase name="Passes"')
  })

  test('an environment that is not there leaves nothing to compare, and that is said', () => {
    const cluster = ['--env', 'simulated,cluster', '--namespace', 't1', '--kubeconfig', 'passing.yaml']
    const { status, stdout } = chain('run', 'passing.yaml', ...cluster, '--reporter', 'json=two.json')
    expect(status).toBe(3)
    expect(stdout).toMatch(/^not compared: 1 scenario: cluster broke: Failed to /m)
    expect(stdout).toContain('1 scenario passed on simulated, 1 scenario broke, 0 passed on cluster, 0 agree')
    const { agreements } = JSON.parse(readFileSync(path.join(dir, 'two.json'), 'utf8'))
    expect(agreements).toMatchObject([{ environments: ['simulated', 'cluster'], verdict: 'not compared' }])
  })

  test('more jobs tell the same', () => {
    const told = (jobs: string) =>
      chain('run', 'passing.yaml', 'failing.yaml', 'unsupported.yaml', '--seed', '7', '--jobs', jobs)
        // Times are the machine's.
        .stdout.replaceAll(/\d+ ms|\d+\.\d s/g, '')
    expect(told('1')).toContain('1 scenario failed, 1 passed (1 unsupported)')
    expect(told('8')).toBe(told('1'))
  })

  test('the same seed gives the same run', () => {
    // But for the Date that node:http writes.
    const trace = () =>
      chain('explain', 'GET /api/v1/scheduling', '--json', '--chain', 'chains/flowmaster').stdout.replaceAll(
        /[\d:]{8} GMT/g,
        '',
      )
    const first = trace()
    expect(first).toContain('10.43.')
    expect(trace()).toBe(first)
  })

  test('colours on request only', () => {
    expect(chain('run', 'failing.yaml').stdout).not.toContain('\u001b[')
    expect(chainWith({ FORCE_COLOR: '1' }, 'run', 'failing.yaml').stdout).toContain('\u001b[')
    expect(chainWith({ FORCE_COLOR: '1', NO_COLOR: '1' }, 'run', 'failing.yaml').stdout).not.toContain('\u001b[')
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends it with %i and what is known by then', async (signal, code) => {
    const many = path.join(dir, 'many')
    mkdirSync(many, { recursive: true })
    for (let n = 0; n < 2_000; n++) writeFileSync(path.join(many, `${n}.yaml`), n === 0 ? FAILING : PASSING)
    const reports = ['--reporter', 'pretty', '--reporter', 'json=stopped.json', '--reporter', 'junit=stopped.xml']
    const child = spawn(process.execPath, [CHAIN, 'run', 'many', '--seed', '1', ...reports], { cwd: dir })
    let stdout = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    // The first failure's report shows that the run is under way.
    child.stdout.once('data', () => child.kill(signal))
    const status = await new Promise((resolve) => child.once('close', resolve))
    expect(status).toBe(code)
    const [, passed, left] =
      new RegExp(`^1 scenario failed, (\\d+) passed, (\\d+) not run, stopped by ${signal} in`, 'm').exec(stdout) ?? []
    expect(Number(passed) + Number(left)).toBe(1_999)
    expect(stdout).not.toContain('ERROR')
    const { scenarios, notRun, interruptedBy } = JSON.parse(readFileSync(path.join(dir, 'stopped.json'), 'utf8'))
    expect([scenarios.length + notRun.length, interruptedBy]).toEqual([2_000, signal])
    const xml = readFileSync(path.join(dir, 'stopped.xml'), 'utf8')
    expect(xml).toContain('tests="2000" failures="1" errors="0"')
    expect(xml.match(/<skipped /g)).toHaveLength(Number(left))
    expect(xml).toMatch(/<\/testsuites>\n$/)
  })
})

describe('reports are whole', () => {
  const reports = (name: string) => ['--reporter', `json=${name}.json`, '--reporter', `junit=${name}.xml`]
  const read = (file: string): string => readFileSync(path.join(dir, file), 'utf8')

  test('of files that are not valid, and of nothing to run', () => {
    writeFileSync(path.join(dir, 'bad.yml'), 'scenario: x\nsteps:\n  - requst: GET /\n')
    expect(chain('run', 'bad.yml', ...reports('bad')).status).toBe(2)
    expect(JSON.parse(read('bad.json'))).toMatchObject({ scenarios: [], invalid: [{ file: 'bad.yml' }] })
    expect(read('bad.xml')).toContain('<error message="bad.yml:')
    expect(chain('run', 'empty', ...reports('none')).status).toBe(2)
    expect(JSON.parse(read('none.json'))).toMatchObject({ scenarios: [], invalid: [] })
    expect(read('none.xml')).toContain('tests="0"')
  })

  test('or as they were, where the command is not used right', () => {
    writeFileSync(path.join(dir, 'before.json'), '{}')
    const wrong = ['--reporter', 'json=before.json', '--reporter', 'junit=never.xml', '--reporter', 'json=never.xml']
    expect(chain('run', 'passing.yaml', ...wrong).status).toBe(2)
    expect(read('before.json')).toBe('{}')
    expect(existsSync(path.join(dir, 'never.xml'))).toBe(false)
  })

  test('with traces of what passed, on request', () => {
    const traceOf = (...more: string[]) => {
      chain('run', 'passing.yaml', '--reporter', 'json=traces.json', ...more)
      return JSON.parse(read('traces.json')).scenarios[0].runs[0].steps[0].trace
    }
    expect(traceOf()).toBeNull()
    expect(traceOf('--traces')).toMatchObject({ exchanges: [{ hop: 'nginx' }, { hop: 'gateway' }, { hop: 'backend' }] })
  })

  test.runIf(existsSync('/dev/full'))('or one sentence: a full disk, and the other report is whole', () => {
    const { status, stdout, stderr } = chain('run', 'passing.yaml', '--reporter', 'junit=/dev/full', ...reports('full'))
    expect(status).toBe(3)
    expect(stdout).toMatch(/^1 scenario passed/m)
    expect(stderr).toBe(
      'chain: Failed to write report "/dev/full": there is no space left on its disk. Make room, or name another file.\n',
    )
    expect(JSON.parse(read('full.json')).scenarios).toHaveLength(1)
  })

  test.runIf(existsSync('/dev/full'))('standard output on a full disk', () => {
    const { status, stderr } = shell('passing.yaml > /dev/full')
    expect(status).toBe(3)
    expect(stderr).toMatch(/^chain: Failed to write to standard output: .*no space left.*\n$/)
  })

  test.each([
    ['passing.yaml', 0],
    ['failing.yaml', 1],
    ['failing.yaml --reporter json', 1],
  ])('a reader that has gone: chain run %s still ends with %i', (args, code) => {
    const { status, stderr } = shell(`${args} | true; exit "\${PIPESTATUS[0]}"`)
    expect(status).toBe(code)
    expect(stderr).toMatch(/^(chain: Failed to write to standard output: its reader has gone\..*\n)?$/)
  })

  test('two of them on standard output by another name are refused', () => {
    const { status, stderr } = shell(`passing.yaml --reporter json=/dev/stdout | cat; exit "\${PIPESTATUS[0]}"`)
    expect(status).toBe(2)
    expect(stderr).toContain('json and pretty would both be written to standard output')
  })

  /** `chain run` with the words of a shell behind it. */
  function shell(words: string) {
    const command = `"${process.execPath}" "${CHAIN}" run ${words}`
    return spawnSync('bash', ['-c', command], { cwd: dir, encoding: 'utf8' })
  }
})

describe('chain doctor', () => {
  test('says of each environment whether it can run here', () => {
    const { status, stdout } = chain('doctor')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^simulated: ready\n {2}ok {7}Node\.js: v/)
    expect(stdout).toMatch(
      /^cluster: (ready|not here: Failed to .*)\n {2}(ok|missing) +a kubeconfig: .*\n {2}(ok|missing) +an image/m,
    )
  })
})

describe('chain check', () => {
  test('every problem of every file at once', () => {
    writeFileSync(
      path.join(dir, 'two.yml'),
      'scenario: x\nchain: chains/flowmastr\nsteps:\n  - request: GET / HTTP\n    expect: {status: 1}\n',
    )
    const { status, stderr } = chain('check', 'two.yml', 'passing.yaml')
    expect(status).toBe(2)
    for (const place of ['two.yml:2:8', 'two.yml:4:14', 'two.yml:5:22']) expect(stderr).toContain(place)
    expect(chain('check', 'passing.yaml', 'failing.yaml')).toMatchObject({
      status: 0,
      stdout: '2 scenarios are valid\n',
      stderr: '',
    })
  })

  test('warns of everything that none of the environments can show', () => {
    const { status, stdout, stderr } = chain('check', 'unsupported-too.yaml', 'passing.yaml')
    expect(status).toBe(0)
    expect(stdout).toBe('2 scenarios are valid\n')
    expect(stderr).toMatch(/too\.yaml:2:\d+: warning\[W_UNSUPPORTED\]: simulated cannot show userid: /)
    expect(stderr).toMatch(/too\.yaml:2:\d+: warning\[W_UNSUPPORTED\]: simulated cannot show dav_methods: /)
    expect(chain('check', 'unsupported-too.yaml', '--env', 'simulated,sandbox').stderr).toBe('')
  })

  test('warns of what a step brings in, too', () => {
    const edit = '{edit: {file: site, replace: "location / {", with: "location /x/ { userid on; } location / {"}}'
    const steps = `steps: [{request: GET /, expect: {status: 200}}, ${edit}, {reload: nginx}]`
    writeFileSync(path.join(dir, 'brings.yml'), `scenario: x\nchain: chains/flowmaster\n${steps}\n`)
    expect(chain('check', 'brings.yml').stderr).toMatch(/^brings\.yml:3:\d+: warning\[W_UNSUPPORTED\]: .*userid/)
  })
})

describe('what nginx refuses', () => {
  const refused = (name: string, ...lines: readonly string[]): string => {
    writeFileSync(path.join(dir, name), ['scenario: Refused', ...lines].join('\n'))
    return name
  }
  const site = 'chain: {from: chains/flowmaster, site: {replace: "listen 80 default_server;", with: "listn 80;"}}'
  const steps = 'steps: [{request: GET /, expect: {status: 200}}]'

  test('costs only the scenario that has it, and chain check finds it', () => {
    const wrong = refused('wrong.yml', site, steps)
    const { status, stdout } = chain('run', wrong, 'passing.yaml')
    expect(status).toBe(1)
    expect(stdout).toContain('1 scenario failed, 1 passed in')
    const checked = chain('check', wrong, 'passing.yaml')
    expect(checked.status).toBe(2)
    expect(checked.stderr).toContain('unknown directive "listn"')
  })

  test('is told whole once, however many scenarios have it', () => {
    cpSync(FLOWMASTER, path.join(dir, 'chains/broken'), { recursive: true })
    writeFileSync(path.join(dir, 'chains/broken/nginx.conf'), 'server { listn 80; }')
    const files = [1, 2, 3].map((n) => refused(`wrong-${n}.yml`, 'chain: chains/broken', steps))
    const { stdout } = chain('run', ...files)
    expect(stdout.match(/error\[E_NGINX_\w+\]: unknown directive "listn"/g)).toHaveLength(1)
    expect(stdout.match(/ {2}as above: \S+: unknown directive "listn"/g)).toHaveLength(2)
  })

  test('is fine where the scenario expects it', () => {
    const expected = refused('expected.yml', site, 'refused: unknown directive "listn"')
    expect(chain('run', expected).status).toBe(0)
    expect(chain('check', expected)).toMatchObject({ status: 0, stderr: '' })
  })

  test('a reload that is refused is a warning of chain check, unless it is expected', () => {
    const edit = '{edit: {file: site, replace: "location / {", with: "listn 81; location / {"}}'
    const reload = (name: string, words: string) =>
      refused(
        name,
        'chain: chains/flowmaster',
        `steps: [${edit}, {reload: nginx${words}}, {request: GET /, expect: {status: 200}}]`,
      )
    const { status, stderr } = chain('check', reload('reload.yml', ''))
    expect(status).toBe(0)
    expect(stderr).toMatch(/reload\.yml:3:\d+: warning\[W_NGINX_REFUSED\]: .*unknown directive "listn"/)
    expect(chain('check', reload('reload-2.yml', ', expect: {refused: listn}')).stderr).toBe('')
  })
})

describe('chain explain', () => {
  test('a request that nobody takes is told so', () => {
    const { status, stdout, stderr } = chain('explain', 'GET http://a.example:8080/', '--chain', 'chains/flowmaster')
    expect(stdout).toContain('no answer')
    expect(stderr).toContain(
      'nobody listens where the client came in, on port 8080: nginx has listen 80 default_server',
    )
    expect(status).toBe(0)
  })

  test('tells every directive that the model refuses at once', () => {
    cpSync(FLOWMASTER, path.join(dir, 'chains/several'), { recursive: true })
    const site = path.join(dir, 'chains/several/nginx.conf')
    const text = readFileSync(site, 'utf8').replace('client_max_body_size 10m;', 'ssl on; userid_mark a;')
    writeFileSync(site, text)
    const { status, stderr } = chain('explain', 'GET /', '--chain', 'chains/several')
    expect(stderr).toMatch(/:8:5: unsupported: "ssl": .*\n.*:8:13: unsupported: "userid_mark": /)
    expect(status).toBe(1)
  })

  test('says at every hop what happened and why', () => {
    const { status, stdout } = chain('explain', 'GET /api/v1/processes', '--chain', 'chains/flowmaster')
    expect(status).toBe(0)
    expect(stdout).toContain('"/api/" is the longest matching prefix')
    expect(stdout).toContain('route /v1/process-design/*')
    expect(stdout).toContain('at process-design')
  })
})

function chain(...args: readonly string[]) {
  return chainWith({}, ...args)
}

function chainWith(env: Record<string, string>, ...args: readonly string[]) {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...rest } = process.env
  const options = { cwd: dir, encoding: 'utf8' as const, env: { ...rest, ...env } }
  const { status, stdout, stderr } = spawnSync(process.execPath, [CHAIN, ...args], options)
  return { status, stdout, stderr }
}
