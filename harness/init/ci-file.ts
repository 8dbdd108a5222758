import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A file that runs the scenarios in CI, or what the user has to add to one that is there. */
export type CiFile =
  | { readonly file: string; readonly text: string }
  | { readonly addTo: string; readonly lines: string }
  | null

const RUN = 'npx --yes request-chain run --reporter junit=chain-report.xml'

const GITHUB = `name: chain
on: [push, pull_request]
jobs:
  chain:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: {node-version: 24}
      - run: npx --yes request-chain run
`

const GITLAB = `chain:
  image: node:24
  script:
    - ${RUN}
  artifacts:
    when: always
    reports: {junit: chain-report.xml}
`

const JENKINS = `stage('chain') {
  steps { sh '${RUN}' }
  post { always { junit 'chain-report.xml' } }
}
`

/** The CI file that fits, by what a repository has: its files, or else where it was cloned from. @param root absolute */
export function ciFileFor(root: string): CiFile {
  const has = (name: string): boolean => existsSync(path.join(root, name))
  const remote = remoteOf(root)
  if (has('.gitlab-ci.yml')) return { addTo: '.gitlab-ci.yml', lines: GITLAB }
  if (has('Jenkinsfile')) return { addTo: 'Jenkinsfile', lines: JENKINS }
  if (has('.github') || remote.includes('github.com')) return { file: '.github/workflows/chain.yml', text: GITHUB }
  if (remote.includes('gitlab')) return { file: '.gitlab-ci.yml', text: GITLAB }
  return null
}

function remoteOf(root: string): string {
  try {
    const config = readFileSync(path.join(root, '.git/config'), 'utf8')
    return /^[ \t]*url[ \t]*=[ \t]*(\S+)/m.exec(config)?.[1] ?? ''
  } catch {
    return ''
  }
}
