import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../..')
const PAGE = readFileSync(path.join(ROOT, 'docs/guide/your-repository.md'), 'utf8')
const BLOCKS = [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind = '', text = '']) => ({ kind, text }))

/** A command of the page and what it prints; `…` stands for the rest of a line, or of the output. */
const COMMANDS = BLOCKS.filter(({ kind }) => kind === 'console').map(({ text }) => {
  const [command = '', ...output] = text.split('\n')
  return { words: command.replace('$ chain ', '').split(' '), output: output.join('\n') }
})
const [site = '', services = '', config = '', scenario = ''] = BLOCKS.filter(({ kind }) => kind !== 'console').map(
  ({ text }) => text,
)

let repo = ''
beforeEach(() => {
  repo = mkdtempSync(path.join(tmpdir(), 'chain-guide-'))
  for (const folder of ['.git', '.github', 'deploy/nginx', 'deploy/k8s'])
    mkdirSync(path.join(repo, folder), { recursive: true })
  writeFileSync(path.join(repo, 'deploy/nginx/shop.conf'), site)
  writeFileSync(path.join(repo, 'deploy/k8s/services.yaml'), services)
})
afterEach(() => rmSync(repo, { recursive: true }))

function printsAsWritten({ words, output }: (typeof COMMANDS)[number]): void {
  const cli = path.join(ROOT, 'harness/cli/chain.js')
  const { stdout } = spawnSync(process.execPath, [cli, ...words], {
    cwd: repo,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  const [beginning = ''] = output.split('…')
  expect(stdout.slice(0, beginning.length)).toBe(beginning)
  if (!output.includes('…')) expect(stdout.trimEnd()).toBe(output.trimEnd())
}

const fileOf = (name: string): string => readFileSync(path.join(repo, name), 'utf8')

test('the walk of the guide goes as it is written', () => {
  const [init, run, broken] = COMMANDS
  if (init === undefined || run === undefined || broken === undefined) throw new Error('the guide has three commands')
  printsAsWritten(init)
  expect(fileOf('chain.config.yaml')).toBe(config)
  expect(fileOf('scenarios/shop/api.yaml')).toBe(scenario)
  printsAsWritten(run)
  writeFileSync(path.join(repo, 'deploy/nginx/shop.conf'), site.replace('10.43.7.7;', '10.43.7.7/;'))
  printsAsWritten(broken)
})
