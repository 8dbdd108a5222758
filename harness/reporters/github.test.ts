import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { EnvironmentError } from '../environments/environment.ts'
import { at, flow, SITE } from '../runner/fixtures/flow.ts'
import type { Agreement, RunReport, ScenarioResult } from '../runner/result.ts'
import { compared, resultOf, STATUS, STRIPPED, step, strippedResult, written } from './fixtures.ts'
import { githubReporter } from './github.ts'
import { withoutCommands } from './github-commands.ts'

/** What the runner gets: commands, and a summary. */
function report(
  results: readonly ScenarioResult[],
  given: Partial<RunReport> & { readonly agreements?: readonly Agreement[]; readonly maxBytes?: number } = {},
): { commands: string[]; summary: string } {
  const { maxBytes = 1024 * 1024, ...rest } = given
  let summary = ''
  const reporterOf = ({ write }: { readonly write: (text: string) => void }) =>
    githubReporter({ write, root: process.cwd(), summary: { write: (text) => (summary += text), maxBytes } })
  const text = written(reporterOf, results, rest)
  return { commands: text.split('\n').slice(0, -1), summary }
}

test('a failure is told at its line of the scenario, and at the line of configuration that is to blame', async () => {
  const { commands } = report([await strippedResult()])
  expect(commands).toMatchInlineSnapshot(`
    [
      "::error file=scenarios/routing/prefix.yaml,line=6,col=7,endColumn=13,title=The prefix is preserved on simulated::BLAME nginx: nginx got /api/v1/processes?page=2 and sends /v1/processes?page=2 to api-gateway: proxy_pass has a URI part "/": the matched prefix "/api/" is replaced by it (chains/flowmaster/nginx.conf:14:5)%0Astatus: expected 200, got 404%0ALeave "/" out: proxy_pass http://10.43.193.134:9000;",
      "::error file=chains/flowmaster/nginx.conf,line=14,col=5,endColumn=42,title=The prefix is preserved on simulated::BLAME nginx: nginx got /api/v1/processes?page=2 and sends /v1/processes?page=2 to api-gateway: proxy_pass has a URI part "/": the matched prefix "/api/" is replaced by it%0ALeave "/" out: proxy_pass http://10.43.193.134:9000;%0AShown by scenarios/routing/prefix.yaml:6",
    ]
  `)
})

test('the summary has the counts, and the screen of each failure', async () => {
  const { summary } = report([await strippedResult(), await resultOf([step({ status: STATUS })])])
  expect(summary.slice(0, summary.indexOf('client   sends'))).toMatchInlineSnapshot(`
    "## Scenarios&#58; 1 of 2 failed

    | environment | passed | failed | broke | unsupported |
    | --- | --- | --- | --- | --- |
    | simulated | 1 | 1 | 0 | 0 |

    <details><summary>The prefix is preserved on simulated</summary>

    \`\`\`text
    FAIL scenarios/routing/prefix.yaml:3 The prefix is preserved on simulated

    BLAME nginx: nginx got /api/v1/processes?page=2 and sends /v1/processes?page=2 to api-gateway: proxy_pass has a URI part "/": the matched prefix "/api/" is replaced by it
      chains/flowmaster/nginx.conf:14:5
     14 |     proxy_pass http://10.43.193.134:9000/;
        |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
      change: Leave "/" out: proxy_pass http://10.43.193.134:9000;

    scenarios/routing/prefix.yaml:6:7: error[status]: expected 200, got 404
     6 |       status: 200
       |       ^~~~~~
      1 more follows from it: nginx.sends (line 7)

      "
  `)
  expect(summary).toContain('```\n\n</details>')
  expect(report([await resultOf([step({ status: STATUS })])])).toMatchInlineSnapshot(`
    {
      "commands": [],
      "summary": "## Scenarios&#58; 1 ran, none failed

    | environment | passed | failed | broke | unsupported |
    | --- | --- | --- | --- | --- |
    | simulated | 1 | 0 | 0 | 0 |

    ",
    }
  `)
})

test('what comes from outside ends no command, and begins none', async () => {
  const hostile = '%0A\r\n::error::x, file=y:z ```` </details> <script>'
  const options = { request: () => flow({ status: 500, body: hostile, target: hostile }) }
  const result = await resultOf([step({ status: STATUS })], options, {
    name: hostile,
    source: new Source(`scenarios/${hostile}.yaml`, hostile),
  })
  const { commands, summary } = report([result])
  for (const command of commands) {
    expect(command).toMatch(/^::error file=[^:,]*,line=\d+,col=\d+,endColumn=\d+,title=[^:,]*::[^\r\n]*$/)
    expect(command).toContain('%250A')
  }
  expect(summary.match(/^`{5,}/gm)).toHaveLength(2)
  expect(summary.split('`````')[0]).not.toContain('<script>')
  expect(summary.match(/<summary>.*<\/summary>/g)).toHaveLength(1)
  expect(withoutCommands('a\n   ::stop-commands::x\n::error::y\n##[group]z\na::b\n')).toBe(
    'a\n   : :stop-commands::x\n: :error::y\n## [group]z\na::b\n',
  )
})

test('secrets stay out', async () => {
  const echo = { ...STRIPPED, response: { status: 404, headers: [], body: 'you are hunter22' } }
  const result = await resultOf(
    [step({ status: STATUS })],
    { request: () => echo },
    { name: 'token=hunter22-hunter22' },
  )
  const { commands, summary } = report([result])
  expect(commands.join('\n') + summary).not.toContain('hunter22')
  expect(summary).toContain('***')
})

test('GitHub takes ten annotations and 1 MiB', async () => {
  const results: ScenarioResult[] = []
  for (let index = 0; index < 30; index++) {
    const source = new Source(`scenarios/${index}.yaml`, 'scenario: x\n')
    results.push(
      await resultOf(
        [step({ status: { ...STATUS, span: at(source.file, 1) } })],
        { request: () => STRIPPED },
        { source },
      ),
    )
  }
  const { commands, summary } = report(results, { maxBytes: 48 * 1024 })
  expect(commands).toHaveLength(11)
  // Ten of 30 scenarios and the one line that is to blame for all of them.
  expect(commands.at(-1)).toBe('::notice::21 more lines are in the reports of this run, and in the job summary.')
  expect(Buffer.byteLength(summary)).toBeLessThan(48 * 1024)
  expect(summary).toMatch(/- \d+ more failures have no room here\./)
  expect(report(results, { maxBytes: 1000 }).summary).toBe('')
})

test('files that are not valid, a broken environment, and environments that disagree', async () => {
  const start = () => {
    throw new EnvironmentError('no nginx', 'Install it.')
  }
  const diagnostic = { code: 'E_YAML_SYNTAX', severity: 'error', message: 'no YAML', span: at('bad.yaml', 3) } as const
  const { results, agreements } = await compared(
    [step({})],
    [{ request: () => flow({ nginx: { sends: '/a' } }) }, { request: () => flow({ nginx: { sends: '/b' } }) }],
  )
  const broken = await resultOf([step({})], { start })
  const given = { agreements, invalid: [{ file: 'bad.yaml', diagnostics: [diagnostic] }] }
  const { commands, summary } = report([...results, broken], given)
  expect(commands).toMatchInlineSnapshot(`
    [
      "::error file=scenarios/routing/prefix.yaml,line=1,col=1,endColumn=9,title=The prefix is preserved on simulated::no nginx%0AInstall it.",
      "::error file=scenarios/routing/prefix.yaml,line=3,col=5,endColumn=12,title=The prefix is preserved on simulated and sandbox::nginx: passes[0].tries[0].request.target differs: /a on simulated, /b on sandbox",
      "::error file=bad.yaml,line=3,col=1,endColumn=2,title=E_YAML_SYNTAX::no YAML",
    ]
  `)
  expect(summary).toContain('DISAGREE scenarios/routing/prefix.yaml:3')
  expect(summary).toContain('bad.yaml:3:1: error[E_YAML_SYNTAX]: no YAML')
})

test('a file outside of the repository has no line on its pages', async () => {
  const source = new Source('/elsewhere/x.yaml', 'scenario: x\n')
  const result = await resultOf(
    [step({ status: { ...STATUS, span: at(source.file, 1) } })],
    { request: () => STRIPPED },
    { source },
  )
  const { commands } = report([result])
  expect(commands[0]).toMatch(/^::error title=/)
  expect(commands[1]).toContain(`file=${SITE},line=14`)
})
